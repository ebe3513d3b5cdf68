"""What other modules may ask of the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import queries
from hospes.modules.catalog.contracts import (
    AMENITIES,
    KIND_BY_CODE,
    Business,
    Listing,
    MemberRole,
    Property,
    Sellable,
    Unit,
)
from hospes.modules.catalog.errors import (
    BusinessNotFound,
    InvitationOver,
    PropertyNotFound,
    ResourceNotFound,
    not_your_part,
)
from hospes.modules.catalog.policies.permissions import Permission as Permission
from hospes.modules.catalog.policies.permissions import allows
from hospes.modules.catalog.policies.permissions import words_of as words_of
from hospes.modules.catalog.queries import members as team
from hospes.modules.catalog.use_cases.answer_invitation import open_invitation as opening
from hospes.modules.identity import facade as users
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """What a letter says of an invitation."""

    business: str
    inviter: str
    role: MemberRole


async def open_invitation(tx: ReadTx, link: str, now: datetime) -> OpenInvitation | None:
    """The invitation of a link; None when it is over."""
    try:
        found = await opening(tx, link=link, now=now)
    except InvitationOver:
        return None
    return OpenInvitation(found.business.name, found.inviter, found.invitation.role)


async def inviter_of(tx: ReadTx, business_id: UUID, user_id: UUID) -> list[UUID]:
    """Who has brought this member in, if somebody has and that is known."""
    found = await team.list_memberships(tx, business_id)
    return [each.invited_by for each in found if each.user_id == user_id and each.invited_by]


async def get_sellable(tx: ReadTx, resource_id: UUID) -> Sellable:
    """What is needed to quote, claim and book; raises `ResourceNotFound`. Live or not: look at `.live`."""
    sellable = await queries.find_sellable(tx, resource_id)
    if sellable is None:
        raise ResourceNotFound()
    return sellable


async def get_listing(tx: ReadTx, resource_id: UUID) -> Listing:
    """Everything a listing's page shows; raises `ResourceNotFound`. Live or not: look at `.sellable.live`."""
    sellable = await get_sellable(tx, resource_id)
    business = await queries.find_business(tx, sellable.business_id)
    place = await queries.find_property(tx, sellable.property_id)
    resources = await queries.list_resources_of(tx, [sellable.property_id])
    resource = next((each for each in resources if each.id == resource_id), None)
    if business is None or place is None or resource is None:
        raise ResourceNotFound()
    media = await queries.list_media(tx, place.id)
    host = await users.get_user(tx, business.owner_id)
    offered = {*place.amenities, *resource.amenities}
    return Listing(
        sellable=sellable,
        business=business,
        property=place,
        resource=resource,
        media=tuple(each for each in media if each.resource_id in (None, resource_id)),
        siblings=tuple(each for each in resources if each.active and each.id != resource_id),
        amenities=tuple(each for each in AMENITIES if each.code in offered),
        host_name=host.first_name,
        host_verified=bool(await users.identities_verified(tx, [business.owner_id])),
        kind=KIND_BY_CODE[resource.kind],
    )


async def get_business(tx: ReadTx, business_id: UUID) -> Business:
    """The business, whoever asks; raises `BusinessNotFound`."""
    found = await queries.find_business(tx, business_id)
    if found is None:
        raise BusinessNotFound()
    return found


async def get_property(tx: ReadTx, property_id: UUID) -> Property:
    """The property alone, live or not; raises `PropertyNotFound`."""
    found = await queries.find_property(tx, property_id)
    if found is None:
        raise PropertyNotFound()
    return found


async def first_property_of(tx: ReadTx, business_id: UUID) -> Property | None:
    """The first property that the business listed, or None."""
    return await queries.find_first_property(tx, business_id)


async def properties_of(tx: ReadTx, business_id: UUID) -> list[Property]:
    """Every property of the business, the first 200."""
    return await queries.list_properties_of(tx, business_id)


async def popular_cities(tx: ReadTx, *, country: str | None, limit: int) -> list[str]:
    """Where most places can be booked, those of this country first."""
    return await queries.list_popular_cities(tx, country, limit)


async def members_of(tx: ReadTx, business_id: UUID) -> list[UUID]:
    """Who works for the business, its owner first."""
    return await queries.list_members(tx, business_id)


async def business_of(tx: ReadTx, user_id: UUID) -> Business | None:
    """The business this user owns or works for (an owned one first), deleted ones left out."""
    return await queries.find_business_of(tx, user_id)


async def resources_of_business(tx: ReadTx, business_id: UUID) -> list[Sellable]:
    """Every resource of the business, on sale or not, ordered by property and name."""
    return await queries.list_sellables_of_business(tx, business_id)


async def units_of(tx: ReadTx, resource_ids: Sequence[UUID]) -> dict[UUID, list[Unit]]:
    """Every unit of each of these resources, in use or not, in order."""
    return await queries.list_units_of(tx, resource_ids)


async def may(tx: ReadTx, caller: Caller, business_id: UUID, permission: Permission) -> bool:
    """Whether the caller is a member who may do this: for what a page shows."""
    role = await queries.find_member_role(tx, business_id, caller.user_id)
    return role is not None and allows(role, permission)


async def businesses_for_keys(tx: ReadTx, user_id: UUID) -> list[tuple[UUID, str]]:
    """Businesses, by id and name, that a program's key of this person may be limited to: they own or manage them."""
    found = await team.list_parts_of(tx, user_id)
    return [(each, name) for each, name, role in found if allows(role, Permission.LISTINGS)]


async def permissions_of(tx: ReadTx, caller: Caller, business_id: UUID | None = None) -> frozenset[Permission]:
    """What the caller may do in this business, or in their own; nothing for who is no member."""
    if business_id is None:
        own = await queries.find_business_of(tx, caller.user_id)
        business_id = own.id if own else None
    role = await queries.find_member_role(tx, business_id, caller.user_id) if business_id else None
    return frozenset(each for each in Permission if role is not None and allows(role, each))


async def ensure_manages(tx: ReadTx, caller: Caller, business_id: UUID, permission: Permission) -> None:
    """Raises `BusinessNotFound` unless the caller is a member of the business, `NotYourPart` if one who may not."""
    role = await queries.find_member_role(tx, business_id, caller.user_id)
    if role is None:
        raise BusinessNotFound()
    if not allows(role, permission):
        raise not_your_part(permission)
