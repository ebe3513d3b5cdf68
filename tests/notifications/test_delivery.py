"""Mail over real SMTP: what arrives, what happens when the server is away, and what can never be smuggled in."""

import asyncio
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import aiosmtplib
import icalendar
import pytest
from psycopg.errors import UniqueViolation
from pypdf import PdfReader

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.notifications import jobs, queries
from hospes.modules.notifications.contracts import Kind, Letter, Message, MessageStatus, Recipient
from hospes.modules.notifications.policies.retrying import LEASE, WAITS
from hospes.modules.notifications.providers import make_mailer
from hospes.modules.notifications.providers.port import Mail, MailDown
from hospes.modules.notifications.providers.smtp import SmtpMailer
from hospes.modules.notifications.subscribers import SUBSCRIBERS
from hospes.modules.notifications.use_cases.send_message import send_message
from hospes.modules.notifications.use_cases.write_message import Desk, write_message
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_booking, a_stay
from tests.conftest import NOW, FixedClock
from tests.notifications.conftest import Post, with_mail

S = BookingStatus


async def tell(rt: Runtime, type: str, booking: Booking, **data: object) -> Event:
    """Handle such an event, as the worker does."""
    event = Event(new_id(), type, booking.id, {"status": str(booking.status), **data}, NOW)
    for each in SUBSCRIBERS:
        if type in each.types:
            await each.handle(rt, event)
    return event


async def confirmed(rt: Runtime) -> Booking:
    async with rt.db.write() as tx:
        return await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)


async def messages(rt: Runtime) -> list[Message]:
    async with rt.db.read() as tx:
        return list(reversed(await queries.list_messages(tx, limit=100)))


async def test_a_confirmation_arrives_with_its_calendar_entry_its_receipt_and_its_invoice(
    rt: Runtime, post: Post
) -> None:
    booking = await confirmed(rt)
    await tell(rt, "booking.confirmed", booking, actor="payment")
    await jobs.send_due(rt)
    guest, host = post.inbox.arrived
    assert guest["subject"] == f"Confirmed: {booking.terms.property_name}, Wed 1 Jul 2026 to Sat 4 Jul 2026"
    assert guest["from"] == "Hospes <no-reply@hospes.example>"
    assert host["subject"].startswith("New booking: ")
    assert list(host.iter_attachments()) == []
    files = {each.get_filename(): each for each in guest.iter_attachments()}
    assert list(files) == ["booking.ics", "R-2026-00001.pdf", "INV-2026-00001.pdf"]
    assert files["booking.ics"].get_content_type() == "text/calendar"
    calendar = icalendar.Calendar.from_ical(files["booking.ics"].get_content())
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", booking.version)
    assert str(booking.id) in event["UID"]
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (booking.check_in_at, booking.check_out_at)
    receipt = PdfReader(as_file(files["R-2026-00001.pdf"].get_content())).pages[0].extract_text()
    assert "Total received" in receipt
    assert "€300.00" in receipt
    plain, html = (guest.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert f"/trips/{booking.id}" in plain.get_content()
    assert booking.reference in plain.get_content()
    assert booking.reference in html.get_content()


async def test_an_event_that_is_handled_again_writes_nothing_again_and_sends_nothing_again(
    rt: Runtime, post: Post
) -> None:
    booking = await confirmed(rt)
    event = await tell(rt, "booking.confirmed", booking, actor="payment")
    async with rt.db.write() as tx:
        await tx.run("DELETE FROM platform.handled_event")
    for each in SUBSCRIBERS:
        if event.type in each.types:
            await each.handle(rt, event)
    await jobs.send_due(rt)
    await jobs.send_due(rt)
    assert len(await messages(rt)) == len(post.inbox.arrived) == 2


async def test_the_key_holds_even_against_who_forgets_to_ask_and_control_without_it_there_are_two(rt: Runtime) -> None:
    message_id = await a_waiting_message(rt)
    again = (
        "INSERT INTO notifications.message (id, event_id, kind, recipient_id, address, name, subject, plain, html,"
        " status, next_try_at, created_at) SELECT gen_random_uuid(), event_id, kind, recipient_id, address, name,"
        " subject, plain, html, status, next_try_at, created_at FROM notifications.message WHERE id = %s"
    )
    with pytest.raises(UniqueViolation, match="message_once_per_event_recipient_and_kind"):
        async with rt.db.write() as tx:
            await tx.run(again, (message_id,))
    async with rt.db.write() as tx:
        await tx.run("ALTER TABLE notifications.message DROP CONSTRAINT message_once_per_event_recipient_and_kind")
        await tx.run(again, (message_id,))
    assert len(await messages(rt)) == 2


async def test_while_the_server_is_away_a_message_waits_longer_each_time_and_then_arrives_once(
    runtime: Runtime, clock: FixedClock, post: Post
) -> None:
    away = with_mail(runtime, "smtp://127.0.0.1:9")
    message_id = await a_waiting_message(runtime)
    for wait in WAITS[:3]:
        await jobs.send_due(away)
        (waiting,) = await messages(runtime)
        assert (waiting.status, waiting.next_try_at) == (MessageStatus.WAITING, clock.now() + wait)
        await jobs.send_due(away)  # not due yet: no further try
        assert (await messages(runtime))[0].tries == waiting.tries
        clock.at += wait
    here = with_mail(runtime, post.url)
    await jobs.send_due(here)
    await jobs.send_due(here)
    (sent,) = await messages(runtime)
    assert (sent.status, sent.tries, sent.sent_at, sent.fault) == (MessageStatus.SENT, 4, clock.now(), "")
    assert [each["message-id"] for each in post.inbox.arrived] == [f"<{message_id}@hospes.example>"]


async def test_after_the_last_try_a_message_has_failed_and_says_why(runtime: Runtime, clock: FixedClock) -> None:
    away = with_mail(runtime, "smtp://somebody:a-secret@127.0.0.1:9")
    await a_waiting_message(runtime)
    for _ in range(len(WAITS) + 1):
        await jobs.send_due(away)
        clock.at += timedelta(days=1)
    (failed,) = await messages(runtime)
    assert (failed.status, failed.tries, failed.next_try_at) == (MessageStatus.FAILED, len(WAITS) + 1, None)
    assert failed.fault == "The mail server could not be used (SMTPConnectError)."


async def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(rt: Runtime, post: Post) -> None:
    await a_waiting_message(rt)
    post.inbox.refusals = ["451 busy"]
    await jobs.send_due(rt)
    assert (await messages(rt))[0].status is MessageStatus.WAITING
    assert (await messages(rt))[0].fault == "The mail server answered 451."
    await a_waiting_message(rt)
    post.inbox.refusals = ["550 no such person: it says anything"]
    await jobs.send_due(rt)
    assert (await messages(rt))[1].status is MessageStatus.FAILED
    assert (await messages(rt))[1].fault == "The mail server answered 550."


async def test_of_many_workers_one_sends(rt: Runtime, post: Post) -> None:
    message_id = await a_waiting_message(rt)
    sent = await asyncio.gather(*(send_message(rt, make_mailer(rt), message_id) for _ in range(10)))
    assert sorted(sent) == [False] * 9 + [True]
    assert len(post.inbox.arrived) == 1


class DiesAfterwards:
    """Delivers, and then the worker is gone."""

    name = "mortal"

    def __init__(self, mailer: SmtpMailer) -> None:
        self.mailer = mailer

    async def send(self, mail: Mail) -> None:
        await self.mailer.send(mail)
        raise asyncio.CancelledError


async def test_a_worker_that_dies_between_sending_and_noting_leaves_a_second_copy_with_the_same_id(
    rt: Runtime, clock: FixedClock, post: Post
) -> None:
    """At least once: what a crash at this very moment costs, so that none is lost."""
    message_id = await a_waiting_message(rt)
    with pytest.raises(asyncio.CancelledError):
        await send_message(rt, DiesAfterwards(SmtpMailer(post.url, rt.clock)), message_id)
    await jobs.send_due(rt)
    assert len(post.inbox.arrived) == 1
    clock.at += LEASE
    await jobs.send_due(rt)
    assert [each["message-id"] for each in post.inbox.arrived] == [f"<{message_id}@hospes.example>"] * 2
    assert (await messages(rt))[0].status is MessageStatus.SENT


async def test_names_and_subjects_cannot_add_headers_or_recipients(rt: Runtime, post: Post) -> None:
    evil = "Ada\r\nBcc: everybody@example.com\r\n\r\n<script>alert(1)</script>"
    await a_waiting_message(rt, name=evil, subject=f"Hello {evil}")
    await jobs.send_due(rt)
    (mail,) = post.inbox.arrived
    assert mail["bcc"] is None
    assert post.inbox.recipients == [["guest@example.com"]]
    assert mail["subject"] == "Hello Ada Bcc: everybody@example.com <script>alert(1)</script>"
    assert mail["to"].addresses[0].addr_spec == "guest@example.com"


async def test_control_a_header_with_a_line_break_is_refused_by_the_library_too() -> None:
    from email.message import EmailMessage

    with pytest.raises(ValueError, match=r"newline|linefeed"):
        EmailMessage()["Subject"] = "Hello\r\nBcc: everybody@example.com"


async def test_an_address_that_is_none_fails_for_good(rt: Runtime, post: Post) -> None:
    await a_waiting_message(rt, address="not an address\r\nRCPT TO:<x@example.com>")
    await jobs.send_due(rt)
    (failed,) = await messages(rt)
    assert failed.status is MessageStatus.FAILED
    assert post.inbox.arrived == []


async def test_without_a_server_messages_are_files_that_mail_programs_open(runtime: Runtime) -> None:
    message_id = await a_waiting_message(runtime)
    await jobs.send_due(runtime)
    (file,) = (runtime.settings.data_dir / "mail").iterdir()
    assert file.name == f"{message_id}.eml"
    assert b"Subject: Hello" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert (await messages(runtime))[0].status is MessageStatus.SENT


async def test_a_folder_that_cannot_be_written_is_tried_again(runtime: Runtime) -> None:
    runtime.settings.data_dir.joinpath("mail").write_text("in the way")
    message_id = await a_waiting_message(runtime)
    assert not await send_message(runtime, make_mailer(runtime), message_id)
    assert (await messages(runtime))[0].status is MessageStatus.WAITING


async def test_a_password_is_in_no_fault(post: Post, clock: FixedClock) -> None:
    mailer = SmtpMailer(post.url.replace("smtp://", "smtp://user:hunter2@"), clock)
    mail = Mail(new_id(), "a@example.com", "b@example.com", "B", "s", "p", "h")
    with pytest.raises(MailDown) as fault:
        await mailer.send(mail)
    assert "hunter2" not in str(fault.value)
    assert isinstance(fault.value.__cause__, aiosmtplib.SMTPException)


async def a_waiting_message(
    rt: Runtime, *, name: str = "Ada Lovelace", subject: str = "Hello", address: str = "guest@example.com"
) -> UUID:
    to = Recipient(new_id(), address, name, "Ada", "Europe/Madrid")
    letter = Letter(subject, "Hello", ("A paragraph.",))
    async with rt.db.write() as tx:
        assert await write_message(tx, Desk("http://test", new_id(), rt.clock.now()), to, Kind.COUPON_ISSUED, letter)
    return (await messages(rt))[-1].id


def as_file(data: bytes) -> BytesIO:
    return BytesIO(data)
