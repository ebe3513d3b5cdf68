"""What somebody has paid."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.payments import queries
from hospes.modules.payments.web.words import PURPOSES, status_words
from hospes.platform.caller import require_caller
from hospes.platform.pages import render
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
