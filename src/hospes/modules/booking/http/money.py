"""A booking's money: what staff may do with it, and its parts as guest and staff see them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking import facade, queries
from hospes.modules.booking.http.access import host_of, reply
from hospes.modules.booking.schemas.money import AmountIn, GoodwillIn, PaidIn, StaffRefundIn
from hospes.modules.booking.use_cases.grant_goodwill import grant_goodwill
from hospes.modules.booking.use_cases.grant_refund import grant_refund
from hospes.modules.catalog.facade import Permission
from hospes.modules.identity import facade as identity
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Payment
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/bookings/{booking_id}/payments")
async def list_booking_payments(request: Request, booking_id: UUID) -> Response:
    """Every part in which the booking and its paid changes are paid, for its guest, its host and admins."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await facade.get_booking_for(tx, caller, booking_id)
        return reply(await _parts(tx, booking_id))


@router.post("/payments/refund", tags=["payments"])
async def refund_payment(request: Request, body: StaffRefundIn) -> Response:
    """Give a guest part of the price back, to the methods it came from in order. For the owner of the business, and
    admins."""
    caller, rt = identity.require_fresh(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        actor = await host_of(tx, caller, body.booking_id, Permission.MONEY)
        await grant_refund(
            tx,
            booking_id=body.booking_id,
            amount=body.money(),
            reason=body.reason,
            actor=actor,
            actor_id=caller.user_id,
            now=rt.clock.now(),
        )
        return Answer(202, await _parts(tx, body.booking_id))

    return await once(request, rt, handler)


@router.post("/bookings/{booking_id}/damages")
async def claim_damages(request: Request, booking_id: UUID, body: AmountIn) -> Response:
    """Take so much of the damage deposit, with the reason; the rest is let go. For the owner of the business."""
    caller, rt = identity.require_fresh(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        await host_of(tx, caller, booking_id, Permission.MONEY)
        await payments.capture_damages(tx, booking_id, body.money(), reason=body.reason, now=rt.clock.now())
        return Answer(202, await _parts(tx, booking_id))

    return await once(request, rt, handler)


@router.post("/bookings/{booking_id}/paid-at-property")
async def record_paid_at_property(request: Request, booking_id: UUID, body: PaidIn | None = None) -> Response:
    """Note that what is paid at the property has been paid. For those who work for the business."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        await host_of(tx, caller, booking_id)
        await payments.record_at_property(tx, booking_id, note=body.note if body else "", now=rt.clock.now())
        return Answer(202, await _parts(tx, booking_id))

    return await once(request, rt, handler)


@router.post("/bookings/{booking_id}/goodwill")
async def give_goodwill(request: Request, booking_id: UUID, body: GoodwillIn) -> Response:
    """Grant the guest a credit to spend on another booking. For admins; and for the owner of the business, which
    bears it then (`borne_by: host`)."""
    caller, rt = identity.require_fresh(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        await host_of(tx, caller, booking_id, Permission.MONEY)
        if body.borne_by == "platform":
            identity.require_deed(caller, identity.Deed.LOOK_AFTER_BOOKINGS)
        await grant_goodwill(
            tx,
            booking_id=booking_id,
            amount=body.money(),
            reason=body.reason,
            granted_by=caller.user_id,
            by_host=body.borne_by == "host",
            now=rt.clock.now(),
        )
        return Answer(201, {"booking_id": str(booking_id), **body.money().as_json(), "borne_by": body.borne_by})

    return await once(request, rt, handler)


async def _parts(tx: ReadTx, booking_id: UUID) -> dict[str, Any]:
    changes = await queries.list_paid_changes(tx, booking_id)
    return {"items": [_part(each) for each in await payments.list_parts(tx, [booking_id, *changes])]}


def _part(payment: Payment) -> dict[str, Any]:
    return {
        "id": str(payment.id),
        "paid_for": str(payment.booking_id),
        "part": payment.part,
        "purpose": str(payment.purpose),
        "status": str(payment.status),
        "provider": payment.provider,
        "amount": payment.amount.as_json(),
        "captured": payment.captured,
        "refunded": payment.refunded,
        "due_at": payment.due_at.isoformat() if payment.due_at else None,
        "disputed": payment.disputed,
        "failure": payment.failure,
    }
