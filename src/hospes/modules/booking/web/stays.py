"""The page of a listing: what it is, when it is free, and what it costs."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking.web import taking, views
from hospes.modules.booking.web.nights import box_of, calendar_of, read_nights
from hospes.modules.booking.web.showing import listing_for, show_stay
from hospes.modules.ledger import facade as ledger
from hospes.modules.pricing import facade as pricing
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()
router.include_router(taking.router)


@router.get("/stays/{resource_id}")
async def stay_page(request: Request, resource_id: UUID) -> Response:
    """Everything about one listing. What the address says of dates, times, a departure and a party fills the price box;
    `?month` moves the calendar."""
    return await show_stay(request, resource_id)


@router.get("/stays/{resource_id}/price")
async def price_box(request: Request, resource_id: UUID) -> Response:
    """The price box of nights alone, for a page that changes as dates do."""
    rt, (asked, room) = runtime(request), read_nights(request.query_params)
    await ledger.display_for(request)
    async with rt.db.read() as tx:
        listing = await listing_for(tx, request, resource_id)
        rate = await pricing.find_rate(tx, resource_id)
        box = await box_of(tx, request, listing, rate, asked, room, now=rt.clock.now())
    context = {"listing": listing, "box": box, "rate": rate, "views": views, "partial": True}
    return render(request, "booking/_price.html", context)


@router.get("/stays/{resource_id}/calendar")
async def calendar_box(request: Request, resource_id: UUID) -> Response:
    """Two months of the calendar alone."""
    rt, (asked, _) = runtime(request), read_nights(request.query_params)
    async with rt.db.read() as tx:
        listing = await listing_for(tx, request, resource_id)
        calendar = await calendar_of(tx, listing, asked, request.query_params.get("month", ""), rt.clock.now())
    return render(request, "booking/_calendar.html", {"listing": listing, "asked": asked, **calendar})
