"""The page of a listing: what it is, when it is free, what it costs, and keeping it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Quote, Wish
from hospes.modules.booking.errors import NotBookableByNight
from hospes.modules.booking.policies.cancellation import freeze_terms
from hospes.modules.booking.policies.restrictions import instant, today_in
from hospes.modules.booking.web import views
from hospes.modules.booking.web.asking import Asked, read_asked
from hospes.modules.booking.web.times import (
    Choice,
    choice_of,
    departures_of,
    party_of,
    times_of,
    typed_of,
    when_of,
    whole,
)
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Listing, Mode
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound
from hospes.modules.inventory import facade as inventory
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.platform.caller import find_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, HospesError, Invalid
from hospes.platform.pages import render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
MONTHS = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """What the price box says: a quote, or why there is none."""

    asked: Asked
    quote: Quote | None
    errors: dict[str, str]


@router.get("/stays/{resource_id}")
async def stay_page(request: Request, resource_id: UUID) -> Response:
    """Everything about one listing; `?arrival&departure&adults…` fills the price box, `?month` moves the calendar."""
    return await show_stay(request, resource_id, read_asked(request.query_params))


@router.get("/stays/{resource_id}/price")
async def price_box(request: Request, resource_id: UUID) -> Response:
    """The price box alone, for a page that changes as dates do."""
    rt, asked = runtime(request), read_asked(request.query_params)
    async with rt.db.read() as tx:
        listing = await _listing_for(tx, request, resource_id)
        offer = await _offer(tx, rt, resource_id, asked)
        rate = await pricing.find_rate(tx, resource_id)
    context = {"listing": listing, "offer": offer, "rate": rate, "views": views, "partial": True}
    return render(request, "booking/_price.html", context)


@router.get("/stays/{resource_id}/calendar")
async def calendar_box(request: Request, resource_id: UUID) -> Response:
    """Two months of the calendar alone."""
    rt, asked = runtime(request), read_asked(request.query_params)
    async with rt.db.read() as tx:
        listing = await _listing_for(tx, request, resource_id)
        calendar = await _calendar(tx, listing, asked, request.query_params.get("month", ""), rt.clock.now())
    return render(request, "booking/_calendar.html", {"listing": listing, "asked": asked, **calendar})


@router.post("/stays/{resource_id}/hold")
async def hold_stay(request: Request, resource_id: UUID) -> Response:
    """Keep the nights and go on to checkout; who is not signed in goes there first and comes back with the dates."""
    rt, form = runtime(request), await request.form()
    asked = read_asked({name: value for name, value in form.items() if isinstance(value, str)})
    caller = find_caller(request)
    if caller is None:
        back = f"/stays/{resource_id}?{asked.query()}"
        return RedirectResponse(f"/login?{_next(back)}", 303)
    if asked.arrival is None or asked.departure is None or asked.faults:
        return await show_stay(request, resource_id, asked, status=422)
    expected = str(form.get("expected_total", ""))
    try:
        async with rt.db.write() as tx:
            hold = await facade.place_hold(
                tx,
                guest_id=caller.user_id,
                resource_id=resource_id,
                arrival=asked.arrival,
                departure=asked.departure,
                party=asked.party,
                expected_total=int(expected) if expected.isdecimal() and len(expected) < 16 else None,
                now=rt.clock.now(),
            )
    except (Invalid, Conflict) as refusal:
        return await show_stay(request, resource_id, asked, refusal=refusal, status=refusal.status)
    return RedirectResponse(f"/checkout/{hold.id}", 303)


@router.post("/stays/{resource_id}/take")
async def take(request: Request, resource_id: UUID) -> Response:
    """Keep an appointment or places on a departure, and go on to checkout."""
    rt, form = runtime(request), await request.form()
    typed = typed_of({name: value for name, value in form.items() if isinstance(value, str)})
    caller = find_caller(request)
    if caller is None:
        said = urlencode({name: value for name, value in typed.items() if value})
        return back_to_login(f"/stays/{resource_id}?{said}")
    expected = str(form.get("expected_total", ""))
    try:
        async with rt.db.write() as tx:
            when, errors = when_of(await catalog.get_sellable(tx, resource_id), typed)
            if when is None:
                raise Invalid("Choose a time first.", fields=errors or {"form": "Choose a time first."})
            hold = await facade.hold_wish(
                tx,
                Wish(resource_id, when, party_of(typed)),
                guest_id=caller.user_id,
                expected_total=int(expected) if whole(expected, 15) else None,
                now=rt.clock.now(),
            )
    except (Invalid, Conflict) as refusal:
        return await show_stay(request, resource_id, None, typed=typed, refusal=refusal, status=refusal.status)
    return RedirectResponse(f"/checkout/{hold.id}", 303)


async def show_stay(
    request: Request,
    resource_id: UUID,
    asked: Asked | None,
    *,
    typed: dict[str, str] | None = None,
    refusal: HospesError | None = None,
    status: int = 200,
) -> Response:
    """The page, with a refusal beside its fields when there was one. `typed`: what was asked of times or departures."""
    rt = runtime(request)
    now = rt.clock.now()
    asked = asked or read_asked({})
    typed = typed or typed_of(request.query_params)
    async with rt.db.read() as tx:
        listing = await _listing_for(tx, request, resource_id)
        rate = await pricing.find_rate(tx, resource_id)
        offer = Offer(asked, None, {})
        more: dict[str, Any] = {"months": [], "typed": typed}
        if listing.sellable.mode is Mode.NIGHTLY:
            offer = await _offer(tx, rt, resource_id, asked)
            more |= await _calendar(tx, listing, asked, request.query_params.get("month", ""), now)
        else:
            more["choice"] = await choice_of(tx, listing.sellable, typed, now=now)
        if listing.sellable.mode is Mode.TIMED:
            more["times"] = await times_of(tx, listing.sellable, typed, now=now)
        if listing.sellable.mode is Mode.DEPARTURE:
            more["departures"] = await departures_of(tx, listing.sellable, now=now)
    if refusal is not None and "choice" in more:
        more["choice"] = Choice(None, {"form": refusal.detail, **refusal.fields})
    elif refusal is not None:
        offer = Offer(asked, offer.quote, {**offer.errors, **(refusal.fields or {"form": refusal.detail})})
    context = {
        "listing": listing,
        "rate": rate,
        "asked": asked,
        "offer": offer,
        "terms": _usual_terms(listing, now),
        "amenity_groups": _grouped(listing),
        "json_ld": _json_ld(request, listing, rate),
        "views": views,
        "partial": False,
        **more,
    }
    return render(request, "booking/stay.html", context, status)


async def _listing_for(tx: ReadTx, request: Request, resource_id: UUID) -> Listing:
    """What is on sale; its host and admins see it before that too."""
    listing = await catalog.get_listing(tx, resource_id)
    if listing.sellable.live:
        return listing
    caller = find_caller(request)
    if caller is None:
        raise ResourceNotFound("There is no such place, or it is not on sale now.")
    if "admin" not in caller.roles:
        try:
            await catalog.ensure_manages(tx, caller, listing.business.id)
        except BusinessNotFound:
            raise ResourceNotFound("There is no such place, or it is not on sale now.") from None
    return listing


async def _offer(tx: ReadTx, rt: Runtime, resource_id: UUID, asked: Asked) -> Offer:
    if not asked.complete or asked.arrival is None or asked.departure is None:
        return Offer(asked, None, dict(asked.faults))
    try:
        quote = await facade.quote_stay(
            tx,
            resource_id=resource_id,
            arrival=asked.arrival,
            departure=asked.departure,
            party=asked.party,
            now=rt.clock.now(),
        )
    except NotBookableByNight as refusal:
        return Offer(asked, None, {"form": refusal.detail})
    except (Invalid, Conflict, ResourceNotFound) as refusal:
        return Offer(asked, None, refusal.fields or {"form": refusal.detail})
    errors = {} if quote.available else {"form": "Some of these nights are taken. Try other dates."}
    return Offer(asked, quote, errors)


async def _calendar(tx: ReadTx, listing: Listing, asked: Asked, month: str, now: datetime) -> dict[str, Any]:
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
    for _ in range(MONTHS):
        first = views.next_month(first)
    return first


def _usual_terms(listing: Listing, now: datetime) -> tuple[str, ...]:
    """The cancellation terms in general; those of a booking are frozen for its dates."""
    sellable = listing.sellable
    far = today_in(sellable.zone, now) + timedelta(days=120)
    return freeze_terms(sellable.cancellation_policy, instant(sellable.zone, far, sellable.check_in_from), now=now).text


def _grouped(listing: Listing) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for amenity in listing.amenities:
        groups.setdefault(amenity.group, []).append(amenity)
    return groups


def _json_ld(request: Request, listing: Listing, rate: Rate | None) -> dict[str, Any]:
    place = listing.property
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Accommodation" if listing.resource.kind == "HOME" else "Product",
        "name": f"{place.name}: {listing.resource.name}",
        "description": (listing.resource.description or place.description)[:500],
        "image": [str(request.base_url).rstrip("/") + media.url for media in listing.media[:4]],
        "address": {"@type": "PostalAddress", "addressLocality": place.city, "addressCountry": place.country},
    }
    if listing.resource.rating_count and listing.resource.rating_avg is not None:
        said["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(listing.resource.rating_avg, 1),
            "reviewCount": listing.resource.rating_count,
        }
    return said


def back_to_login(path: str) -> Response:
    """To the log-in page, which leads back here."""
    return RedirectResponse(f"/login?{_next(path)}", 303)


def _next(path: str) -> str:
    return urlencode({"next": path})
