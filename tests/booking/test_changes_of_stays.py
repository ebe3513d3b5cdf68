"""What staff and guests do during a stay: check in and out, leave early, not come at all; and answering a request."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from hospes.modules.booking import facade, queries
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, Change, Extra, Giving, Nights, Wish
from hospes.modules.booking.errors import ChangeRefused, DifferenceChanged, NotAllowed
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing.contracts import Party, Tax, TaxKind
from hospes.platform.db import WriteTx
from tests.booking.test_changes import held_nights, last_event, refunds
from tests.builders.booking import ARRIVAL, DEPARTURE, Stay, a_booking, a_stay, take_payment
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.inventory import counted
from tests.builders.pricing import a_rate

S = BookingStatus
JULY_2, JULY_3 = date(2026, 7, 2), date(2026, 7, 3)
MORNING_OF_JULY_2 = datetime.fromisoformat("2026-07-02T08:00:00+00:00")


def host(stay: Stay) -> dict[str, Any]:
    return {"actor": Actor.HOST, "actor_id": stay.owner_id}


async def test_a_guest_who_leaves_early_gives_nights_back_and_gets_nothing_by_the_terms(
    tx: WriteTx, now: datetime
) -> None:
    stay = await a_stay(tx, policy="flexible")
    booking = await a_booking(tx, stay, status=S.IN_PROGRESS)
    unit = (await inventory.claims_of(tx, booking.id))[0].unit_id
    shown = facade.preview_departure(booking, JULY_2, actor=Actor.GUEST, now=MORNING_OF_JULY_2)
    assert (shown.nights, shown.value, shown.refund, shown.kept) == (2, 20_000, 0, 20_000)
    shorter, left = await facade.leave_early(
        tx,
        booking_id=booking.id,
        leaves=JULY_2,
        actor=Actor.GUEST,
        actor_id=stay.guest_id,
        expected_refund=0,
        now=MORNING_OF_JULY_2,
    )
    assert left == shown
    assert (shorter.status, shorter.departure, shorter.total.amount) == (S.IN_PROGRESS, JULY_2, 30_000)
    assert [(line.code, line.amount) for line in shorter.terms.price.lines] == [
        ("nights", 30_000),
        ("nights:given_back", -20_000),
        ("kept", 20_000),
    ]
    assert shorter.check_out_at == datetime.fromisoformat("2026-07-02T09:00:00+00:00")
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-02", None)]
    assert (await inventory.claims_of(tx, booking.id))[0].unit_id == unit
    assert await refunds(tx, booking.id) == []
    kind, data = await last_event(tx, booking)
    assert (kind, data["old_departure"], data["departure"]) == ("booking.changed", "2026-07-04", "2026-07-02")
    step = (await queries.list_history(tx, booking.id))[-1]
    assert (step.action, step.actor, step.data["after"]["departure"]) == (
        Action.LEAVE_EARLY,
        Actor.GUEST,
        "2026-07-02",
    )
    rival = await a_booking(tx, Stay(stay.sellable, (await a_user(tx)).id), arrival=JULY_2, departure=DEPARTURE)
    assert rival.status is S.PENDING_PAYMENT


async def test_the_house_may_give_back_what_the_nights_cost_with_their_fees_and_taxes(
    tx: WriteTx, now: datetime
) -> None:
    taxes = (
        Tax("vat", "VAT", TaxKind.PERCENT, bp=1000),
        Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=150),
    )
    rate = {"cleaning_fee": 5_000, "service_fee_bp": 1000, "taxes": taxes}
    stay = await a_stay(tx, rate=rate)
    booking = await a_booking(tx, stay, status=S.IN_PROGRESS)
    lines = {line.code: line.amount for line in booking.terms.price.lines}
    whole = lines["nights"] + lines["service"]
    expected = (whole + lines["tax:vat"] * 30_000 // 35_000 + lines["person_tax:city"]) // 3
    shorter, left = await facade.leave_early(
        tx, booking_id=booking.id, leaves=JULY_3, giving=Giving.FULL, now=MORNING_OF_JULY_2, **host(stay)
    )
    assert (left.value, left.refund, left.kept) == (expected, expected, 0)
    assert shorter.total.amount == booking.total.amount - expected
    assert await refunds(tx, booking.id) == [expected]
    with pytest.raises(DifferenceChanged):
        await facade.leave_early(
            tx, booking_id=booking.id, leaves=JULY_2, expected_refund=1, now=MORNING_OF_JULY_2, **host(stay)
        )


@pytest.mark.parametrize(
    ("leaves", "says"), [(ARRIVAL, "the first one"), (DEPARTURE, "ends on 2026-07-04 anyway"), (JULY_2, "have passed")]
)
async def test_only_coming_nights_are_given_back(tx: WriteTx, now: datetime, leaves: date, says: str) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.IN_PROGRESS)
    at = MORNING_OF_JULY_2 + timedelta(days=1)
    with pytest.raises(ChangeRefused, match=says):
        await facade.leave_early(
            tx, booking_id=booking.id, leaves=leaves, actor=Actor.GUEST, actor_id=stay.guest_id, now=at
        )


async def test_who_has_not_arrived_does_not_leave_early(tx: WriteTx, now: datetime) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    with pytest.raises(NotAllowed):
        facade.preview_departure(booking, JULY_2, actor=Actor.GUEST, now=now)


async def test_counted_nights_and_what_came_along_go_back_too(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=3, pooled=True)
    parking = await a_resource(tx, property_id=stay.sellable.property_id, kind="PARKING", name="Parking")
    await a_rate(tx, parking.resource_id, base_amount=2_000)
    wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), 2, extras=(Extra(parking.resource_id),))
    booking = await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=now)
    await take_payment(tx, booking.id)
    await facade.confirm_paid(tx, booking_id=booking.id, now=now)
    await facade.check_in(tx, booking_id=booking.id, now=booking.check_in_at - timedelta(hours=3), **host(stay))
    assert await counted(tx, stay.resource_id) == [2, 2, 2]
    shorter, _ = await facade.leave_early(tx, booking_id=booking.id, leaves=JULY_2, now=MORNING_OF_JULY_2, **host(stay))
    assert await counted(tx, stay.resource_id) == [2, 0, 0]
    assert shorter.resource_id == stay.resource_id
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-02", None)] * 2
    assert {ask.departure for item in shorter.terms.items for ask in item.asks} == {JULY_2}  # type: ignore[union-attr]


async def test_staff_check_in_from_the_day_of_arrival_and_check_out_before_the_clock(
    tx: WriteTx, now: datetime
) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    early = booking.check_in_at - timedelta(hours=5)
    with pytest.raises(NotAllowed, match="2026-07-01"):
        await facade.check_in(tx, booking_id=booking.id, now=early - timedelta(days=1), **host(stay))
    assert (await facade.check_in(tx, booking_id=booking.id, now=early, **host(stay))).status is S.IN_PROGRESS
    out = await facade.check_out(tx, booking_id=booking.id, now=MORNING_OF_JULY_2, **host(stay))
    assert (out.status, out.departure, out.total.amount) == (S.COMPLETED, JULY_2, 30_000)
    assert [(e.action, e.actor) for e in await queries.list_history(tx, booking.id)][1:] == [
        (Action.START, Actor.HOST),
        (Action.LEAVE_EARLY, Actor.HOST),
        (Action.COMPLETE, Actor.HOST),
    ]
    with pytest.raises(NotAllowed):
        await facade.check_out(tx, booking_id=booking.id, now=MORNING_OF_JULY_2, **host(stay))


async def test_checking_out_on_the_last_morning_gives_nothing_back(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.IN_PROGRESS)
    out = await facade.check_out(tx, booking_id=booking.id, now=booking.check_out_at - timedelta(hours=2), **host(stay))
    assert (out.status, out.departure) == (S.COMPLETED, DEPARTURE)
    assert await held_nights(tx, booking.id) == [("2026-07-01", "2026-07-04", None)]


@pytest.mark.parametrize(("hours", "until"), [(2, "2026-07-02"), (40, "2026-07-03"), (200, "2026-07-04")])
async def test_nights_after_the_first_of_a_guest_who_has_not_come_are_on_sale(
    tx: WriteTx, now: datetime, hours: int, until: str
) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    at = booking.check_in_at + timedelta(hours=hours)
    gone = await facade.mark_no_show(tx, booking_id=booking.id, now=at, **host(stay))
    assert (gone.status, gone.departure) == (S.NO_SHOW, DEPARTURE)
    assert await held_nights(tx, booking.id) == [("2026-07-01", until, None)]


async def request(tx: WriteTx, stay: Stay, now: datetime) -> Booking:
    return await facade.book_stay(
        tx,
        guest_id=stay.guest_id,
        resource_id=stay.resource_id,
        arrival=ARRIVAL,
        departure=DEPARTURE,
        party=Party(2),
        provider="sandbox",
        now=now,
    )


async def test_a_host_sees_what_accepting_would_do_before_it_is_done(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, units=2, instant=False)
    booking = await request(tx, stay, now)
    rival = await request(tx, Stay(stay.sellable, (await a_user(tx)).id), now)
    seen = await facade.preview_acceptance(tx, booking_id=booking.id, provider="sandbox", now=now, **host(stay))
    assert (seen.refusal, seen.rival_requests, seen.waiting) == (None, (rival.id,), 0)
    assert (await facade.get_booking(tx, booking.id)).status is S.PENDING_APPROVAL
    await tx.run("UPDATE inventory.claim SET released_at = %s WHERE owner_id = %s", (now, booking.id))
    lost = await facade.preview_acceptance(tx, booking_id=booking.id, provider="sandbox", now=now, **host(stay))
    assert lost.refusal is not None
    assert lost.refusal.code == "not_allowed_now"


async def test_a_request_that_has_lost_part_of_what_it_asked_for_is_not_accepted(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx, instant=False)
    parking = await a_resource(tx, property_id=stay.sellable.property_id, kind="PARKING", name="Parking")
    await a_rate(tx, parking.resource_id, base_amount=2_000)
    wish = Wish(stay.resource_id, Nights(ARRIVAL, DEPARTURE), Party(2), extras=(Extra(parking.resource_id),))
    booking = await facade.book_wish(tx, wish, guest_id=stay.guest_id, provider="sandbox", now=now)
    await tx.run("UPDATE inventory.claim SET released_at = %s WHERE resource_id = %s", (now, parking.resource_id))
    with pytest.raises(NotAllowed, match="someone else has taken"):
        await facade.accept_booking(tx, booking_id=booking.id, provider="sandbox", now=now, **host(stay))


async def test_an_extension_after_leaving_early_was_agreed_costs_only_what_is_added(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.IN_PROGRESS)
    await facade.leave_early(tx, booking_id=booking.id, leaves=JULY_3, now=MORNING_OF_JULY_2, **host(stay))
    quote = await facade.quote_change(
        tx, booking_id=booking.id, change=Change(departure=DEPARTURE), actor=Actor.GUEST, now=MORNING_OF_JULY_2
    )
    assert (quote.available, quote.difference) == (True, 10_000)
