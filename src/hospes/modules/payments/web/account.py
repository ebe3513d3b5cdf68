"""What somebody has paid, and the methods they keep."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.payments import queries
from hospes.modules.payments.errors import MethodNotFound
from hospes.modules.payments.use_cases.forget_method import forget_method
from hospes.modules.payments.web.words import PURPOSES, VENDORS, status_words
from hospes.platform.caller import require_caller
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
PAGE = 20


@router.get("/account/payments")
async def payments_page(request: Request, before: Annotated[UUID | None, Query()] = None) -> Response:
    """Every payment, the newest first, with what went back of it."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_payments_of_payer(tx, caller.user_id, before=before, limit=PAGE + 1)
        attempts = {each.id: await queries.list_attempts(tx, each.id) for each in found[:PAGE]}
    context = {
        "payments": found[:PAGE],
        "attempts": attempts,
        "next_before": found[PAGE - 1].id if len(found) > PAGE else None,
        "before": before,
        "purposes": PURPOSES,
        "status_words": status_words,
    }
    return render(request, "payments/history.html", context)


@router.get("/account/payment-methods")
async def methods_page(request: Request) -> Response:
    """The methods that are kept."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        kept = await queries.list_methods(tx, caller.user_id)
    return render(request, "payments/methods.html", {"kept": kept, "vendors": VENDORS})


@router.post("/account/payment-methods/{method_id}/delete")
async def delete_method(request: Request, method_id: UUID) -> Response:
    """Forget one; once more changes nothing."""
    caller = require_caller(request)
    response = RedirectResponse("/account/payment-methods", status_code=303)
    try:
        await forget_method(runtime(request), method_id, user_id=caller.user_id)
    except MethodNotFound:
        return response
    flash(response, "This method is forgotten.")
    return response
