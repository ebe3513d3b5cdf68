"""A letter, laid out and recorded in the commit that handles its event; the sender takes it from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.identity import facade as users
from hospes.modules.identity.contracts import AccountStatus, User
from hospes.modules.notifications import store
from hospes.modules.notifications.contracts import Kind, Letter, Message, MessageStatus, Recipient
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.pages import environment


@dataclass(frozen=True, slots=True)
class Desk:
    """What every message of one event shares: where links lead, which event, and when it is."""

    base: str
    event_id: UUID
    now: datetime


async def write_message(
    tx: WriteTx,
    desk: Desk,
    to: Recipient,
    kind: Kind,
    letter: Letter,
    *,
    calendar: str = "",
    documents: Sequence[UUID] = (),
) -> bool:
    """False when this event has made this message before."""
    shown = {"letter": letter, "to": to, "base": desk.base}
    message = Message(
        id=new_id(),
        event_id=desk.event_id,
        kind=kind,
        recipient_id=to.id,
        address=to.address,
        name=to.name,
        subject=letter.subject,
        plain=environment().get_template("notifications/letter.txt").render(shown),
        html=environment().get_template("notifications/letter.html").render(shown),
        calendar=calendar,
        documents=tuple(documents),
        status=MessageStatus.WAITING,
        tries=0,
        next_try_at=desk.now,
        fault="",
        created_at=desk.now,
        sent_at=None,
    )
    return await store.insert_message(tx, message)


async def recipient(tx: ReadTx, user_id: UUID) -> Recipient | None:
    """The person, or None when they have left."""
    found = (await users.users_by_id(tx, [user_id])).get(user_id)
    return _as_recipient(found) if found else None


async def recipients(tx: ReadTx, user_ids: Sequence[UUID]) -> list[Recipient]:
    """Those who are still here, in this order."""
    found = await users.users_by_id(tx, list(user_ids))
    return [to for each in user_ids if each in found and (to := _as_recipient(found[each]))]


def _as_recipient(user: User) -> Recipient | None:
    if user.status is AccountStatus.DELETED or not user.email:
        return None
    return Recipient(user.id, user.email, user.name, user.first_name, user.zone)
