"""Plans, rules and restrictions through the facade, on the real tables."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.pricing import facade
from hospes.modules.pricing.contracts import Meals, Party, Price, RefundTier, RuleKind
from hospes.modules.pricing.errors import (
    ClosedToArrival,
    MaxAdvance,
    MinAdvance,
    MinStayOnArrival,
    NoPrice,
    PlanInUse,
    RateInvalid,
    RateNotFound,
    RatePlanNotFound,
)
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.pricing import SET_AT, a_plan, a_rate, a_restriction, a_rule

FRIDAY, SUNDAY = date(2026, 7, 3), date(2026, 7, 5)
MONDAY = date(2026, 7, 6)
TODAY = date(2026, 6, 1)
TWO = Party(2)


@pytest.fixture
async def room(tx: WriteTx) -> UUID:
    room = new_id()
    await a_rate(tx, room)
    return room


def said(price: Price) -> list[tuple[str, int]]:
    return [(line.label, line.amount) for line in price.lines]


async def test_a_resource_without_plans_offers_none_and_costs_what_it_did(tx: WriteTx, room: UUID) -> None:
    assert await facade.offers(tx, room, FRIDAY, SUNDAY, TWO, today=TODAY) == []
    assert said(await facade.price_stay(tx, room, FRIDAY, SUNDAY, TWO)) == [("€100 × 2 nights", 20_000)]


async def test_every_active_plan_is_offered_with_its_price_or_why_not(tx: WriteTx, room: UUID) -> None:
    flexible = await a_plan(tx, room, "flexible", position=1)
    saver = await a_plan(tx, room, "saver", position=2, parent_id=flexible.id, adjust_bp=-1_000)
    bed_and_breakfast = await a_plan(
        tx,
        room,
        "breakfast",
        position=3,
        parent_id=saver.id,
        adjust_amount=500,
        meals=Meals.BREAKFAST,
        meals_amount=1_200,
    )
    await a_plan(tx, room, "old", position=4, active=False)
    await a_restriction(tx, room, plan_id=saver.id, weekdays=0b001_0000, min_stay_on_arrival=3)
    found = await facade.offers(tx, room, FRIDAY, SUNDAY, TWO, today=TODAY)
    assert [(each.plan, each.code) for each in found] == [
        (flexible, None),
        (saver, "min_stay_on_arrival"),
        (bed_and_breakfast, None),
    ]
    assert found[1].refusal == "Stays arriving on a Friday last at least 3 nights at this rate."
    assert [each.price.total if each.price else None for each in found] == [20_000, None, 23_800]
    assert found[2].price is not None
    assert said(found[2].price) == [
        ("€100 × 2 nights", 20_000),
        ("Saver −10 %", -2_000),
        ("Breakfast", 1_000),
        ("Breakfast", 4_800),
    ]
    assert (found[2].price.plan_id, found[2].price.plan_name) == (bed_and_breakfast.id, "Breakfast")


async def test_a_price_tells_its_plan_and_survives_being_frozen(tx: WriteTx, room: UUID) -> None:
    plan = await a_plan(
        tx, room, "own", cancellation_policy="custom", tiers=(RefundTier(48, 10_000), RefundTier(0, 2_500))
    )
    pending = await facade.begin_price(tx, room, FRIDAY, SUNDAY, plan_id=plan.id)
    price = await pending.of(TWO, today=TODAY)
    assert await pending.plan() == plan
    assert Price.from_json(price.as_json()) == price


async def test_a_plan_that_is_not_on_offer_has_no_price(tx: WriteTx, room: UUID) -> None:
    old = await a_plan(tx, room, "old", active=False)
    for plan_id in (old.id, new_id()):
        with pytest.raises(RatePlanNotFound):
            await facade.price_stay(tx, room, FRIDAY, SUNDAY, TWO, plan_id=plan_id)


async def test_rules_and_restrictions_of_the_days_asked_for_are_read(tx: WriteTx, room: UUID) -> None:
    await a_rule(tx, room, RuleKind.SEASON, name="Summer", first=SUNDAY, last=MONDAY, adjust_bp=5_000)
    await a_restriction(tx, room, first=MONDAY, last=MONDAY, closed_to_arrival=True)
    assert (await facade.price_stay(tx, room, FRIDAY, SUNDAY, TWO)).total == 20_000
    assert said(await facade.price_stay(tx, room, FRIDAY, MONDAY, TWO)) == [
        ("€100 × 3 nights", 30_000),
        ("Season: Summer", 5_000),
    ]
    with pytest.raises(ClosedToArrival) as refused:
        await facade.price_stay(tx, room, MONDAY, date(2026, 7, 8), TWO)
    assert refused.value.detail == "Nobody can arrive on 6 Jul 2026 here."
    assert refused.value.fields == {"arrival": refused.value.detail}


async def test_restrictions_can_be_left_aside_for_a_stay_that_is_booked_already(tx: WriteTx, room: UUID) -> None:
    await a_restriction(tx, room, min_stay_on_arrival=3)
    pending = await facade.begin_price(tx, room, FRIDAY, SUNDAY)
    with pytest.raises(MinStayOnArrival):
        await pending.of(TWO)
    assert (await pending.of(TWO, enforce=False)).total == 20_000


async def test_how_far_ahead_matters_only_when_today_is_known(tx: WriteTx, room: UUID) -> None:
    await a_restriction(tx, room, min_advance_days=7, max_advance_days=40)
    await a_rule(tx, room, RuleKind.EARLY_BIRD, min_days_ahead=30, adjust_bp=-1_000)
    assert (await facade.price_stay(tx, room, FRIDAY, SUNDAY, TWO)).total == 20_000
    assert (await facade.price_stay(tx, room, FRIDAY, SUNDAY, TWO, today=TODAY)).total == 18_000
    with pytest.raises(MinAdvance, match="Stays are booked at least 7 days ahead here"):
        await facade.price_stay(tx, room, FRIDAY, SUNDAY, TWO, today=date(2026, 6, 27))
    with pytest.raises(MaxAdvance, match="Stays arriving on 3 Jul 2026 can be booked from 24 May 2026 on here"):
        await facade.price_stay(tx, room, FRIDAY, SUNDAY, TWO, today=date(2026, 5, 1))


async def test_prices_of_many_resources_are_those_of_each(tx: WriteTx, room: UUID) -> None:
    other, closed, unpriced = new_id(), new_id(), new_id()
    await a_rate(tx, other, base_amount=5_000, days={FRIDAY: 9_000})
    await a_rule(tx, other, RuleKind.WEEKDAY, weekdays=0b011_0000, adjust_bp=1_000)
    await a_rate(tx, closed)
    await a_restriction(tx, closed, stop_sell=True)
    found = await facade.price_stays(tx, [room, other, closed, unpriced], FRIDAY, SUNDAY, TWO)
    assert {each: price.total for each, price in found.items()} == {room: 20_000, other: 14_500}
    assert found[other] == await facade.price_stay(tx, other, FRIDAY, SUNDAY, TWO)


async def test_hours_and_places_have_rules_too(tx: WriteTx, room: UUID) -> None:
    await a_rule(tx, room, RuleKind.WEEKDAY, weekdays=0b001_0000, adjust_bp=1_000)
    start, end = datetime(2026, 7, 3, 22, 30, tzinfo=UTC), datetime(2026, 7, 4, 0, 0, tzinfo=UTC)
    friday = await facade.price_hours(tx, room, start, end, "UTC", TWO)
    assert said(friday) == [("€100 × 1 h 30 min", 15_000), ("Friday", 1_500)]
    assert (await facade.price_hours(tx, room, start, end, "Europe/Paris", TWO)).total == 15_000
    assert (await facade.price_places(tx, room, FRIDAY, TWO)).total == 22_000
    assert (await facade.price_places(tx, room, FRIDAY, TWO, amount=7_000)).total == 14_000
    with pytest.raises(NoPrice):
        await facade.price_places(tx, new_id(), FRIDAY, TWO)


async def test_a_change_is_told_and_another_version_refused(tx: WriteTx, room: UUID) -> None:
    plan = await a_plan(tx, room)
    again = await facade.put_plan(tx, replace(plan, name=" Better "), expected=1, now=SET_AT)
    assert (again.version, again.name) == (2, "Better")
    with pytest.raises(VersionChanged):
        await facade.put_plan(tx, plan, expected=1, now=SET_AT)
    told = await tx.all("SELECT type FROM platform.outbox WHERE aggregate_id = %s", (room,))
    assert [each["type"] for each in told] == ["rate.changed"] * 2


async def test_nothing_is_set_without_a_base_price_or_for_anothers_plan(tx: WriteTx, room: UUID) -> None:
    with pytest.raises(RateNotFound):
        await a_plan(tx, new_id())
    elsewhere = new_id()
    await a_rate(tx, elsewhere)
    plan = await a_plan(tx, elsewhere)
    with pytest.raises(RateInvalid) as refused:
        await a_rule(tx, room, RuleKind.WEEKDAY, plan_id=plan.id, adjust_bp=1)
    assert refused.value.fields == {"plan_id": "There is no such rate plan here."}
    with pytest.raises(RatePlanNotFound):
        await facade.put_plan(tx, replace(plan, resource_id=room), now=SET_AT)
    with pytest.raises(RatePlanNotFound):
        await facade.delete_plan(tx, room, plan.id, now=SET_AT)


async def test_a_plan_others_follow_stays_and_one_that_goes_takes_its_rules_along(tx: WriteTx, room: UUID) -> None:
    parent = await a_plan(tx, room)
    child = await a_plan(tx, room, "child", parent_id=parent.id, adjust_bp=-1_000)
    await a_rule(tx, room, RuleKind.LENGTH, plan_id=child.id, min_nights=2, adjust_bp=-1_000)
    await a_restriction(tx, room, plan_id=child.id, min_stay=2)
    with pytest.raises(PlanInUse):
        await facade.delete_plan(tx, room, parent.id, now=SET_AT)
    await facade.delete_plan(tx, room, child.id, now=SET_AT)
    assert (await facade.list_rules(tx, room), await facade.list_restrictions(tx, room)) == ([], [])
    await facade.delete_plan(tx, room, parent.id, now=SET_AT)
    row = await tx.find("SELECT has_rules FROM pricing.rate WHERE resource_id = %s", (room,))
    assert row == {"has_rules": False}


async def test_suggestions_lie_between_floor_and_ceiling_and_say_why(tx: WriteTx, room: UUID) -> None:
    await a_rule(tx, room, RuleKind.WEEKDAY, weekdays=0b011_0000, adjust_bp=2_000)
    found = await facade.suggest_prices(
        *(tx, room, FRIDAY, MONDAY), occupancy={FRIDAY: 1.0}, floor=9_000, ceiling=13_000, today=TODAY
    )
    assert [(each.day.isoformat(), each.amount) for each in found] == [
        ("2026-07-03", 13_000),
        ("2026-07-04", 12_000),
        ("2026-07-05", 10_000),
        ("2026-07-06", 10_000),
    ]
    with pytest.raises(RateInvalid) as refused:
        await facade.suggest_prices(tx, room, FRIDAY, MONDAY, occupancy={}, floor=2, ceiling=1, today=TODAY)
    assert list(refused.value.fields) == ["floor"]
