"""Documents on pages: a guest's beside the trip, a host's month by month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Actor
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Business
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.invoices import queries
from hospes.modules.invoices.contracts import Document, IssueAt
from hospes.modules.invoices.http import Month, month_of, own_booking
from hospes.modules.invoices.policies.checking import COUNTRIES
from hospes.modules.invoices.policies.summing import sums_of
from hospes.modules.invoices.policies.wording import TITLES, exact
from hospes.modules.invoices.schemas import BuyerIn, SellerIn
from hospes.modules.invoices.use_cases.export_month import export_month
from hospes.modules.invoices.use_cases.name_parties import buyer_of, seller_of
from hospes.modules.invoices.use_cases.save_buyer import save_buyer
from hospes.modules.invoices.use_cases.save_seller import save_seller
from hospes.platform.caller import Caller, require_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
MOST = 1_000
_COUNTRIES = sorted(COUNTRIES.items(), key=lambda each: each[1])
_WHEN = [
    (str(IssueAt.CONFIRMATION), "When a booking is confirmed and paid"),
    (str(IssueAt.CHECK_OUT), "When the guest has left"),
]


@router.get("/trips/{booking_id}/documents")
async def trip_documents(request: Request, booking_id: UUID) -> Response:
    """The receipts and invoices of a booking; its guest also says whom they are made out to."""
    return await _trip_page(request, booking_id)


@router.post("/trips/{booking_id}/documents")
async def save_trip_buyer(request: Request, booking_id: UUID) -> Response:
    """Keep whom they are made out to, or show what is wrong beside the fields."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, BuyerIn)
    if form.value is None:
        return await _trip_page(request, booking_id, typed=form.typed, errors=form.errors)
    try:
        async with rt.db.write() as tx:
            await own_booking(tx, caller, booking_id)
            made = await save_buyer(tx, booking_id=booking_id, buyer=form.value.buyer(), now=rt.clock.now())
    except HospesError as refusal:
        errors = refusal.fields or {"form": refusal.detail}
        return await _trip_page(request, booking_id, typed=form.typed, errors=errors, status=refusal.status)
    response = RedirectResponse(f"/trips/{booking_id}/documents", 303)
    flash(response, "Saved. The invoice has been written anew." if made else "Saved.")
    return response


async def _trip_page(
    request: Request,
    booking_id: UUID,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 422,
) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        booking, actor = await bookings.get_booking_for(tx, caller, booking_id)
        documents = await queries.list_documents(tx, booking_id)
        buyer = await buyer_of(tx, booking)
    context = {
        **_shown(documents),
        "booking": booking,
        "mine": actor is Actor.GUEST,
        "typed": defaultdict(str, typed or asdict(buyer)),
        "errors": defaultdict(str, errors or {}),
        "countries": _COUNTRIES,
    }
    return render(request, "invoices/trip_documents.html", context, status=status if errors else 200)


@router.get("/host/invoices")
async def host_invoices(request: Request, month: Annotated[str | None, Query(max_length=7)] = None) -> Response:
    """What the business issued in a month, and how it is named on its documents."""
    return await _host_page(request, month)


@router.get("/host/{business_id}/invoices")
async def host_invoices_of(request: Request, business_id: UUID) -> Response:
    """The same, by the id of a business."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
    return RedirectResponse("/host/invoices", 303)


@router.post("/host/invoices")
async def save_host_seller(request: Request) -> Response:
    """Keep how the business is named, or show what is wrong beside the fields."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, SellerIn)
    if form.value is None:
        return await _host_page(request, None, typed=form.typed, errors=form.errors)
    try:
        async with rt.db.write() as tx:
            business = await _business(tx, caller, catalog.Permission.MONEY)
            await save_seller(tx, form.value.seller(business.id), now=rt.clock.now())
    except HospesError as refusal:
        errors = refusal.fields or {"form": refusal.detail}
        return await _host_page(request, None, typed=form.typed, errors=errors, status=refusal.status)
    response = RedirectResponse("/host/invoices", 303)
    flash(response, "Saved. Documents from now on name you so.")
    return response


@router.get("/host/invoices.csv")
async def host_invoices_csv(request: Request, month: Month) -> Response:
    """A month for the books."""
    caller = require_caller(request)
    first, until = month_of(month)
    async with runtime(request).db.read() as tx:
        business = await _business(tx, caller, catalog.Permission.EARNINGS)
        found = await queries.list_documents_of_business(tx, business.id, first, until, after=None, limit=100_000)
    headers = {"Content-Disposition": f'attachment; filename="invoices-{month}.csv"', "Cache-Control": "no-store"}
    return Response(export_month(found), media_type="text/csv; charset=utf-8", headers=headers)


async def _host_page(
    request: Request,
    month: str | None,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 422,
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        await catalog.ensure_manages(tx, caller, business.id, catalog.Permission.EARNINGS)
        months = await queries.list_months(tx, business.id)
        first, until = _chosen(month, months, rt.clock.now().date())
        found = await queries.list_documents_of_business(tx, business.id, first, until, after=None, limit=MOST)
        seller = await seller_of(tx, business.id)
        fees = await queries.list_fee_documents(tx, business.id)
    context = {
        **_shown(found),
        "fees": fees,
        "months": months,
        "first": first,
        "sums": sums_of(found),
        "typed": defaultdict(str, typed or {**asdict(seller), "issue_at": str(seller.issue_at)}),
        "unsaid": seller.version == 0,
        "errors": defaultdict(str, errors or {}),
        "countries": _COUNTRIES,
        "when": _WHEN,
    }
    return render(request, "invoices/host_invoices.html", context, status=status if errors else 200)


async def _business(tx: ReadTx, caller: Caller, permission: catalog.Permission) -> Business:
    """The caller's business; raises `BusinessNotFound`, and `NotYourPart` for members who may not."""
    business = await catalog.business_of(tx, caller.user_id)
    if business is None:
        raise BusinessNotFound
    await catalog.ensure_manages(tx, caller, business.id, permission)
    return business


def _chosen(month: str | None, months: list[date], today: date) -> tuple[date, date]:
    """The month asked for, else the last one in which anything was issued, else this one."""
    if month and len(month) == 7 and month[4] == "-" and month[:4].isdigit() and month[5:] in _MONTHS:
        return month_of(month)
    newest = months[0] if months else today
    return month_of(f"{newest:%Y-%m}")


_MONTHS = {f"{number:02d}" for number in range(1, 13)}


def _shown(documents: list[Document]) -> dict[str, Any]:
    """What the lists show of documents."""
    return {"documents": documents, "titles": TITLES, "exact": exact}
