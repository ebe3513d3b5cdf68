"""Who works for a business, as one member sees it; pages and API show the same."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import facade
from hospes.modules.catalog.contracts import Business, MemberRole
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.catalog.policies.permissions import Permission, allows, may_choose
from hospes.modules.catalog.queries import find_member_role, members
from hospes.modules.catalog.queries.members import Invitation
from hospes.modules.identity import facade as identity
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx


@dataclass(frozen=True, slots=True)
class Colleague:
    """One member; `email` is empty for those who may not choose who works here. `changeable`: the caller may."""

    user_id: UUID
    name: str
    email: str
    role: MemberRole
    joined_at: datetime | None
    you: bool
    changeable: bool


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody, those who are invited (for who may choose), and what the caller may make of somebody."""

    business: Business
    own: MemberRole
    colleagues: tuple[Colleague, ...]
    invitations: tuple[Invitation, ...]
    may_give: tuple[MemberRole, ...]


async def look_at_team(tx: ReadTx, caller: Caller, business_id: UUID) -> Team:
    """Raises `BusinessNotFound` for who is no member."""
    own = await find_member_role(tx, business_id, caller.user_id)
    if own is None:
        raise BusinessNotFound()
    found = await members.list_memberships(tx, business_id)
    people = await identity.users_by_id(tx, [each.user_id for each in found])
    sees = allows(own, Permission.MEMBERS)
    colleagues = [
        Colleague(
            each.user_id,
            people[each.user_id].name,
            people[each.user_id].email if sees or each.user_id == caller.user_id else "",
            each.role,
            each.joined_at,
            each.user_id == caller.user_id,
            each.user_id != caller.user_id and may_choose(own, each.role),
        )
        for each in found
        if each.user_id in people
    ]
    invited = await members.list_open(tx, business_id) if sees else []
    given = tuple(each for each in (MemberRole.MANAGER, MemberRole.STAFF) if may_choose(own, each))
    return Team(await facade.get_business(tx, business_id), own, tuple(colleagues), tuple(invited), given)
