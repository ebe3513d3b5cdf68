"""How a business takes money: for those who work there."""

from uuid import UUID

from fastapi import APIRouter, Request

from hospes.modules.catalog import facade as catalog
from hospes.modules.payments import queries, store
from hospes.modules.payments.schemas import TermsBody
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/businesses/{business_id}/payment-terms")
async def read_payment_terms(request: Request, business_id: UUID) -> TermsBody:
    """How this business takes money. Of what is booked already its own terms hold."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.EARNINGS)
        return TermsBody.of(await queries.find_terms(tx, business_id))


@router.put("/businesses/{business_id}/payment-terms")
async def write_payment_terms(request: Request, business_id: UUID, body: TermsBody) -> TermsBody:
    """Set it for what is quoted from now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.MONEY)
        await store.set_terms(tx, business_id, body.terms(), user_id=caller.user_id, now=rt.clock.now())
    return body
