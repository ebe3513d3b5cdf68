"""For admins: people who have lost every second step."""

from uuid import UUID

from fastapi import APIRouter, Request

from hospes.modules.identity import facade
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.schemas.security import ReasonIn, ResetOut, ResetsOut
from hospes.modules.identity.use_cases.reset_factors import approve_reset, refuse_reset
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/factor-resets", tags=["admin"])


@router.get("")
async def factor_resets(request: Request) -> ResetsOut:
    """Those that wait for a decision or for their day."""
    facade.require_deed(require_caller(request), facade.Deed.RESET_FACTORS)
    async with runtime(request).db.read() as tx:
        return ResetsOut(items=[ResetOut.of(each) for each in await factors.list_resets(tx, open_only=True)])


@router.put("/{reset_id}/approve")
async def approve_factor_reset(request: Request, reset_id: UUID, body: ReasonIn) -> ResetOut:
    """You made sure who it is: the person is told at once, and in 24 hours every second step is removed."""
    facade.require_deed(require_caller(request), facade.Deed.RESET_FACTORS)
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        return ResetOut.of(
            await approve_reset(tx, reset_id=reset_id, admin_id=caller.user_id, reason=body.reason, now=rt.clock.now())
        )


@router.put("/{reset_id}/refuse")
async def refuse_factor_reset(request: Request, reset_id: UUID, body: ReasonIn) -> ResetOut:
    """It does not happen, also when it was approved before."""
    facade.require_deed(require_caller(request), facade.Deed.RESET_FACTORS)
    caller = facade.require_fresh(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        return ResetOut.of(
            await refuse_reset(tx, reset_id=reset_id, admin_id=caller.user_id, reason=body.reason, now=rt.clock.now())
        )
