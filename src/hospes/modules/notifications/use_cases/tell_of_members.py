"""What people are told of who works for a business; these are sent whatever they have chosen to hear of."""

from datetime import datetime
from uuid import UUID

import orjson

from hospes.modules.catalog import events
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Business, MemberRole
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.identity import facade as users
from hospes.modules.notifications import store
from hospes.modules.notifications.contracts import Kind, Recipient
from hospes.modules.notifications.policies import member_letters as letters
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, write_message
from hospes.platform.db import WriteTx
from hospes.platform.outbox import Event

INVITED = (events.MEMBER_INVITED,)
FORGOTTEN = (events.INVITATION_FORGOTTEN,)
CHANGES = (
    events.MEMBER_JOINED,
    events.MEMBER_CHANGED,
    events.MEMBER_REMOVED,
    events.MEMBER_LEFT,
    events.INVITATION_CLOSED,
    events.BUSINESS_HANDED_OVER,
)


async def tell_of_invitation(tx: WriteTx, event: Event, desk: Desk) -> None:
    """The letter with the link, unless the invitation is over, or another link has taken its place."""
    until = datetime.fromisoformat(event.data["good_until"])
    said = orjson.loads(tx.keyring.unseal_text(event.data["sealed"], events.INVITATION_SEAL))
    opened = await catalog.open_invitation(tx, said["link"], desk.now)
    if opened is None:
        return
    to = Recipient(UUID(event.data["invitation_id"]), said["address"], "", "", "UTC")
    letter = letters.invited(
        to,
        business=opened.business,
        by=opened.inviter,
        part=str(opened.role),
        may=catalog.words_of(opened.role),
        until=until,
    )
    secrets = {"link": said["link"]}
    await write_message(tx, desk, to, Kind.MEMBER_INVITED, letter, secrets=secrets, worthless_at=until)


async def forget_invitation(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Letters to an address that is forgotten go too."""
    await store.forget_letters_to(tx, UUID(event.data["invitation_id"]))


async def tell_of_members(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Whoever it concerns: the owner, who sent the invitation, the member."""
    try:
        business = await catalog.get_business(tx, UUID(event.data["business_id"]))
    except BusinessNotFound:
        return
    page = f"/host/{business.id}/members"
    if event.type == events.MEMBER_JOINED:
        await _joined(tx, event, desk, business, page)
    elif event.type == events.MEMBER_LEFT:
        to, who = await recipient(tx, business.owner_id), await _name(tx, event.data["user_id"])
        if to:
            letter = letters.left(to, business=business.name, who=who, page=page)
            await write_message(tx, desk, to, Kind.MEMBER_LEFT, letter)
    elif event.type == events.BUSINESS_HANDED_OVER:
        await _handed_over(tx, event, desk, business)
    elif event.type == events.INVITATION_CLOSED:
        to = await recipient(tx, UUID(event.data["invited_by"])) if event.data["how"] == "declined" else None
        if to:
            letter = letters.declined(to, business=business.name, page=page)
            await write_message(tx, desk, to, Kind.INVITATION_DECLINED, letter)
    else:
        await _to_member(tx, event, desk, business, page)


async def _joined(tx: WriteTx, event: Event, desk: Desk, business: Business, page: str) -> None:
    user_id = UUID(event.data["user_id"])
    who, part = await _name(tx, event.data["user_id"]), event.data["role"]
    told = {business.owner_id, *await catalog.inviter_of(tx, business.id, user_id)} - {user_id}
    for each in sorted(told):
        to = await recipient(tx, each)
        if to:
            letter = letters.joined(to, business=business.name, who=who, part=part, page=page)
            await write_message(tx, desk, to, Kind.MEMBER_JOINED, letter)


async def _handed_over(tx: WriteTx, event: Event, desk: Desk, business: Business) -> None:
    at, name = event.occurred_at, business.name
    former, owner = (UUID(event.data[each]) for each in ("former_id", "owner_id"))
    names = {each: await _name(tx, str(each)) for each in (former, owner)}
    if to := await recipient(tx, former):
        letter = letters.handed_on(to, business=name, who=names[owner], at=at)
        await write_message(tx, desk, to, Kind.BUSINESS_HANDED_ON, letter)
    if to := await recipient(tx, owner):
        letter = letters.owned(to, business=name, who=names[former], at=at)
        await write_message(tx, desk, to, Kind.BUSINESS_OWNED, letter)


async def _to_member(tx: WriteTx, event: Event, desk: Desk, business: Business, page: str) -> None:
    to = await recipient(tx, UUID(event.data["user_id"]))
    if to is None:
        return
    if event.type == events.MEMBER_REMOVED:
        await write_message(tx, desk, to, Kind.MEMBER_REMOVED, letters.removed(to, business=business.name))
        return
    role = MemberRole(event.data["role"])
    letter = letters.changed(to, business=business.name, part=str(role), may=catalog.words_of(role), page=page)
    await write_message(tx, desk, to, Kind.MEMBER_CHANGED, letter)


async def _name(tx: WriteTx, user_id: str) -> str:
    found = (await users.users_by_id(tx, [UUID(user_id)])).get(UUID(user_id))
    return found.name if found and found.name else "Somebody"
