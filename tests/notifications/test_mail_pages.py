"""The mail that admins see: only they, only without a mail server, and in a frame that can do nothing."""

from uuid import UUID

import httpx

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.notifications import jobs, queries
from hospes.modules.notifications.contracts import MessageStatus
from hospes.modules.notifications.subscribers import SUBSCRIBERS
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.settings import Mail
from tests.booking.test_booking_api import World, a_world
from tests.builders.booking import a_booking
from tests.builders.identity import an_admin
from tests.conftest import NOW


async def a_confirmation(world: World) -> UUID:
    """The guest's message about a confirmed booking, sent."""
    async with world.rt.db.write() as tx:
        booking = await a_booking(tx, world.stay, status=BookingStatus.CONFIRMED)
    event = Event(new_id(), "booking.confirmed", booking.id, {"status": "confirmed", "actor": "payment"}, NOW)
    for each in SUBSCRIBERS:
        if event.type in each.types:
            await each.handle(world.rt, event)
    await jobs.send_due(world.rt)
    async with world.rt.db.read() as tx:
        found = await queries.list_messages(tx, limit=10)
    return next(each.id for each in found if each.recipient_id == world.guest.id)


async def test_an_admin_reads_a_message_its_frame_and_its_files(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    message_id = await a_confirmation(world)
    async with world.rt.db.write() as tx:
        headers = world.headers(await an_admin(tx))
    listed = await client.get("/admin/mail", headers=headers)
    assert "Confirmed: " in listed.text
    page = await client.get(f"/admin/mail/{message_id}", headers=headers)
    assert "INV-2026-00001.pdf" in page.text
    body = await client.get(f"/admin/mail/{message_id}/body", headers=headers)
    assert body.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert "You are going to" in body.text
    calendar = await client.get(f"/admin/mail/{message_id}/files/booking.ics", headers=headers)
    assert "BEGIN:VEVENT" in calendar.text
    pdf = await client.get(f"/admin/mail/{message_id}/files/INV-2026-00001.pdf", headers=headers)
    assert pdf.content.startswith(b"%PDF-")
    assert (await client.get(f"/admin/mail/{message_id}/files/other.pdf", headers=headers)).status_code == 404


async def test_nobody_else_sees_the_mail(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    message_id = await a_confirmation(world)
    for path in ("", f"/{message_id}", f"/{message_id}/body", f"/{message_id}/files/booking.ics"):
        assert (await client.get(f"/admin/mail{path}", headers=world.headers(world.guest))).status_code == 403
        assert (await client.get(f"/admin/mail{path}")).status_code in (303, 401)


async def test_with_a_mail_server_the_text_of_messages_is_not_shown(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    message_id = await a_confirmation(world)
    app = client.app  # type: ignore[attr-defined]
    rt = app.state.runtime
    object.__setattr__(rt, "settings", rt.settings.model_copy(update={"mail": Mail(url="smtp://127.0.0.1:9")}))
    async with rt.db.write() as tx:
        headers = world.headers(await an_admin(tx))
    listed = await client.get("/admin/mail", headers=headers)
    assert "booking confirmed" in listed.text
    assert "Confirmed: " not in listed.text
    for path in ("", "/body", "/files/booking.ics"):
        assert (await client.get(f"/admin/mail/{message_id}{path}", headers=headers)).status_code == 404


async def test_a_failed_message_is_tried_again_on_request_and_a_sent_one_is_not(client: httpx.AsyncClient) -> None:
    world = await a_world(client)
    message_id = await a_confirmation(world)
    async with world.rt.db.write() as tx:
        headers = world.headers(await an_admin(tx))
    assert (await client.post(f"/admin/mail/{message_id}/again", headers=headers)).status_code == 404
    async with world.rt.db.write() as tx:
        await tx.run("UPDATE notifications.message SET status = 'failed', tries = 8 WHERE id = %s", (message_id,))
    assert (await client.post(f"/admin/mail/{message_id}/again", headers=headers)).status_code == 303
    await jobs.send_due(world.rt)
    async with world.rt.db.read() as tx:
        message = await queries.find_message(tx, message_id)
    assert message is not None
    assert (message.status, message.tries) == (MessageStatus.SENT, 1)
