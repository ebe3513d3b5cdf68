"""Calling a booking off: what comes back first, then the deed; of a series this one, or also all that follow."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.booking import facade, states
from hospes.modules.booking.contracts import Action, Actor, Booking, Refund
from hospes.modules.booking.errors import NotAllowed, RefundChanged
from hospes.modules.booking.web import telling, views
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter()
SCOPES = ("one", "following")


@router.get("/trips/{booking_id}/cancel")
async def cancel_page(request: Request, booking_id: UUID) -> Response:
    """What cancelling would give back now, before anything happens."""
    return await _ask_to_cancel(request, booking_id)


@router.post("/trips/{booking_id}/cancel")
async def cancel(request: Request, booking_id: UUID) -> Response:
    """Cancel at the refund that was shown; another refund by now is asked again."""
    form = await request.form()
    typed = {name: value.strip()[:500] for name, value in form.items() if isinstance(value, str)}
    scope = typed.get("scope", "") if typed.get("scope") in SCOPES else "one"
    try:
        said = await _cancel(request, booking_id, scope, typed)
    except RefundChanged as refusal:
        return await _ask_to_cancel(request, booking_id, typed, refusal.detail, refusal.status)
    except NotAllowed as refusal:
        said = refusal.detail
    response = RedirectResponse(f"/trips/{booking_id}", 303)
    flash(response, said)
    return response


async def _cancel(request: Request, booking_id: UUID, scope: str, typed: dict[str, str]) -> str:
    caller, rt = require_caller(request), runtime(request)
    expected = typed.get(f"expected_{scope}", typed.get("expected_refund", ""))
    refund_seen = int(expected) if expected.isdecimal() and len(expected) < 16 else None
    async with rt.db.write() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
        if scope == "following" and booking.series_id is not None:
            done = await facade.cancel_series(
                tx,
                series_id=booking.series_id,
                scope="following",
                booking_id=booking_id,
                actor=actor,
                actor_id=caller.user_id,
                reason=typed.get("reason", ""),
                expected_refund=refund_seen,
                now=rt.clock.now(),
            )
            refunds = [refund for _, refund in done]
        else:
            _, refund = await facade.cancel_booking(
                tx,
                booking_id=booking_id,
                actor=actor,
                actor_id=caller.user_id,
                reason=typed.get("reason", ""),
                expected_refund=refund_seen,
                now=rt.clock.now(),
            )
            refunds = [refund]
    many = f"{len(refunds)} bookings are cancelled." if len(refunds) > 1 else "Cancelled."
    back = Money(sum(refund.amount for refund in refunds), refunds[0].currency)
    return f"{many} {back.text()} is on its way back." if back.amount else many


async def _ask_to_cancel(
    request: Request, booking_id: UUID, typed: dict[str, str] | None = None, error: str = "", status: int = 200
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        booking, actor = await facade.get_booking_for(tx, caller, booking_id)
        following = await _following(tx, booking, actor, request)
        refund = await facade.preview_refund(tx, booking, actor=actor, now=rt.clock.now())
    if Action.CANCEL not in states.allowed(booking.status, actor):
        return RedirectResponse(f"/trips/{booking_id}", 303)
    context: dict[str, Any] = {
        "booking": booking,
        "terms": booking.terms,
        "actor": str(actor),
        "refund": refund,
        "following": following,
        "of_all": sum(each.amount for _, each in following),
        "scope": (typed or {}).get("scope", "one"),
        "reason": (typed or {}).get("reason", ""),
        "error": error,
        "telling": telling,
        "views": views,
    }
    return render(request, "booking/cancel.html", context, status)


async def _following(tx: ReadTx, booking: Booking, actor: Actor, request: Request) -> list[tuple[Booking, Refund]]:
    """This one and those after it in its series that can still be cancelled; empty when it is the last or alone."""
    if booking.series_id is None:
        return []
    found = await facade.series_to_cancel(
        tx, booking.series_id, "following", booking.id, actor=actor, now=runtime(request).clock.now()
    )
    return found if len(found) > 1 else []
