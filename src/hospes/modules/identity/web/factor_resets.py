"""For admins: people who have lost every second step."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.schemas.security import ReasonForm
from hospes.modules.identity.use_cases.reset_factors import approve_reset, refuse_reset
from hospes.modules.identity.web.parts import onwards
from hospes.platform.caller import require_caller
from hospes.platform.errors import Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import Runtime, runtime

router = APIRouter(prefix="/admin/factor-resets")
SAID = {
    "approve": "They are told by mail. Their second steps go in 24 hours unless they say no.",
    "refuse": "Their second steps stay.",
}


@router.get("")
async def factor_resets_page(request: Request) -> Response:
    """Who asks to get in without their second steps, and what was decided lately."""
    facade.require_deed(require_caller(request), facade.Deed.RESET_FACTORS)
    facade.require_fresh(request)
    return await _page(request, runtime(request))


@router.post("/{reset_id}/{decision}")
async def decide_reset_here(request: Request, reset_id: UUID, decision: Literal["approve", "refuse"]) -> Response:
    """Approve or refuse, with a reason."""
    facade.require_deed(require_caller(request), facade.Deed.RESET_FACTORS)
    caller = facade.require_fresh(request)
    rt = runtime(request)
    form = await read_form(request, ReasonForm)
    decide = approve_reset if decision == "approve" else refuse_reset
    reason = form.value.reason if form.value else ""
    try:
        async with rt.db.write() as tx:
            await decide(tx, reset_id=reset_id, admin_id=caller.user_id, reason=reason, now=rt.clock.now())
    except Invalid as refusal:
        return await _page(request, rt, (reset_id, refusal.detail, form.typed.get("reason", "")))
    response = onwards("/admin/factor-resets")
    flash(response, SAID[decision])
    return response


async def _page(request: Request, rt: Runtime, fault: tuple[UUID, str, str] | None = None) -> Response:
    async with rt.db.read() as tx:
        waiting = await factors.list_resets(tx, open_only=True)
        over = await factors.list_resets(tx, open_only=False, limit=20)
        people = await facade.users_by_id(tx, [each.user_id for each in (*waiting, *over)])
    context = {"waiting": waiting, "over": over, "people": people, "fault": fault}
    return render(request, "identity/admin_factor_resets.html", context, status=422 if fault else 200)
