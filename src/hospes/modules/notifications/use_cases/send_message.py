"""One try at delivering a message.

A worker takes the message for five minutes, delivers it without a transaction open, and notes what came of it. One that
dies between delivering and noting leaves the message to the next try: a message is delivered at least once, almost
always once, and both copies have the same Message-ID.
"""

from uuid import UUID

import orjson
import structlog

from hospes.modules.invoices import facade as invoices
from hospes.modules.notifications import store
from hospes.modules.notifications.contracts import CODE, LINK, Attachment, Message
from hospes.modules.notifications.policies.retrying import LEASE, next_try
from hospes.modules.notifications.providers.port import Mail, MailDown, Mailer, MailRefused
from hospes.modules.notifications.providers.sms import Sms, Texter, make_texter
from hospes.modules.notifications.use_cases.write_message import seal_of
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)


async def send_message(rt: Runtime, mailer: Mailer, message_id: UUID, texter: Texter | None = None) -> bool:
    """Whether it was delivered by this try; without a `texter`, SMS leave as the settings say."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        message = await store.take_for_a_try(tx, message_id, until=now + LEASE, now=now)
    if message is None:
        return False
    if message.worthless_at is not None and message.worthless_at <= now:
        await _note_failed(rt, message, "It could not be sent while its code was good.", final=True)
        return False
    sender: Mailer | Texter = mailer
    try:
        if message.channel == "sms":
            sender = texter or make_texter(rt)
            await sender.send(Sms(message.id, message.address, filled(rt, message, message.plain)))
        else:
            await mailer.send(await _pack(rt, message))
    except MailRefused as fault:
        await _note_failed(rt, message, str(fault), final=True)
        return False
    except MailDown as fault:
        await _note_failed(rt, message, str(fault), final=False)
        return False
    async with rt.db.write() as tx:
        await store.note_sent(tx, message.id, now=rt.clock.now())
    log.info("mail_sent", message_id=str(message.id), kind=str(message.kind), by=sender.name)
    return True


async def _note_failed(rt: Runtime, message: Message, fault: str, *, final: bool) -> None:
    again = None if final else next_try(message.tries, rt.clock.now())
    async with rt.db.write() as tx:
        await store.note_failed(tx, message.id, fault=fault, next_try_at=again)
    log.warning("mail_not_sent", message_id=str(message.id), kind=str(message.kind), reason=fault, again=str(again))


async def _pack(rt: Runtime, message: Message) -> Mail:
    attached = []
    if message.calendar:
        attached.append(Attachment("booking.ics", "text/calendar", message.calendar.encode()))
    attached += await documents_of(rt, message)
    return Mail(
        id=message.id,
        sender=rt.settings.mail.sender,
        address=message.address,
        name=message.name,
        subject=message.subject,
        plain=filled(rt, message, message.plain),
        html=filled(rt, message, message.html),
        attachments=tuple(attached),
    )


def filled(rt: Runtime, message: Message, text: str) -> str:
    """The text with its code and link; raises `SealBroken` when the key they were sealed with is gone."""
    if not message.secrets:
        return text
    said = orjson.loads(rt.keyring.unseal_text(message.secrets, seal_of(message.id)))
    return text.replace(CODE, said.get("code", "")).replace(LINK, said.get("link", ""))


async def documents_of(rt: Runtime, message: Message) -> list[Attachment]:
    """The message's documents as PDF; they never change, so each try attaches the same."""
    async with rt.db.read() as tx:
        found = await invoices.documents_by_id(tx, message.documents)
    return [Attachment(f"{each.code}.pdf", "application/pdf", await invoices.draw(each)) for each in found]
