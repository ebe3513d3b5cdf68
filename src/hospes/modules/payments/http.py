"""The REST edge of payments, the event stream, and the webhook of the sandbox."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from hospes.modules.payments import facade, queries
from hospes.modules.payments.contracts import Payment
from hospes.modules.payments.errors import PaymentNotFound
from hospes.modules.payments.schemas import CardIn, ConfirmIn, PaymentOut, ReceivedOut, TokenOut
from hospes.modules.payments.use_cases.follow_payment import follow_payment, has_ended
from hospes.modules.payments.use_cases.receive_event import receive_event
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1", tags=["payments"])
SANDBOX = "sandbox"


@router.post("/payments/confirm", status_code=202, response_model=PaymentOut)
async def confirm_payment(
    request: Request,
    body: ConfirmIn,
    idempotency_key: Annotated[str | None, Header(description="A fresh UUID for a fresh payment.")] = None,
) -> Response:
    """Pay a booking. The charge is made by the worker: follow `events`, or read the payment again."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        payment = await payment_for(tx, caller, body.booking_id)
        await facade.start_charge(tx, payment.id, body.method.method(), now=rt.clock.now())
        started = await payment_for(tx, caller, body.booking_id)
        return Answer(202, PaymentOut.of(started).model_dump(mode="json"))

    return await once(request, rt, handler)


@router.get("/payments/{payment_id}")
async def read_payment(request: Request, payment_id: UUID) -> PaymentOut:
    """A payment of yours."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        payment = await queries.find_payment(tx, payment_id)
    return PaymentOut.of(_own(payment, caller))


@router.get("/payments/{booking_id}/events", response_class=StreamingResponse)
async def payment_events(
    request: Request,
    booking_id: UUID,
    last_event_id: Annotated[str, Header(description="Only what came after this id.")] = "",
) -> Response:
    """Server-sent events `payment.processing|needs_action|completed|failed|refunded` of your booking.

    Everything so far comes first. The stream closes after a completed, failed or refunded payment; who comes back
    with that event's id gets 204, which tells a browser to stop.
    """
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await payment_for(tx, caller, booking_id)
    last_id = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    last_id = min(last_id, 2**63 - 1)
    if last_id and await has_ended(rt, booking_id, last_id):
        return Response(status_code=204)
    return StreamingResponse(
        follow_payment(rt, booking_id, last_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.post("/sandbox/tokens", status_code=201)
async def create_sandbox_token(request: Request, body: CardIn) -> TokenOut:
    """Turn a test card into a token, as a vendor's own card form would. The number is neither kept nor logged."""
    require_caller(request)
    method = await facade.tokenise_card(runtime(request), SANDBOX, body.form())
    return TokenOut(token=method.token, brand=method.brand, last4=method.last4)


@router.post("/webhooks/sandbox")
async def sandbox_webhook(request: Request) -> ReceivedOut:
    """A message of the sandbox, signed `Sandbox-Signature: t=…,v1=…` over the raw body."""
    new = await receive_event(runtime(request), SANDBOX, request.headers, await request.body())
    return ReceivedOut(repeated=not new)


async def payment_for(tx: ReadTx, caller: Caller, booking_id: UUID) -> Payment:
    """The payment of a booking, for its payer only."""
    return _own(await facade.payment_of(tx, booking_id), caller)


def _own(payment: Payment | None, caller: Caller) -> Payment:
    if payment is None or payment.payer_id != caller.user_id:
        raise PaymentNotFound
    return payment
