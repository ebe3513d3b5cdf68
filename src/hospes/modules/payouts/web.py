"""Hosts' earnings and payouts; for admins payouts, holds and the comparison with providers' books."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, EmailStr

from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as identity
from hospes.modules.payments.facade import pay_out
from hospes.modules.payouts import getting_started, queries, store
from hospes.modules.payouts.contracts import PayoutStatus
from hospes.modules.payouts.http import read_cursor
from hospes.modules.payouts.policies.plotting import FOOT, HEIGHT, WIDTH, Bar, bars_of, months_before
from hospes.modules.payouts.schemas import HoldIn, Reason
from hospes.modules.payouts.use_cases import open_account as accounts
from hospes.modules.payouts.use_cases.compare_books import compare_books
from hospes.modules.payouts.use_cases.find_balances import find_balances
from hospes.modules.payouts.use_cases.hold_by_admin import hold_by_admin
from hospes.modules.payouts.use_cases.hold_money import release_hold
from hospes.modules.payouts.use_cases.write_statement import known_months, month_span
from hospes.platform import paging
from hospes.platform.caller import require_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.errors import Conflict, Invalid, NotFound
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf)])
router.include_router(getting_started.router)
_SHOWN, _MONTHS = 25, 12
Text = Annotated[str, Query(max_length=200)]
WORDS = {
    PayoutStatus.RECORDED: ("About to be sent", "wait"),
    PayoutStatus.CALLING: ("On its way", "wait"),
    PayoutStatus.UNKNOWN: ("Waiting for the bank's answer", "wait"),
    PayoutStatus.PAID: ("Paid", "good"),
    PayoutStatus.FAILED: ("Refused; back on the balance", "bad"),
}
FIELDS = {
    "account_number": "Account number",
    "bank_code": "Bank code",
    "account_name": "Name on the account",
    "receiver": "Email or id at the provider",
}


class AccountForm(BaseModel):
    """Where to pay to."""

    email: EmailStr
    country: Annotated[str, Query(pattern="^[A-Z]{2}$")]


class ResolveForm(BaseModel):
    """What came of it."""

    note: Reason


@router.get("/host/earnings")
async def own_earnings(request: Request) -> Response:
    """Those of the caller's business."""
    return await _own(request, "earnings")


@router.get("/host/payouts")
async def own_payouts(request: Request) -> Response:
    """Those of the caller's business."""
    return await _own(request, "payouts")


@router.get("/host/{business_id:uuid}/earnings")
async def earnings(request: Request, business_id: UUID, cursor: Text | None = None) -> Response:
    """Balance, the next payout, a plot of twelve months, and what each booking earned and why."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    months = months_before(f"{now:%Y-%m}", _MONTHS)
    since, _ = month_span(months[0])
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        business = await catalog.get_business(tx, business_id)
        standings = await find_balances(tx, business_id, now=now)
        account = await queries.find_account(tx, business_id)
        proven = (await identity.identity_standing(tx, business.owner_id)).proven
        found = await queries.list_earnings(tx, business_id, before=read_cursor(cursor), limit=_SHOWN + 1)
        earned = await queries.earned_by_month(tx, business_id, since)
    last = found[_SHOWN - 1] if len(found) > _SHOWN else None
    context: dict[str, Any] = {
        "business": business,
        "balances": [each.balance for each in standings],
        "account": account,
        "identity_first": rt.settings.hosts.identity_required == "payout" and not proven,
        "owner": business.owner_id == caller.user_id,
        "earnings": found[:_SHOWN],
        "plots": _plots(months, earned),
        "size": {"width": WIDTH, "height": HEIGHT, "foot": FOOT},
        "now": now,
        "next_href": _more(request, paging.encode([last.available_at, last.booking_id]) if last else ""),
    }
    return render(request, "payouts/earnings.html", context)


@router.get("/host/{business_id:uuid}/payouts")
async def payouts(request: Request, business_id: UUID, cursor: Text | None = None) -> Response:
    """Where the business is paid to, what was paid, statements."""
    return await _payouts_page(request, business_id, {}, {}, 200, cursor)


@router.post("/host/{business_id:uuid}/payouts/account")
async def open_account(request: Request, business_id: UUID) -> Response:
    """Open the account and go on at the provider."""
    caller, rt = identity.require_fresh(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.MONEY)
        await identity.require_verified_email(tx, caller.user_id)
        business = await catalog.get_business(tx, business_id)
    form = await read_form(request, AccountForm)
    if form.value is None:
        return await _payouts_page(request, business_id, form.typed, form.errors, 422)
    details = {name: form.typed[name].strip()[:200] for name in FIELDS if form.typed.get(name, "").strip()}
    try:
        made = await accounts.open_account(
            rt,
            business_id=business_id,
            name=business.name,
            email=form.value.email,
            country=form.value.country,
            details=details,
        )
    except (Invalid, Conflict) as refusal:
        return await _payouts_page(request, business_id, form.typed, {"form": refusal.detail}, refusal.status)
    return RedirectResponse(made.url or f"/host/{business_id}/payouts", 303)


@router.get("/host/{business_id:uuid}/payouts/account")
async def account_again(request: Request, business_id: UUID) -> Response:
    """The page once more, after who sent its form has confirmed that it is them."""
    return await _payouts_page(request, business_id, {}, {}, 200)


@router.post("/host/{business_id:uuid}/payouts/check")
async def check_account(request: Request, business_id: UUID) -> Response:
    """Ask the provider how far the account is."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.MONEY)
        account = await queries.find_account(tx, business_id)
    if account is not None:
        account = await accounts.refresh_account(rt, account)
    response = RedirectResponse(f"/host/{business_id}/payouts", 303)
    flash(response, "Payouts are enabled." if account and account.status == "enabled" else "Nothing has changed yet.")
    return response


@router.get("/admin/payouts")
async def admin_payouts(request: Request, status: Text = "", cursor: Text | None = None) -> Response:
    """Payouts of everybody, and money on hold."""
    return await _admin_page(request, status, cursor, {}, {}, 200)


@router.get("/admin/payouts/holds")
async def holds_again(request: Request) -> Response:
    """The page once more, after who sent its form has confirmed that it is them."""
    return await _admin_page(request, "", None, {}, {}, 200)


@router.post("/admin/payouts/holds")
async def place_hold(request: Request) -> Response:
    """Keep money back."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_PAYOUTS)
    form = await read_form(request, HoldIn)
    errors = form.errors
    if form.value is not None:
        try:
            async with rt.db.write() as tx:
                given = form.value.model_dump()
                await hold_by_admin(tx, **given, user_id=caller.user_id, now=rt.clock.now())
            return _said("/admin/payouts", "On hold. Nothing of it is paid until it is released.")
        except (NotFound, Conflict) as refusal:
            errors = refusal.fields or {"business_id": refusal.detail}
    return await _admin_page(request, "", None, form.typed, errors, 422)


@router.post("/admin/payouts/holds/{hold_id}/release")
async def release(request: Request, hold_id: UUID) -> Response:
    """Let it go with the next payout."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    caller, rt = identity.require_fresh(request), runtime(request)
    async with rt.db.write() as tx:
        done = await release_hold(tx, hold_id, user_id=caller.user_id, now=rt.clock.now())
    return _said("/admin/payouts", "Released." if done else "It was released already.")


@router.get("/admin/reconciliation")
async def reconciliation(request: Request, resolved: bool = False) -> Response:
    """Where providers' books and ours do not agree."""
    return await _findings_page(request, resolved, None, {}, "", 200)


@router.post("/admin/reconciliation/compare")
async def compare_now(request: Request) -> Response:
    """Compare now."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    await compare_books(runtime(request))
    return _said("/admin/reconciliation", "Compared.")


@router.post("/admin/reconciliation/{finding_id}/resolve")
async def resolve(request: Request, finding_id: UUID) -> Response:
    """Note what came of it."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_PAYOUTS)
    form = await read_form(request, ResolveForm)
    if form.value is None:
        return await _findings_page(request, False, finding_id, form.errors, form.typed.get("note", ""), 422)
    async with rt.db.write() as tx:
        done = await store.resolve_finding(
            tx, finding_id, user_id=caller.user_id, note=form.value.note, now=rt.clock.now()
        )
    return _said("/admin/reconciliation", "Noted." if done else "It was resolved already.")


async def _own(request: Request, what: str) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
    return RedirectResponse(f"/host/{business.id}/{what}" if business else "/host", 303)


async def _payouts_page(
    request: Request,
    business_id: UUID,
    typed: dict[str, str],
    errors: dict[str, str],
    status: int,
    cursor: str | None = None,
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        business = await catalog.get_business(tx, business_id)
        account = await queries.find_account(tx, business_id)
        found = await queries.list_payouts(tx, business_id, before=read_cursor(cursor), limit=_SHOWN + 1)
        lines = await queries.lines_of(tx, [each.id for each in found])
        holds = await queries.list_holds(tx, business_id)
    offered = pay_out.payout_provider(rt)
    last = found[_SHOWN - 1] if len(found) > _SHOWN else None
    context: dict[str, Any] = {
        "business": business,
        "account": account,
        "offered": offered[0] if offered else "",
        "fields": [(name, FIELDS.get(name, name.replace("_", " ").capitalize())) for name in offered[1].account_fields]
        if offered
        else [],
        "payouts": found[:_SHOWN],
        "lines": lines,
        "holds": holds,
        "fresh": status != 200 or identity.is_fresh(request),
        "months": known_months(found),
        "words": WORDS,
        "typed": {"email": caller.email, "country": "", **typed},
        "errors": errors,
        "next_href": _more(request, paging.encode([last.created_at, last.id]) if last else ""),
    }
    return render(request, "payouts/payouts.html", context, status)


async def _admin_page(
    request: Request, status: str, cursor: str | None, typed: dict[str, str], errors: dict[str, str], code: int
) -> Response:
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    chosen = PayoutStatus(status) if status in set(PayoutStatus) else None
    async with runtime(request).db.read() as tx:
        found = await queries.list_payouts(tx, None, status=chosen, before=read_cursor(cursor), limit=_SHOWN + 1)
        holds = await queries.list_holds(tx)
        ids = {each.business_id for each in found} | {each.business_id for each in holds}
        names = {each: (await catalog.get_business(tx, each)).name for each in ids}
    last = found[_SHOWN - 1] if len(found) > _SHOWN else None
    context: dict[str, Any] = {
        "payouts": found[:_SHOWN],
        "holds": holds,
        "names": names,
        "status": chosen or "",
        "statuses": [(each.value, WORDS[each][0]) for each in PayoutStatus],
        "words": WORDS,
        "typed": typed,
        "errors": errors,
        "next_href": _more(request, paging.encode([last.created_at, last.id]) if last else ""),
    }
    return render(request, "payouts/admin_payouts.html", context, code)


async def _findings_page(
    request: Request, resolved: bool, faulty: UUID | None, errors: dict[str, str], note: str, code: int
) -> Response:
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    async with runtime(request).db.read() as tx:
        found = await queries.list_findings(tx, resolved=resolved)
        compared = await queries.list_comparisons(tx)
    context: dict[str, Any] = {
        "findings": found,
        "compared": compared,
        "resolved": resolved,
        "faulty": faulty,
        "errors": errors,
        "note": note,
    }
    return render(request, "payouts/reconciliation.html", context, code)


def _plots(months: list[str], earned: list[tuple[str, str, int]]) -> list[tuple[str, list[Bar]]]:
    """A plot for each currency, the month as Jul 26."""
    currencies = sorted({currency for _, currency, _ in earned})
    known = {(month, currency): amount for month, currency, amount in earned}
    plots = []
    for currency in currencies:
        said = [
            (datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).strftime("%b %y"), known.get((month, currency), 0))
            for month in months
        ]
        plots.append((currency, bars_of(said)))
    return plots


def _said(path: str, text: str) -> Response:
    response = RedirectResponse(path, 303)
    flash(response, text)
    return response


def _more(request: Request, cursor: str) -> str:
    """The address of the next page, with the same filters; empty after the last."""
    if not cursor:
        return ""
    kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return f"{request.url.path}?{urlencode({**kept, 'cursor': cursor})}"
