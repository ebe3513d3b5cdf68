"""Fees, taxes, rules and restrictions as the index reads them, and that every change of them is told."""

from datetime import UTC, date, datetime
from uuid import UUID

from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate, RuleKind, Tax, TaxKind
from hospes.modules.pricing.events import RATE_CHANGED
from hospes.modules.search.contracts.listing import BARE, NOWHERE
from hospes.modules.search.keeping import loader
from hospes.modules.search.keeping.reading import batch_from
from hospes.modules.search.queries.batches import these
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from tests.builders.booking import ARRIVAL, DEPARTURE, a_stay
from tests.builders.pricing import SET_AT, a_plan, a_restriction, a_rule
from tests.search.reading import found, loaded

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
TAXES = (
    Tax("vat", "VAT", TaxKind.PERCENT, bp=700, included=True),
    Tax("city", "City tax", TaxKind.PER_PERSON_NIGHT, amount=250, exempt_under_age=12, max_nights=7),
)


async def test_what_a_resource_says_itself_is_read_and_what_is_over_or_a_plans_is_not(tx: WriteTx) -> None:
    rate = {"cleaning_fee": 4_000, "service_fee_bp": 900, "taxes": TAXES}
    stay, bare = await a_stay(tx, rate=rate), await a_stay(tx)
    there = stay.resource_id
    plan = await a_plan(tx, there)
    july = {"first": date(2026, 7, 1), "last": date(2026, 7, 31)}
    over = {"first": date(2026, 5, 1), "last": date(2026, 5, 31)}
    late = await a_rule(tx, there, RuleKind.WEEKDAY, weekdays=0b011_0000, adjust_bp=1_500, position=2)
    early = await a_rule(tx, there, RuleKind.SEASON, adjust_amount=2_000, position=1, **july)
    await a_rule(tx, there, RuleKind.SEASON, adjust_bp=500, **over)
    await a_rule(tx, there, RuleKind.LENGTH, min_nights=7, adjust_bp=-1_000, plan_id=plan.id)
    first = await a_restriction(tx, there, min_stay=3, **july)
    second = await a_restriction(tx, there, closed_to_arrival=False, weekdays=0b100_0000)
    await a_restriction(tx, there, stop_sell=True, plan_id=plan.id)
    await a_restriction(tx, there, stop_sell=True, **over)
    read = batch_from(await these(tx, [there, bare.resource_id, new_id()], today=TODAY, nights=512, now=NOW))
    assert read.resource_ids() == sorted((there, bare.resource_id))
    mine, other = (read.resource_ids().index(each) for each in (there, bare.resource_id))
    assert (read.tariff.at(other), read.limit.at(other), read.cleaning[other], read.service[other]) == (BARE, (), 0, 0)
    assert (read.cleaning[mine], read.service[mine]) == (4_000, 900)
    tariff = read.tariff.at(mine)
    assert tariff.taxes == TAXES
    nobody = {"id": NOWHERE, "resource_id": NOWHERE, "version": 1}
    assert [said(each) for each in tariff.rules] == [{**said(each), **nobody, "position": 0} for each in (early, late)]
    assert [said(each) for each in read.limit.at(mine)] == [{**said(each), **nobody} for each in (first, second)]


def said(given: object) -> dict[str, object]:
    return {name: getattr(given, name) for name in type(given).__dataclass_fields__}  # type: ignore[attr-defined]


async def test_every_change_of_a_price_or_a_restriction_names_its_listing(tx: WriteTx) -> None:
    stay = await a_stay(tx)
    there, told = stay.resource_id, 0

    async def tells() -> bool:
        nonlocal told
        before, told = told, len(await events_of(tx, there))
        return told == before + 1

    await tells()
    await pricing.put_rate(tx, there, Rate("EUR", 9_000), now=NOW)
    assert await tells()
    await pricing.set_day_prices(tx, there, {date(2026, 7, 1): 12_000}, now=NOW)
    assert await tells()
    rule = await a_rule(tx, there, RuleKind.WEEKDAY, adjust_bp=500)
    assert await tells()
    await pricing.delete_rule(tx, there, rule.id, now=SET_AT)
    assert await tells()
    restriction = await a_restriction(tx, there, min_stay=2)
    assert await tells()
    await pricing.delete_restriction(tx, there, restriction.id, now=SET_AT)
    assert await tells()
    plan = await a_plan(tx, there)
    assert await tells()
    await pricing.delete_plan(tx, there, plan.id, now=SET_AT)
    assert await tells()
    assert not await tells()


async def test_a_rule_and_a_restriction_are_known_once_the_listing_is_read_again(db: Database) -> None:
    async with db.write() as tx:
        stay = await a_stay(tx)
    index = await loaded(db)
    before = found(index, ARRIVAL, DEPARTURE)
    async with db.write() as tx:
        await a_rule(tx, stay.resource_id, RuleKind.LENGTH, min_nights=3, adjust_bp=-1_000)
    await loader.refresh(db, index, [stay.resource_id], now=NOW)
    assert [hit.total for hit in before] == [30_000]
    assert [hit.total for hit in found(index, ARRIVAL, DEPARTURE)] == [27_000]
    async with db.write() as tx:
        closed = await a_restriction(tx, stay.resource_id, closed_to_arrival=True, weekdays=1 << ARRIVAL.weekday())
    await loader.refresh(db, index, [stay.resource_id], now=NOW)
    assert not found(index, ARRIVAL, DEPARTURE)
    async with db.write() as tx:
        await pricing.delete_restriction(tx, stay.resource_id, closed.id, now=NOW)
    await loader.refresh(db, index, [stay.resource_id], now=NOW)
    assert [hit.total for hit in found(index, ARRIVAL, DEPARTURE)] == [27_000]


async def events_of(tx: WriteTx, resource_id: UUID) -> list[dict[str, object]]:
    """What the index is told of a listing's prices."""
    return await tx.all(
        "SELECT type FROM platform.outbox WHERE type = %s AND data ->> 'resource_id' = %s",
        (RATE_CHANGED, str(resource_id)),
    )
