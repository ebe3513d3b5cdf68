"""A visitor chooses in which currency amounts are shown besides. No account is needed: a cookie remembers it."""

from typing import Annotated

from babel.numbers import get_currency_name
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, StringConstraints

from hospes.modules.identity import facade as identity
from hospes.modules.ledger.contracts import CURRENCY_COOKIE
from hospes.modules.ledger.use_cases.displayed import displayed
from hospes.platform.caller import find_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.forms import read_form
from hospes.platform.money import CURRENCIES
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(dependencies=[Depends(verify_csrf)])
YEAR = 365 * 24 * 3600


class CurrencyForm(BaseModel):
    """A currency, or nothing for each place's own; and the page to go back to."""

    currency: Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] = ""
    next: Annotated[str, StringConstraints(max_length=2000)] = "/"


@router.get("/currency")
async def currency_page(request: Request, next: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """The currencies there are rates for."""
    rt, caller = runtime(request), find_caller(request)
    chosen = caller.currency if caller and caller.currency else request.cookies.get(CURRENCY_COOKIE, "")
    found = {code: await displayed(rt, code) for code in CURRENCIES}
    rates = [rate for each in found.values() if each for rate in each.rates.values()]
    context = {
        "names": [(code, get_currency_name(code, locale="en")) for code, each in found.items() if each],
        "chosen": chosen,
        "newest": max(rates, key=lambda rate: rate.on, default=None),
        "next": identity.local_path(next),
    }
    return render(request, "ledger/currency.html", context)


@router.post("/currency")
async def choose_currency(request: Request) -> Response:
    """Remember it, and back to the page it was chosen on."""
    rt, form = runtime(request), await read_form(request, CurrencyForm)
    wanted = form.value or CurrencyForm()
    response = RedirectResponse(identity.local_path(wanted.next), 303)
    if not wanted.currency:
        response.delete_cookie(CURRENCY_COOKIE)
        await _keep(request, "")
        flash(response, "Amounts are shown in the currency of each place.")
    elif await displayed(rt, wanted.currency) is None:
        flash(response, f"There is no exchange rate of {wanted.currency} now, so amounts stay in their own currency.")
    else:
        secure = rt.settings.secure_cookies or request.url.scheme == "https"
        response.set_cookie(
            CURRENCY_COOKIE, wanted.currency, max_age=YEAR, httponly=True, samesite="lax", secure=secure
        )
        await _keep(request, wanted.currency)
        flash(response, f"Amounts are shown in {wanted.currency} besides. You are charged in the place's own currency.")
    return response


async def _keep(request: Request, currency: str) -> None:
    """In the account too, of who is signed in: there it holds in every browser. An admin in an account leaves it."""
    caller = find_caller(request)
    if caller is not None and caller.admin_id is None and caller.currency != currency:
        await identity.choose_currency(runtime(request), caller.user_id, currency)
