"""Paying: intent, confirm, split, the payments of the caller, and their events."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse

from hospes.modules.payments import facade, queries
from hospes.modules.payments.contracts import Method
from hospes.modules.payments.errors import InvalidMethod, WayNotOffered
from hospes.modules.payments.http.access import method_for, own, part_for, payment_for
from hospes.modules.payments.schemas import (
    ConfirmIn,
    IntentIn,
    IntentOut,
    PaymentOut,
    PaymentsOut,
    SplitIn,
    WayOut,
)
from hospes.modules.payments.use_cases.follow_payment import follow_payment, has_ended
from hospes.modules.payments.use_cases.split_payment import join_payment, split_payment
from hospes.platform import paging
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
Key = Annotated[str | None, Header(description="A fresh UUID for a fresh payment.")]


@router.post("/payments/intent", response_model=IntentOut)
async def create_intent(request: Request, body: IntentIn, idempotency_key: Key = None) -> Response:
    """What a booking asks for, in which parts, and how it may be paid.

    With `provider` naming one that lets the payer choose a method on its own page or element, it is begun there
    (202): `payment.needs_action` on the event stream carries the address or the secret to go on with.
    """
    caller, rt = require_caller(request), runtime(request)
    begun = body.provider is not None and rt.ports.payment_providers.get(body.provider) is not None
    if body.provider is not None and not begun:
        raise WayNotOffered("This way to pay is not set up here. Please choose another.")

    async def handler(tx: WriteTx) -> Answer:
        payment = await payment_for(tx, caller, body.booking_id)
        status = 200
        if body.provider is not None and not has_card_form(rt, body.provider):
            await facade.start_charge(
                *(tx, payment.id, Method(""), rt.clock.now()),
                provider=body.provider,
                at_vendor=True,
                can_authorise=can_authorise(rt, body.provider),
                save=body.save,
            )
            status = 202
        parts = await facade.list_parts(tx, [body.booking_id])
        current = await payment_for(tx, caller, body.booking_id)
        kept = await queries.list_methods(tx, caller.user_id)
        return Answer(status, IntentOut.of(current, parts, ways(rt), kept).model_dump(mode="json"))

    return await once(request, rt, handler)


@router.post("/payments/confirm", status_code=202, response_model=PaymentOut)
async def confirm_payment(request: Request, body: ConfirmIn, idempotency_key: Key = None) -> Response:
    """Pay a booking, or one part of it. The worker makes the charge: follow `events`, or read the payment again."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        payment = await part_for(tx, caller, body)
        method, provider = await method_for(tx, caller, body, body.provider or payment.provider)
        if provider not in rt.ports.payment_providers and provider != payment.provider:
            raise WayNotOffered("This way to pay is not set up here. Please choose another.")
        if not method.token:
            raise InvalidMethod("Please give a method.")
        await facade.start_charge(
            *(tx, payment.id, method, rt.clock.now()),
            provider=provider,
            can_authorise=can_authorise(rt, provider),
            save=body.save,
        )
        started = own(await queries.find_payment(tx, payment.id), caller)
        return Answer(202, PaymentOut.of(started).model_dump(mode="json"))

    return await once(request, rt, handler)


@router.post("/payments/split", response_model=PaymentsOut)
async def split_a_payment(request: Request, body: SplitIn, idempotency_key: Key = None) -> Response:
    """Pay with several methods: each share is confirmed on its own by its `payment_id`. All of them are authorised
    before any is taken; when one fails the others are let go."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        await payment_for(tx, caller, body.booking_id)
        parts = (
            await split_payment(tx, body.booking_id, body.amounts, rt.clock.now())
            if body.amounts
            else await join_payment(tx, body.booking_id, rt.clock.now())
        )
        return Answer(200, PaymentsOut.of(parts, None).model_dump(mode="json"))

    return await once(request, rt, handler)


@router.get("/payments")
async def list_payments(
    request: Request,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
) -> PaymentsOut:
    """Your payments, the newest first."""
    caller = require_caller(request)
    key = paging.decode(cursor, 1)
    before = _id_of(key[0]) if key else None
    async with runtime(request).db.read() as tx:
        found = await queries.list_payments_of_payer(tx, caller.user_id, before=before, limit=limit + 1)
    return PaymentsOut.of(found[:limit], paging.encode([found[limit - 1].id]) if len(found) > limit else None)


@router.get("/payments/{payment_id}")
async def read_payment(request: Request, payment_id: UUID) -> PaymentOut:
    """A payment of yours."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        payment = await queries.find_payment(tx, payment_id)
    return PaymentOut.of(own(payment, caller))


@router.get("/payments/{booking_id}/events", response_class=StreamingResponse)
async def payment_events(
    request: Request,
    booking_id: UUID,
    last_event_id: Annotated[str, Header(description="Only what came after this id.")] = "",
) -> Response:
    """Server-sent events `payment.processing|needs_action|delayed|authorised|completed|failed|refunded` of a booking.

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


def has_card_form(rt: Runtime, provider: str) -> bool:
    """Whether our own page shows the provider's card form; others run theirs."""
    return hasattr(rt.ports.payment_providers.get(provider), "tokenise")


def can_authorise(rt: Runtime, provider: str) -> bool:
    """Whether the provider can hold money before it is taken; it is taken at once otherwise."""
    found = rt.ports.payment_providers.get(provider)
    return bool(found is None or found.can.authorise)


def ways(rt: Runtime) -> list[WayOut]:
    """The providers that are set up, and how each asks for a method."""
    return [
        WayOut(provider=name, kind="card_form" if has_card_form(rt, name) else "at_vendor")
        for name in rt.ports.payment_providers
    ]


def _id_of(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as fault:
        raise paging.CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from fault
