"""Say what a stay costs, under which terms, and whether it is free."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from hospes.modules.booking.contracts import Party, Price, Quote, Terms
from hospes.modules.booking.errors import NotBookableByNight
from hospes.modules.booking.policies.cancellation import freeze_terms
from hospes.modules.booking.policies.restrictions import StayRules, check_stay, instant
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimAsk
from hospes.modules.pricing import facade as pricing
from hospes.platform.db import ReadTx


async def quote_stay(
    tx: ReadTx, *, resource_id: UUID, arrival: date, departure: date, party: Party, now: datetime
) -> Quote:
    """The quote; raises `ResourceNotFound` for what is not on sale, a restriction of errors.py, or `NoPrice`."""
    sellable, quote = await price_quote(
        tx, resource_id=resource_id, arrival=arrival, departure=departure, party=party, now=now
    )
    available = await inventory.is_available(tx, ask_for(sellable, arrival, departure), now=now)
    return replace(quote, available=available)


async def price_quote(
    tx: ReadTx, *, resource_id: UUID, arrival: date, departure: date, party: Party, now: datetime
) -> tuple[Sellable, Quote]:
    """The same without looking whether the place is free: the claim will tell."""
    pending = await pricing.begin_price(tx, resource_id, arrival, departure)
    sellable = await catalog.get_sellable(tx, resource_id)
    if not sellable.live:
        raise ResourceNotFound()
    if sellable.mode is not Mode.NIGHTLY:
        raise NotBookableByNight("This is not booked by the night.")
    check_stay(rules_of(sellable), arrival, departure, party, now=now)
    price = await pending.of(party)
    return sellable, _quote(sellable, arrival, departure, party, price, now)


def ask_for(sellable: Sellable, arrival: date, departure: date) -> ClaimAsk:
    """What is claimed for these nights."""
    return ClaimAsk(
        resource_id=sellable.resource_id,
        unit_ids=sellable.unit_ids,
        pooled=sellable.pooled,
        capacity=sellable.capacity,
        zone=sellable.zone,
        first_night=arrival,
        departure=departure,
    )


def rules_of(sellable: Sellable) -> StayRules:
    """What the listing asks of a stay."""
    return StayRules(
        zone=sellable.zone,
        check_in_from=sellable.check_in_from,
        check_out_until=sellable.check_out_until,
        max_guests=sellable.max_guests,
        pets_allowed=sellable.pets_allowed,
        min_nights=sellable.min_nights,
        max_nights=sellable.max_nights,
        notice_hours=sellable.notice_hours,
        horizon_days=sellable.horizon_days,
    )


def _quote(sellable: Sellable, arrival: date, departure: date, party: Party, price: Price, now: datetime) -> Quote:
    check_in_at = instant(sellable.zone, arrival, sellable.check_in_from)
    terms = Terms(
        price=price,
        cancellation=freeze_terms(sellable.cancellation_policy, check_in_at, now=now),
        property_name=sellable.property_name,
        resource_name=sellable.resource_name,
        city=sellable.city,
        country=sellable.country,
        zone=sellable.zone,
        check_in_from=sellable.check_in_from.isoformat("minutes"),
        check_out_until=sellable.check_out_until.isoformat("minutes"),
        house_rules=sellable.house_rules,
        instant=sellable.instant,
        pooled=sellable.pooled,
        unit_ids=sellable.unit_ids,
    )
    return Quote(
        resource_id=sellable.resource_id,
        property_id=sellable.property_id,
        business_id=sellable.business_id,
        arrival=arrival,
        departure=departure,
        party=party,
        check_in_at=check_in_at,
        check_out_at=instant(sellable.zone, departure, sellable.check_out_until),
        available=True,
        terms=terms,
        quoted_at=now,
    )
