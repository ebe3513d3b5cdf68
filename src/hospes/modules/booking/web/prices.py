"""The host's price page: what a night costs, fees, taxes, and single nights at another price."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web.asking import Kept, read_asked
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Listing, Mode
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate, Tax, TaxKind
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Conflict, HospesError, Invalid, NotFound
from hospes.platform.money import exponent
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "JPY", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "TRY",
    "ISK", "UAH", "ZAR", "NGN", "KES", "GHS", "EGP", "MAD", "AED", "SAR", "KWD", "INR", "IDR", "THB", "VND", "PHP",
    "MYR", "SGD", "HKD", "KRW", "CNY", "TWD", "BRL", "MXN", "ARS", "CLP", "COP", "PEN", "ILS",
)  # fmt: skip
TAX_ROWS = 3
FEES = ("cleaning_fee", "travel_fee", "travel_per_km", "child_amount")
UNITS = {Mode.NIGHTLY: "A night", Mode.TIMED: "An hour", Mode.DEPARTURE: "A place"}
AHEAD = 120
MOST_NIGHTS = 366


@router.get("/host/listings/{resource_id}/price")
async def price_page(request: Request, resource_id: UUID) -> Response:
    """The rate and the nights that differ."""
    return await _show(request, resource_id, None, {}, 200)


@router.post("/host/listings/{resource_id}/price")
async def save_rate(request: Request, resource_id: UUID) -> Response:
    """Store the rate; what is wrong stands beside its field."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    errors: dict[str, str] = {}
    try:
        async with rt.db.write() as tx:
            await _managed(tx, caller, resource_id)
            before = await pricing.find_rate(tx, resource_id)
            rate = _rate_of(typed, before, errors)
            if not errors:
                await pricing.put_rate(tx, resource_id, rate, now=rt.clock.now())
    except Invalid as refusal:
        errors = refusal.fields or {"form": refusal.detail}
    if errors:
        return await _show(request, resource_id, typed, errors, 422)
    return _done(resource_id, "The price is set.")


@router.post("/host/listings/{resource_id}/price/days")
async def save_days(request: Request, resource_id: UUID) -> Response:
    """Another price for the nights [arrival, departure); an empty price goes back to the usual one."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    asked = read_asked(typed)
    errors = {name: text for name, text in asked.faults.items() if name in ("arrival", "departure")}
    for name, day in (("arrival", asked.arrival), ("departure", asked.departure)):
        if day is None:
            errors.setdefault(name, "Choose a day.")
    first, last = asked.arrival or date.min, asked.departure or date.min
    if not errors and not 0 < (last - first).days <= MOST_NIGHTS:
        errors["departure"] = f"Choose a later day, at most {MOST_NIGHTS} nights on."
    try:
        async with rt.db.write() as tx:
            await _managed(tx, caller, resource_id)
            rate = await pricing.get_rate(tx, resource_id)
            amount = _minor(typed, "day_price", rate.currency, errors) if typed.get("day_price") else None
            if not errors:
                nights = {first + timedelta(days=at): amount for at in range((last - first).days)}
                await pricing.set_day_prices(tx, resource_id, nights, now=rt.clock.now())
    except (Invalid, Conflict, NotFound) as refusal:
        if not isinstance(refusal, Invalid) and not _of_rate(refusal):
            raise
        errors = refusal.fields or {"days_form": refusal.detail}
    if errors:
        return await _show(request, resource_id, typed, errors, 422)
    return _done(resource_id, "These nights have their price.")


def _of_rate(refusal: HospesError) -> bool:
    return refusal.code.startswith("rate")


def _done(resource_id: UUID, said: str) -> Response:
    response = RedirectResponse(f"/host/listings/{resource_id}/price", 303)
    flash(response, said)
    return response


async def _managed(tx: ReadTx, caller: Caller, resource_id: UUID) -> Listing:
    listing = await catalog.get_listing(tx, resource_id)
    await catalog.ensure_manages(tx, caller, listing.business.id, catalog.Permission.LISTINGS)
    return listing


async def _show(
    request: Request, resource_id: UUID, typed: dict[str, str] | None, errors: dict[str, str], status: int
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        listing = await _managed(tx, caller, resource_id)
        rate = await pricing.find_rate(tx, resource_id)
        today = today_in(listing.sellable.zone, rt.clock.now())
        special = await pricing.day_prices(tx, resource_id, today, today + timedelta(days=AHEAD))
    context: dict[str, Any] = {
        "listing": listing,
        "rate": rate,
        "typed": Kept({**_as_typed(rate), **(typed or {})}),
        "errors": Kept(errors),
        "currencies": [(code, code) for code in CURRENCIES],
        "tax_rows": range(TAX_ROWS),
        "unit": UNITS[listing.sellable.mode],
        "mode": str(listing.sellable.mode),
        "runs": _runs(special),
        "today": today,
    }
    return render(request, "booking/price.html", context, status)


def _as_typed(rate: Rate | None) -> dict[str, str]:
    values = dict.fromkeys(("base_price", "cleaning_fee", "day_price", "arrival", "departure"), "")
    for row in range(TAX_ROWS):
        values |= {f"tax{row}_{name}": "" for name in ("name", "value", "age", "nights")}
        values[f"tax{row}_kind"] = "percent"
    if rate is None:
        return {**values, "currency": "EUR", "cleaning_fee": "0"}
    values["currency"] = rate.currency
    values["base_price"] = _major(rate.base_amount, rate.currency)
    for name in FEES:
        amount = getattr(rate, name)
        values[name] = "" if amount is None else _major(amount, rate.currency)
    for row, tax in enumerate(rate.taxes[:TAX_ROWS]):
        percent = tax.kind is TaxKind.PERCENT
        values[f"tax{row}_name"] = tax.name
        values[f"tax{row}_value"] = f"{Decimal(tax.bp) / 100:f}" if percent else _major(tax.amount, rate.currency)
        values[f"tax{row}_age"] = str(tax.exempt_under_age or "")
        values[f"tax{row}_nights"] = str(tax.max_nights or "")
        values[f"tax{row}_kind"] = "person" if not percent else "included" if tax.included else "percent"
    return values


def _rate_of(typed: dict[str, str], before: Rate | None, errors: dict[str, str]) -> Rate:
    currency = typed.get("currency", "").upper()[:3] or "EUR"
    taxes = [_tax(typed, row, currency, errors) for row in range(TAX_ROWS) if typed.get(f"tax{row}_name")]
    rate = replace(
        before or Rate(currency, 0),
        currency=currency,
        base_amount=_minor(typed, "base_price", currency, errors),
        taxes=(*taxes, *(before.taxes[TAX_ROWS:] if before else ())),
    )
    fees: dict[str, Any] = {name: _minor(typed, name, currency, errors) for name in FEES if typed.get(name)}
    if "child_amount" in typed and not typed["child_amount"]:
        return replace(rate, child_amount=None, **fees)
    return replace(rate, **fees)


def _tax(typed: dict[str, str], row: int, currency: str, errors: dict[str, str]) -> Tax:
    name, kind, field = typed[f"tax{row}_name"][:60], typed.get(f"tax{row}_kind", ""), f"tax{row}_value"
    code = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name.lower()).strip("_")[:28]
    code = f"{code or 'tax'}{row}"
    if kind == "person":
        amount = _minor(typed, field, currency, errors)
        spared = [_whole(typed, f"tax{row}_{each}", most, errors) for each, most in (("age", 18), ("nights", 365))]
        return Tax(
            code, name, TaxKind.PER_PERSON_NIGHT, amount=amount, exempt_under_age=spared[0], max_nights=spared[1]
        )
    percent = _decimal(typed.get(field, ""))
    if percent is None or not 0 <= percent <= 100:
        errors[field] = "Enter a percentage between 0 and 100."
        percent = Decimal(0)
    return Tax(code, name, TaxKind.PERCENT, bp=int(percent * 100), included=kind == "included")


def _whole(typed: dict[str, str], field: str, most: int, errors: dict[str, str]) -> int | None:
    """A whole number of at least one; None when empty."""
    text = typed.get(field, "")
    if text and not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= most):
        errors[field] = f"A whole number from 1 to {most}."
        return None
    return int(text) if text else None


def _minor(typed: dict[str, str], field: str, currency: str, errors: dict[str, str]) -> int:
    value = _decimal(typed.get(field, ""))
    scaled = value.scaleb(exponent(currency)) if value is not None else None
    if scaled is None or scaled != scaled.to_integral_value() or not 0 <= scaled <= 10**13:
        errors[field] = "Enter an amount, such as 120" + (" or 120.50." if exponent(currency) else ".")
        return 0
    return int(scaled)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(" ", "").replace(",", ".") if len(text) < 20 else "")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _major(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-exponent(currency)):f}"


def _runs(special: dict[date, int]) -> list[tuple[date, date, int]]:
    """Nights in a row at one price, as (first, day after the last, amount)."""
    runs: list[tuple[date, date, int]] = []
    for night in sorted(special):
        amount = special[night]
        if runs and runs[-1][1] == night and runs[-1][2] == amount:
            runs[-1] = (runs[-1][0], night + timedelta(days=1), amount)
        else:
            runs.append((night, night + timedelta(days=1), amount))
    return runs
