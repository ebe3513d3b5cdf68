"""Balances, payouts and statements over REST. A stranger finds nothing here; admins hold, release and compare."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as identity
from hospes.modules.payouts import queries, store
from hospes.modules.payouts import schemas as s
from hospes.modules.payouts.contracts import PayoutStatus
from hospes.modules.payouts.errors import FindingNotFound, HoldNotFound, StatementInvalid
from hospes.modules.payouts.use_cases import open_account as accounts
from hospes.modules.payouts.use_cases.compare_books import compare_books
from hospes.modules.payouts.use_cases.find_balances import find_balances
from hospes.modules.payouts.use_cases.hold_by_admin import hold_by_admin
from hospes.modules.payouts.use_cases.hold_money import release_hold
from hospes.modules.payouts.use_cases.write_statement import as_csv, as_pdf, gather_statement
from hospes.platform import paging
from hospes.platform.apart import apart
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1", tags=["payouts"])
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/businesses/{business_id}/balance")
async def read_balance(request: Request, business_id: UUID) -> s.BalancesOut:
    """What a business is owed: available, pending, on hold, on its way."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        found = await find_balances(tx, business_id, now=rt.clock.now())
        account = await queries.find_account(tx, business_id)
    return s.BalancesOut(items=[s.balance_out(each.balance) for each in found], account=s.account_out(account))


@router.get("/businesses/{business_id}/payouts")
async def list_payouts(
    request: Request, business_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> s.PayoutsOut:
    """Payouts of a business with what they are made of, the latest first."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        found = await queries.list_payouts(tx, business_id, before=read_cursor(cursor), limit=limit + 1)
        lines = await queries.lines_of(tx, [each.id for each in found[:limit]])
    last = found[limit - 1] if len(found) > limit else None
    return s.PayoutsOut(
        items=[s.payout_out(each, lines[each.id]) for each in found[:limit]],
        next_cursor=paging.encode([last.created_at, last.id]) if last else None,
    )


@router.get("/businesses/{business_id}/earnings")
async def list_earnings(
    request: Request, business_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> s.EarningsOut:
    """What each booking earns, and why; the latest first."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        found = await queries.list_earnings(tx, business_id, before=read_cursor(cursor), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return s.EarningsOut(
        items=[s.earning_out(each) for each in found[:limit]],
        next_cursor=paging.encode([last.available_at, last.booking_id]) if last else None,
    )


@router.get("/businesses/{business_id}/statements/{month}.{form}", response_class=Response)
async def statement(
    request: Request, business_id: UUID, month: str, form: str, payout_id: UUID | None = None
) -> Response:
    """What was paid in a month (2026-07), or in one payout of it, as csv or pdf."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        if form not in ("csv", "pdf"):
            raise StatementInvalid("There are statements as csv and as pdf.", fields={"form": "is neither csv nor pdf"})
        business = await catalog.get_business(tx, business_id)
        found = await gather_statement(
            tx, business_id, business=business.name, month=month, payout_id=payout_id, now=rt.clock.now()
        )
    made = as_csv(found) if form == "csv" else await apart(as_pdf, found)
    headers = {
        "Content-Disposition": f'attachment; filename="payouts-{month}.{form}"',
        "Cache-Control": "private, no-store",
    }
    return Response(made, media_type="text/csv" if form == "csv" else "application/pdf", headers=headers)


@router.get("/businesses/{business_id}/payout-account")
async def read_account(request: Request, business_id: UUID) -> s.AccountOut:
    """Where a business is paid to, and what the provider still wants."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        return s.account_out(await queries.find_account(tx, business_id))


@router.post("/businesses/{business_id}/payout-account")
async def open_account(request: Request, business_id: UUID, body: s.AccountIn) -> s.AccountOut:
    """Open the account, or see how far it is; the same business has one."""
    caller, rt = identity.require_fresh(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.MONEY)
        await identity.require_verified_email(tx, caller.user_id)
        business = await catalog.get_business(tx, business_id)
    made = await accounts.open_account(
        rt,
        business_id=business_id,
        name=business.name,
        email=body.email,
        country=body.country,
        details=dict(body.details),
    )
    return s.account_out(made)


@router.get("/admin/payouts")
async def list_all_payouts(
    request: Request, status: PayoutStatus | None = None, cursor: str | None = None, limit: Limit = 50
) -> s.PayoutsOut:
    """Payouts of every business. For admins."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    async with runtime(request).db.read() as tx:
        found = await queries.list_payouts(tx, None, status=status, before=read_cursor(cursor), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return s.PayoutsOut(
        items=[s.payout_out(each) for each in found[:limit]],
        next_cursor=paging.encode([last.created_at, last.id]) if last else None,
    )


@router.get("/admin/payouts/holds")
async def list_holds(request: Request) -> s.HoldsOut:
    """Money that is kept back. For admins."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    async with runtime(request).db.read() as tx:
        return s.HoldsOut(items=[s.hold_out(each) for each in await queries.list_holds(tx)])


@router.post("/admin/payouts/holds", status_code=201, response_model=s.HoldOut)
async def place_hold(request: Request, body: s.HoldIn) -> Response:
    """Keep money back, with a reason. For admins."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_PAYOUTS)

    async def handle(tx: WriteTx) -> Answer:
        made = await hold_by_admin(tx, **body.model_dump(), user_id=caller.user_id, now=rt.clock.now())
        hold = next(each for each in await queries.list_holds(tx, body.business_id) if each.id == made)
        return Answer(201, s.hold_out(hold).model_dump(mode="json"))

    return await once(request, rt, handle)


@router.put("/admin/payouts/holds/{hold_id}/release", status_code=204)
async def let_go(request: Request, hold_id: UUID) -> None:
    """Let the money go with the next payout. For admins who have just confirmed that it is them."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    caller, rt = identity.require_fresh(request), runtime(request)
    async with rt.db.write() as tx:
        if not await release_hold(tx, hold_id, user_id=caller.user_id, now=rt.clock.now()):
            raise HoldNotFound


@router.put("/admin/businesses/{business_id}/commission", status_code=204)
async def set_commission(request: Request, business_id: UUID, body: s.CommissionIn) -> None:
    """A commission of its own, for bookings confirmed from now on. For admins who have just confirmed."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    caller, rt = identity.require_fresh(request), runtime(request)
    async with rt.db.write() as tx:
        await catalog.get_business(tx, business_id)
        await store.put_terms(tx, business_id, body.commission_bp, user_id=caller.user_id, now=rt.clock.now())


@router.get("/admin/reconciliation")
async def reconciliation(request: Request, resolved: bool = False) -> s.ReconciliationOut:
    """Where providers' books and ours do not agree. For admins."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    async with runtime(request).db.read() as tx:
        found = await queries.list_findings(tx, resolved=resolved)
        compared = await queries.list_comparisons(tx)
    return s.ReconciliationOut(
        comparisons=[s.ComparisonOut(**row) for row in compared], items=[s.finding_out(each) for each in found]
    )


@router.post("/admin/reconciliation/compare", status_code=202)
async def compare_now(request: Request) -> s.ReconciliationOut:
    """Compare the books of the last days now; repeating it changes nothing. For admins."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_PAYOUTS)
    await compare_books(runtime(request))
    return await reconciliation(request)


@router.put("/admin/reconciliation/{finding_id}/resolve", status_code=204)
async def resolve(request: Request, finding_id: UUID, body: s.ResolveIn) -> None:
    """Note what came of a difference. For admins."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_PAYOUTS)
    async with rt.db.write() as tx:
        now = rt.clock.now()
        if not await store.resolve_finding(tx, finding_id, user_id=caller.user_id, note=body.note, now=now):
            raise FindingNotFound


def read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The sort key of the last one seen; raises `CursorInvalid`."""
    key = paging.decode(cursor, 2)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError as fault:
        raise paging.CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from fault
