"""The page of a listing, as its address or one of its forms asks for it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from starlette.datastructures import FormData

from hospes.modules.booking.policies.cancellation import freeze_terms
from hospes.modules.booking.policies.restrictions import instant, today_in
from hospes.modules.booking.web import views
from hospes.modules.booking.web.along import additions_of, known_along
from hospes.modules.booking.web.asking import Asked
from hospes.modules.booking.web.choosing import beside, choice_of, said_in
from hospes.modules.booking.web.leaving import departures_of
from hospes.modules.booking.web.nights import box_of, calendar_of, read_nights
from hospes.modules.booking.web.repeating import EVERY, TIMES, series_of
from hospes.modules.booking.web.times import times_of, ways_to
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Listing, Mode
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound
from hospes.modules.identity import facade as identity
from hospes.modules.inventory import facade as inventory
from hospes.modules.ledger import facade as ledger
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.modules.wishlists import facade as wishlists
from hospes.platform.caller import find_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError
from hospes.platform.pages import render
from hospes.platform.runtime import runtime
from hospes.platform.shelves import Shelf, shelves_for, shown_on


async def show_stay(
    request: Request,
    resource_id: UUID,
    form: FormData | None = None,
    *,
    refusal: HospesError | None = None,
    status: int = 200,
) -> Response:
    """The page as the address or a form asks for it, with a refusal beside its fields when there was one."""
    rt = runtime(request)
    now = rt.clock.now()
    await ledger.display_for(request)
    ways = await ways_to(request, resource_id, form if form is not None else request.query_params, now=now)
    async with rt.db.read() as tx:
        listing = await listing_for(tx, request, resource_id)
        rate = await pricing.find_rate(tx, resource_id)
        if listing.sellable.mode is Mode.NIGHTLY:
            more = await _nights(tx, request, listing, rate, form, refusal, now)
        else:
            more = await _times(tx, request, listing, form, refusal, now, ways)
    shelves = await _shelves(request, listing, more.get("asked"), more["along"])
    context = {
        "listing": listing,
        "rate": rate,
        "terms": _usual_terms(listing, now),
        "json_ld": _json_ld(request, listing, rate),
        "views": views,
        "partial": False,
        "saved": await wishlists.saved_here(request, [resource_id, *shown_on(shelves)]),
        "months": [],
        "shelves": shelves,
        **more,
    }
    return render(request, "booking/stay.html", context, status)


async def _nights(
    tx: ReadTx,
    request: Request,
    listing: Listing,
    rate: Rate | None,
    form: FormData | None,
    refusal: HospesError | None,
    now: datetime,
) -> dict[str, Any]:
    asked, room = read_nights(form if form is not None else request.query_params)
    box = await box_of(tx, request, listing, rate, asked, room, now=now)
    if refusal is not None:
        box.errors.update(refusal.fields or {"form": refusal.detail})
    calendar = await calendar_of(tx, listing, asked, request.query_params.get("month", ""), now)
    return {
        "asked": asked,
        "box": box,
        "additions": await additions_of(tx, listing),
        "taken_along": {each.resource_id: each.quantity for each in room.extras},
        "along": asked.query(),
        **calendar,
    }


async def _times(
    tx: ReadTx,
    request: Request,
    listing: Listing,
    form: FormData | None,
    refusal: HospesError | None,
    now: datetime,
    ways: inventory.TravelTime,
) -> dict[str, Any]:
    """Of what is sold by the hour or by departure."""
    sellable = listing.sellable
    said = said_in(form if form is not None else request.query_params, sellable)
    said = replace(said, extras=known_along(said.extras, listing))
    choice = await choice_of(tx, request, sellable, said, now=now)
    if refusal is not None:
        choice = replace(choice, errors={**choice.errors, **beside(refusal)})
    found: dict[str, Any] = {"said": said, "choice": choice, "along": ""}
    if sellable.mode is Mode.DEPARTURE:
        return {**found, "departures": await departures_of(tx, sellable, said, now=now)}
    return {
        **found,
        "times": await times_of(tx, sellable, said, now=now, travel=ways),
        "series": await series_of(tx, request, sellable, said, now=now),
        "repeats": (EVERY, TIMES),
        "additions": await additions_of(tx, listing),
        "taken_along": {each.resource_id: each.quantity for each in said.extras},
    }


async def _shelves(request: Request, listing: Listing, asked: Asked | None, along: str) -> Sequence[Shelf]:
    """What else may be of interest, free on the same nights when they are known."""
    stay = (asked.arrival, asked.departure) if asked is not None and asked.complete else None
    return await shelves_for(
        request,
        "stay",
        resource_id=listing.resource.id,
        live=listing.sellable.live,
        stay=stay,
        party=asked.party if asked is not None else None,
        along=along,
    )


async def listing_for(tx: ReadTx, request: Request, resource_id: UUID) -> Listing:
    """What is on sale; its host and admins see it before that too."""
    listing = await catalog.get_listing(tx, resource_id)
    if listing.sellable.live:
        return listing
    caller = find_caller(request)
    if caller is None:
        raise ResourceNotFound("There is no such place, or it is not on sale now.")
    if not identity.may_do(caller, identity.Deed.LOOK_AFTER_BOOKINGS):
        try:
            await catalog.ensure_manages(tx, caller, listing.business.id, catalog.Permission.BOOKINGS)
        except BusinessNotFound:
            raise ResourceNotFound("There is no such place, or it is not on sale now.") from None
    return listing


def _usual_terms(listing: Listing, now: datetime) -> tuple[str, ...]:
    """The cancellation terms in general; those of a booking are frozen for its dates."""
    sellable = listing.sellable
    far = today_in(sellable.zone, now) + timedelta(days=120)
    start = instant(sellable.zone, far, sellable.check_in_from)
    return freeze_terms(sellable.cancellation_policy, start, now=now, mode=sellable.mode).text


def _json_ld(request: Request, listing: Listing, rate: Rate | None) -> dict[str, Any]:
    place = listing.property
    site = (runtime(request).settings.public_url or str(request.base_url)).rstrip("/")
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": {"HOME": "Accommodation", "HOTEL_ROOM": "HotelRoom"}.get(listing.resource.kind, "Product"),
        "url": f"{site}/stays/{listing.resource.id}",
        "name": f"{place.name}: {listing.resource.name}",
        "description": (listing.resource.description or place.description)[:500],
        "image": [site + media.url if media.url.startswith("/") else media.url for media in listing.media[:4]],
        "address": {"@type": "PostalAddress", "addressLocality": place.city, "addressCountry": place.country},
    }
    if listing.resource.rating_count and listing.resource.rating_avg is not None:
        said["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": round(listing.resource.rating_avg, 1),
            "reviewCount": listing.resource.rating_count,
        }
    return said
