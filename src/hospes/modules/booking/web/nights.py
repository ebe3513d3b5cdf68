"""What a visitor has said of nights, how many rooms at which rate and with what, and what it would cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData, QueryParams

from hospes.modules.booking.contracts import Extra, Nights, Quote, Wish
from hospes.modules.booking.errors import NotBookableByNight
from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web import views
from hospes.modules.booking.web.along import known_along, read_along, said_along
from hospes.modules.booking.web.asking import Asked, read_asked
from hospes.modules.booking.web.besides import COUPON, coupon_in, quoted
from hospes.modules.catalog.contracts import Listing
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Offer, Rate, RuleKind
from hospes.modules.pricing.errors import NoPrice
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, Invalid
from hospes.platform.ids import as_id

MONTHS = 2
MOST_ROOMS = 9
MOST_AGES = 12


@dataclass(frozen=True, slots=True)
class Room:
    """What is asked besides dates and party: how many, at which plan, how old the children are, what comes along, and
    a coupon."""

    quantity: int = 1
    plan_id: UUID | None = None
    ages: tuple[int | None, ...] = ()
    extras: tuple[Extra, ...] = ()
    coupon: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """What the price box says: a quote, or why there is none; `taken`: one can wait for it.

    `plans`: every plan with its price or why not. `ages`: one for each child, when prices depend on them."""

    asked: Asked
    room: Room
    quote: Quote | None = None
    errors: dict[str, str] = field(default_factory=dict)
    plans: tuple[Offer, ...] = ()
    ages: tuple[int | None, ...] = ()
    taken: bool = False


def read_nights(said: QueryParams | FormData) -> tuple[Asked, Room]:
    """From a query or a form; nonsense counts as not said, except of dates and guests."""
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    asked = read_asked(texts)
    rooms = texts.get("rooms", "")
    ages = [_age(each) for each in said.getlist("age")[:MOST_AGES]]
    room = Room(
        quantity=max(int(rooms), 1) if rooms.isascii() and rooms.isdecimal() and len(rooms) < 3 else 1,
        plan_id=as_id(texts.get("plan_id", "")),
        ages=tuple(ages),
        extras=read_along(said.getlist("extra")),
        coupon=coupon_in(texts.get(COUPON)),
    )
    return replace(asked, more=tuple(_more(room))), room


def _more(room: Room) -> list[tuple[str, str]]:
    pairs = [("rooms", str(room.quantity))] if room.quantity > 1 else []
    pairs += [("plan_id", str(room.plan_id))] if room.plan_id else []
    pairs += [("age", "" if age is None else str(age)) for age in room.ages]
    pairs += [(COUPON, room.coupon)] if room.coupon else []
    return [*pairs, *said_along(room.extras)]


def _age(text: object) -> int | None:
    said = str(text)
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 3 and int(said) < 18 else None


def wish_of_nights(resource_id: UUID, nights: Nights, asked: Asked, room: Room) -> Wish:
    """What was asked, as the core speaks of it."""
    return Wish(
        resource_id=resource_id,
        when=nights,
        party=asked.party,
        quantity=room.quantity,
        plan_id=room.plan_id,
        children_ages=tuple(age for age in room.ages[: asked.party.children] if age is not None),
        extras=room.extras,
    )


async def box_of(
    tx: ReadTx, request: Request, listing: Listing, rate: Rate | None, asked: Asked, room: Room, *, now: datetime
) -> Box:
    """The price box for what was asked. Of several plans the first to be had is chosen, unless one was."""
    ages = await _ages(tx, listing, rate, asked, room)
    room = replace(room, extras=known_along(room.extras, listing))
    if not asked.complete or asked.arrival is None or asked.departure is None:
        return Box(asked, room, errors=dict(asked.faults), ages=ages)
    nights = Nights(asked.arrival, asked.departure)
    plans = await _plans(tx, listing, nights, asked, room, now)
    if plans and room.plan_id not in {each.plan.id for each in plans}:
        usual = next((each for each in plans if each.price is not None), plans[0])
        room = replace(room, plan_id=usual.plan.id)
    elif not plans:
        room = replace(room, plan_id=None)
    box = Box(asked, room, plans=tuple(plans), ages=ages)
    try:
        wish = wish_of_nights(listing.resource.id, nights, asked, room)
        quote, why = await quoted(tx, request, wish, room.coupon, now=now)
    except NotBookableByNight as refusal:
        return replace(box, errors={"form": refusal.detail})
    except (Invalid, Conflict, ResourceNotFound) as refusal:
        return replace(box, errors=dict(refusal.fields) or {"form": refusal.detail})
    if quote.available:
        return replace(box, quote=quote, errors={COUPON: why} if why else {})
    return replace(box, errors={"form": _taken(room)}, taken=True)


def _taken(room: Room) -> str:
    if room.quantity > 1:
        return "There are not so many rooms free for all of these nights."
    if room.extras:
        return "Some of these nights, or what comes along, are taken."
    return "Some of these nights are taken. Try other dates."


async def _plans(
    tx: ReadTx, listing: Listing, nights: Nights, asked: Asked, room: Room, now: datetime
) -> Sequence[Offer]:
    if not 0 < (nights.departure - nights.arrival).days <= listing.sellable.max_nights:
        return ()
    try:
        return await pricing.offers(
            tx,
            listing.resource.id,
            nights.arrival,
            nights.departure,
            asked.party,
            today=today_in(listing.sellable.zone, now),
            children_ages=tuple(age for age in room.ages[: asked.party.children] if age is not None),
            quantity=room.quantity,
        )
    except NoPrice:  # the quote says so
        return ()


async def _ages(tx: ReadTx, listing: Listing, rate: Rate | None, asked: Asked, room: Room) -> tuple[int | None, ...]:
    children = min(asked.party.children, MOST_AGES)
    if not children or rate is None:
        return ()
    matters = any(tax.exempt_under_age is not None for tax in rate.taxes)
    if not matters:
        rules = await pricing.list_rules(tx, listing.resource.id)
        matters = any(rule.kind is RuleKind.CHILD for rule in rules)
    return tuple(room.ages[at] if at < len(room.ages) else None for at in range(children)) if matters else ()


async def calendar_of(tx: ReadTx, listing: Listing, asked: Asked, month: str, now: datetime) -> Mapping[str, Any]:
    """Two months of the calendar, for its template."""
    sellable = listing.sellable
    today = today_in(sellable.zone, now)
    last = today + timedelta(days=sellable.horizon_days - 1)
    first = views.month_named(month, asked.arrival if asked.arrival and asked.arrival >= today else today)
    first = max(min(first, last.replace(day=1)), today.replace(day=1))
    nights = await inventory.calendar(
        tx,
        sellable.resource_id,
        pooled=sellable.pooled,
        capacity=sellable.capacity,
        unit_ids=sellable.unit_ids,
        first=first,
        last=_end(first),
        now=now,
    )
    months = views.months_of(
        first, MONTHS, nights, today=today, last=last, arrival=asked.arrival, departure=asked.departure
    )
    after = views.next_month(views.next_month(first))
    return {
        "months": months,
        "today": today,
        "month_before": None if first <= today.replace(day=1) else max(views.month_before(first), today.replace(day=1)),
        "month_after": after if after <= last else None,
        "shown_month": first,
    }


def _end(first: date) -> date:
    return views.next_month(views.next_month(first))
