"""How a host's business takes money."""

from collections import defaultdict

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import PaymentTerms
from hospes.modules.payments.schemas import TermsFields
from hospes.modules.payments.web.words import WAYS
from hospes.platform.caller import require_caller
from hospes.platform.forms import Form, read_form
from hospes.platform.money import plain_amount, read_amount, read_decimal
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
CURRENCIES = ("EUR", "USD", "GBP", "NGN", "CHF", "JPY")


@router.get("/host/payment-terms")
async def terms_page(request: Request) -> Response:
    """The terms in force."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", status_code=303)
        await catalog.ensure_manages(tx, caller, business.id, catalog.Permission.EARNINGS)
        terms = await queries.find_terms(tx, business.id)
    return _show(request, _typed(terms), {})


@router.post("/host/payment-terms")
async def save_terms(request: Request) -> Response:
    """Set them for what is quoted from now on; faults stand beside their fields."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, TermsFields)
    terms, errors = _read(form)
    async with rt.db.write() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", status_code=303)
        await catalog.ensure_manages(tx, caller, business.id, catalog.Permission.MONEY)
        if terms is not None:
            await store.set_terms(tx, business.id, terms, user_id=caller.user_id, now=rt.clock.now())
    if terms is None:
        return _show(request, form.typed, errors, 422)
    response = RedirectResponse("/host/payment-terms", status_code=303)
    flash(response, "Saved. It holds for what is booked from now on.")
    return response


def _read(form: Form[TermsFields]) -> tuple[PaymentTerms | None, dict[str, str]]:
    if form.value is None:
        return None, form.errors
    said, errors = form.value, {}
    percent = read_decimal(said.deposit_percent)
    if percent is None or not 5 <= percent <= 95:
        errors["deposit_percent"] = "Between 5 and 95 percent."
    numbers = {}
    for name, low, high in (("long_stay_nights", 0, 365), ("balance_days", 1, 180), ("grace_days", 1, 30)):
        text = getattr(said, name).strip()
        numbers[name] = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else -1
        if not low <= numbers[name] <= high:
            errors[name] = f"Between {low} and {high}."
    if said.damage_currency not in CURRENCIES:
        errors["damage_currency"] = "Please choose a currency."
    damage = read_amount(said.damage, said.damage_currency) if said.damage_currency in CURRENCIES else 0
    if damage is None or not 0 <= damage <= 1_000_000_000:
        errors["damage"] = "An amount such as 150, or 0 for none."
    if errors or percent is None or damage is None:
        return None, errors
    made = PaymentTerms(
        said.way, int(percent * 100), **numbers, damage_amount=damage, damage_currency=said.damage_currency
    )
    return made, {}


def _typed(terms: PaymentTerms) -> dict[str, str]:
    return {
        "way": str(terms.way),
        "deposit_percent": f"{terms.deposit_bp / 100:g}",
        "long_stay_nights": str(terms.long_stay_nights),
        "balance_days": str(terms.balance_days),
        "grace_days": str(terms.grace_days),
        "damage": plain_amount(terms.damage_amount, terms.damage_currency),
        "damage_currency": terms.damage_currency,
    }


def _show(request: Request, typed: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    ways = [(str(way), words) for way, words in WAYS.items()]
    context = {
        "typed": {**_typed(PaymentTerms()), **typed},
        "errors": defaultdict(str, errors),
        "ways": ways,
        "currencies": [(each, each) for each in CURRENCIES],
    }
    return render(request, "payments/terms.html", context, status=status)
