"""Several people share a payment and one part fails: each hears of their own part, once, and of no other."""

from typing import Any
from uuid import UUID

import pytest

from hospes.modules.booking.contracts import Booking
from hospes.modules.notifications import queries
from hospes.modules.notifications.contracts import Message
from hospes.modules.notifications.subscribers import SUBSCRIBERS
from hospes.modules.payments.contracts import PaymentTerms
from hospes.modules.payments.providers.port import Capabilities
from hospes.modules.payments.use_cases.split_payment import split_payment
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user
from tests.builders.paying import Desk, a_desk

HOLDS, TAKES = Capabilities(authorise=True, save_methods=True), Capabilities(save_methods=True)
MONEY = next(each for each in SUBSCRIBERS if each.name == "notifications.money")


async def _shared(rt: Runtime, can: Capabilities) -> tuple[Desk, Booking, dict[UUID, str]]:
    """A booking of 3,500.00 that Ada, who booked, and Bo share: 2,000.00 and 1,500.00."""
    desk = await a_desk(rt, PaymentTerms())
    desk.vendor.can = can
    made = await desk.book()
    async with rt.db.write() as tx:
        parts = await split_payment(tx, made.id, (200_000, 150_000), rt.clock.now())
        other = await a_user(tx)
        await tx.run("UPDATE payments.payment SET payer_id = %s WHERE id = %s", (other.id, parts[1].id))
    return desk, made, {made.guest_id: "guest", other.id: "other"}


async def _tell(rt: Runtime) -> None:
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT * FROM platform.outbox ORDER BY id")
    for _ in range(2):  # a fact may be told again
        for r in rows:
            if r["type"] in MONEY.types:
                event = Event(r["event_id"], r["type"], r["aggregate_id"], r["data"], r["occurred_at"], r["id"])
                await MONEY.handle(rt, event)


async def _mail(rt: Runtime) -> list[Message]:
    async with rt.db.read() as tx:
        return list(reversed(await queries.list_messages(tx, limit=50)))


async def _pay(desk: Desk, made: Booking, *tokens: str) -> None:
    can = desk.vendor.can.authorise
    for part, token in zip(await desk.parts(made.id), tokens, strict=True):
        await desk.pay(part.id, token, can_authorise=can)


@pytest.mark.parametrize(
    ("can", "told"),
    [
        (HOLDS, ["Your part of €2,000 for", "Your payment for"]),
        (TAKES, ["Your part of €2,000 has gone back", "Your payment for"]),
    ],
    ids=["held", "taken"],
)
async def test_each_payer_hears_of_their_own_part_once(runtime: Runtime, can: Capabilities, told: list[str]) -> None:
    desk, made, names = await _shared(runtime, can)
    await _pay(desk, made, "ok", "decline")
    await _tell(runtime)
    mail = sorted(await _mail(runtime), key=lambda each: each.subject)
    assert [
        (names[each.recipient_id], each.subject.startswith(start)) for each, start in zip(mail, told, strict=True)
    ] == [
        ("guest", True),
        ("other", True),
    ]
    texts: dict[str, Any] = {names[each.recipient_id]: each.plain for each in mail}
    assert "€1,500" not in texts["guest"]
    assert "€2,000" not in texts["other"]
    assert "€1,500" in texts["other"]
    assert [each.taken - each.back for each in desk.vendor.every] == [0, 0]


async def test_when_both_come_nobody_is_told_of_a_failure(runtime: Runtime) -> None:
    desk, made, _ = await _shared(runtime, HOLDS)
    await _pay(desk, made, "ok", "ok")
    await _tell(runtime)
    assert await _mail(runtime) == []
    assert await desk.status(made.id) == "confirmed"
