"""Say what a wish costs, under which terms, and whether it can be had: by night, by the hour, by departure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.booking.contracts import Hours, Item, Leaving, Nights, Party, Price, Quote, Terms, Wish
from hospes.modules.booking.errors import NotBookableByNight, NotSoldTogether
from hospes.modules.booking.policies.cancellation import freeze_terms
from hospes.modules.booking.policies.combining import check_extras, combined_price, room_for
from hospes.modules.booking.policies.restrictions import StayRules, check_party, check_stay, instant, today_in
from hospes.modules.booking.use_cases.spending import spend, wants
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable, Unit
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Ask, ClaimAsk, DepartureAsk
from hospes.modules.payments import facade as payments
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import RatePlan
from hospes.platform.db import ReadTx


@dataclass(frozen=True, slots=True)
class _Span:
    """When it is, as everything after pricing needs it."""

    arrival: date
    departure: date
    starts_at: datetime
    ends_at: datetime


async def quote_wish(tx: ReadTx, wish: Wish, *, guest_id: UUID | None = None, now: datetime) -> Quote:
    """The quote; raises `ResourceNotFound` for what is not on sale, a restriction, `NotSoldTogether`, `NoPrice`, or why
    one of its coupons cannot be used, by this guest if one is named."""
    quote = await price_wish(tx, wish, now=now)
    if wants(wish):
        quote = await spend(tx, quote, codes=wish.coupons, use_credit=wish.use_credit, guest_id=guest_id, now=now)
    for item in quote.terms.items:
        for ask in item.asks[:1]:
            wanted = replace(ask, quantity=item.quantity) if isinstance(ask, ClaimAsk) and not ask.pooled else ask
            if not await inventory.is_available(tx, wanted, now=now):
                return replace(quote, available=False)
    return quote


async def price_wish(
    tx: ReadTx, wish: Wish, *, now: datetime, kept: Mapping[date, int] = MappingProxyType({})
) -> Quote:
    """The same without looking whether the place is free (the claim will tell), and without coupons and credit.

    `kept`: what nights cost that were agreed before."""
    if wish.unit_id is not None and (not isinstance(wish.when, Hours) or wish.quantity != 1):
        said = "Only an appointment can be with one in particular, one at a time."
        raise NotSoldTogether(said, fields={"unit_id": said})
    asked = payments.ask_terms(tx, wish.resource_id)
    if isinstance(wish.when, Nights):
        quote = await _by_night(tx, wish, wish.when, now, kept)
    elif isinstance(wish.when, Hours):
        quote = await _by_hour(tx, wish, wish.when, now)
    else:
        quote = await _by_departure(tx, wish, wish.when, now)
    paying = await payments.terms_of(asked)
    shown = wish.display.rate_from(quote.price.currency) if wish.display else None
    if paying == quote.terms.paying and shown is None:
        return quote
    return replace(quote, terms=replace(quote.terms, paying=paying, shown=shown))


def ask_for(sellable: Sellable, arrival: date, departure: date, quantity: int = 1) -> ClaimAsk:
    """What is claimed of a resource for these nights; an exclusive one is claimed unit by unit."""
    return ClaimAsk(
        resource_id=sellable.resource_id,
        unit_ids=sellable.unit_ids,
        pooled=sellable.pooled,
        capacity=sellable.capacity,
        zone=sellable.zone,
        first_night=arrival,
        departure=departure,
        quantity=quantity if sellable.pooled else 1,
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


async def _by_night(tx: ReadTx, wish: Wish, nights: Nights, now: datetime, kept: Mapping[date, int]) -> Quote:
    pending = await pricing.begin_price(tx, wish.resource_id, nights.arrival, nights.departure, plan_id=wish.plan_id)
    main = await _on_sale(tx, wish.resource_id, Mode.NIGHTLY)
    extras = [(await _on_sale(tx, each.resource_id, Mode.NIGHTLY), each.quantity) for each in wish.extras]
    check_extras(main, extras)
    today = today_in(main.zone, now)
    rules = replace(rules_of(main), max_guests=room_for(main, wish.quantity, extras))
    check_stay(rules, nights.arrival, nights.departure, wish.party, now=now)
    price = await pending.of(
        wish.party, quantity=wish.quantity, today=today, children_ages=wish.children_ages, kept=kept
    )
    prices = []
    for extra, quantity in extras:
        check_stay(_open_to_all(extra), nights.arrival, nights.departure, Party(1), now=now)
        asked = await pricing.begin_price(tx, extra.resource_id, nights.arrival, nights.departure)
        prices.append((extra.resource_name, await asked.of(Party(1), quantity=quantity, today=today)))
    span = _Span(
        nights.arrival,
        nights.departure,
        instant(main.zone, nights.arrival, main.check_in_from),
        instant(main.zone, nights.departure, main.check_out_until),
    )
    items = tuple(_nights_item(each, nights, quantity) for each, quantity in [(main, wish.quantity), *extras])
    return _quote(wish, main, span, combined_price(price, prices), items, await pending.plan(), now)


async def _by_hour(tx: ReadTx, wish: Wish, hours: Hours, now: datetime) -> Quote:
    main = await _on_sale(tx, wish.resource_id, Mode.TIMED)
    extras = [(await _on_sale(tx, each.resource_id, Mode.TIMED), each.quantity) for each in wish.extras]
    check_extras(main, extras)
    check_party(rules_of(main), wish.party)
    chosen = await _chosen_unit(tx, main, wish.unit_id) if wish.unit_id else None
    items, prices, today = [], [], today_in(main.zone, now)
    for each, quantity in [(main, wish.quantity), *extras]:
        ask = await inventory.check_slot(
            tx,
            resource_id=each.resource_id,
            zone=each.zone,
            unit_ids=(chosen.id,) if chosen and each is main else each.unit_ids,
            starts_at=hours.starts_at,
            ends_at=hours.ends_at,
            place=hours.place if each is main else None,
            now=now,
        )
        items.append(Item(each.resource_id, each.resource_name, quantity, (ask,) * quantity))
        way = inventory.distance_km(ask.home, ask.place) if ask.home and ask.place else None
        cost = await pricing.price_hours(
            *(tx, each.resource_id, hours.starts_at, hours.ends_at, each.zone),
            wish.party if each is main else Party(1),
            travel_km=way,
            today=today,
        )
        prices += [(each.resource_name, cost)] * quantity
    zone = ZoneInfo(main.zone)
    span = _Span(
        hours.starts_at.astimezone(zone).date(), hours.ends_at.astimezone(zone).date(), hours.starts_at, hours.ends_at
    )
    quote = _quote(wish, main, span, combined_price(prices[0][1], prices[1:]), tuple(items), None, now)
    if chosen is None:
        return quote
    return replace(quote, terms=replace(quote.terms, unit_id=chosen.id, unit_name=chosen.name))


async def _by_departure(tx: ReadTx, wish: Wish, leaving: Leaving, now: datetime) -> Quote:
    main = await _on_sale(tx, wish.resource_id, Mode.DEPARTURE)
    if wish.extras or wish.quantity != 1:
        raise NotSoldTogether("Places on a departure are booked for the party alone.")
    departure = await inventory.check_departure(
        tx, main.resource_id, leaving.departure_id, quantity=max(wish.party.guests, 1), now=now
    )
    check_party(replace(rules_of(main), max_guests=departure.max_group or departure.capacity), wish.party)
    price = await pricing.price_places(
        *(tx, main.resource_id, departure.first_day, wish.party),
        amount=departure.price_amount,
        today=today_in(main.zone, now),
    )
    ask = DepartureAsk(main.resource_id, departure.id, wish.party.guests)
    item = Item(main.resource_id, main.resource_name, wish.party.guests, (ask,))
    span = _Span(departure.first_day, departure.last_day, departure.starts_at, departure.ends_at)
    return _quote(wish, main, span, price, (item,), None, now)


async def _on_sale(tx: ReadTx, resource_id: UUID, mode: Mode) -> Sellable:
    sellable = await catalog.get_sellable(tx, resource_id)
    if not sellable.live:
        raise ResourceNotFound()
    if sellable.mode is not mode:
        way = {Mode.NIGHTLY: "by the night", Mode.TIMED: "by the hour", Mode.DEPARTURE: "by departure"}[sellable.mode]
        raise NotBookableByNight(f"This is booked {way}.")
    return sellable


async def _chosen_unit(tx: ReadTx, main: Sellable, unit_id: UUID) -> Unit:
    units = (await catalog.units_of(tx, [main.resource_id])).get(main.resource_id, [])
    found = next((each for each in units if each.id == unit_id and each.id in main.unit_ids), None)
    if found is None:
        said = "Whom you chose cannot be booked here any more. Please choose again."
        raise NotSoldTogether(said, fields={"unit_id": said})
    return found


def _open_to_all(sellable: Sellable) -> StayRules:
    """The rules of what comes along: its dates count, its size does not."""
    return replace(rules_of(sellable), pets_allowed=True)


def _nights_item(sellable: Sellable, nights: Nights, quantity: int) -> Item:
    ask = ask_for(sellable, nights.arrival, nights.departure, quantity)
    asks: tuple[Ask, ...] = (ask,) if sellable.pooled else (ask,) * quantity
    return Item(sellable.resource_id, sellable.resource_name, quantity, asks)


def _quote(
    wish: Wish,
    main: Sellable,
    span: _Span,
    price: Price,
    items: tuple[Item, ...],
    plan: RatePlan | None,
    now: datetime,
) -> Quote:
    policy = (plan.cancellation_policy if plan else None) or main.cancellation_policy
    tiers = tuple((each.hours_before, each.refund_bp) for each in plan.tiers or ()) if plan else ()
    terms = Terms(
        price=price,
        cancellation=freeze_terms(policy, span.starts_at, now=now, tiers=tiers, mode=main.mode),
        property_name=main.property_name,
        resource_name=main.resource_name,
        city=main.city,
        country=main.country,
        zone=main.zone,
        check_in_from=main.check_in_from.isoformat("minutes"),
        check_out_until=main.check_out_until.isoformat("minutes"),
        house_rules=main.house_rules,
        instant=main.instant,
        pooled=main.pooled,
        mode=main.mode,
        items=items,
        plan_id=plan.id if plan else None,
        plan_name=plan.name if plan else "",
    )
    return Quote(
        resource_id=main.resource_id,
        property_id=main.property_id,
        business_id=main.business_id,
        arrival=span.arrival,
        departure=span.departure,
        party=wish.party,
        check_in_at=span.starts_at,
        check_out_at=span.ends_at,
        available=True,
        terms=terms,
        quoted_at=now,
    )
