"""A letter, laid out and recorded in the commit that handles its event; the sender takes it from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from hospes.modules.identity import facade as users
from hospes.modules.identity.contracts import AccountStatus, NewsChannel, User
from hospes.modules.notifications import store
from hospes.modules.notifications.contracts import Kind, Letter, Message, MessageStatus, Recipient
from hospes.modules.notifications.policies.topics import topic_of
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.jobs import defer
from hospes.platform.pages import environment
from hospes.platform.relay import URGENT_QUEUE

SEND_NOW = "notifications.send_now"


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
    by_sms: bool = False,
    secrets: Mapping[str, str] | None = None,
    worthless_at: datetime | None = None,
) -> bool:
    """False when this event has made this message before, or the person does not want to be told of such things.

    `secrets` (code, link) are kept sealed and put in when it is sent, at once; after `worthless_at` it is sent no more.
    """
    if not await users.wants(tx, to.id, topic_of(kind), NewsChannel.SMS if by_sms else NewsChannel.MAIL):
        return False
    shown = {"letter": letter, "to": to, "base": desk.base}
    message_id = new_id()
    template = environment().get_template
    message = Message(
        id=message_id,
        event_id=desk.event_id,
        kind=kind,
        recipient_id=to.id,
        address=to.address,
        name=to.name,
        subject=letter.subject,
        plain="\n".join(letter.paragraphs) if by_sms else template("notifications/letter.txt").render(shown),
        html="" if by_sms else template("notifications/letter.html").render(shown),
        calendar=calendar,
        documents=tuple(documents),
        status=MessageStatus.WAITING,
        tries=0,
        next_try_at=desk.now,
        fault="",
        created_at=desk.now,
        sent_at=None,
        channel="sms" if by_sms else "email",
        secrets=tx.keyring.seal_text(orjson.dumps(dict(secrets)).decode(), seal_of(message_id)) if secrets else "",
        worthless_at=worthless_at,
    )
    written = await store.insert_message(tx, message)
    if written and secrets:  # somebody looks at a screen meanwhile
        await defer(tx, SEND_NOW, queue=URGENT_QUEUE, message_id=str(message_id))
    return written


def seal_of(message_id: UUID) -> str:
    """Under which the secrets of a message open."""
    return f"message:{message_id}"


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
