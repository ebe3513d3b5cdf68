"""The pages of paying: card, waiting, the bank's question. All work without JavaScript."""

from collections import defaultdict
from contextlib import suppress
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.payments import facade
from hospes.modules.payments.contracts import Payment, PaymentStatus
from hospes.modules.payments.errors import PaymentNotFound, PaymentNotOpen
from hospes.modules.payments.policies.reasons import sentence_for
from hospes.modules.payments.providers.browser import allow_vendors
from hospes.modules.payments.schemas import CardFields, ChallengeFields
from hospes.modules.payments.states import takes_card
from hospes.modules.payments.use_cases.answer_challenge import answer_challenge, asked_attempt
from hospes.platform.caller import require_caller
from hospes.platform.csrf import verify_csrf
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(include_in_schema=False, dependencies=[Depends(verify_csrf), Depends(allow_vendors)])
_PAID = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED, PaymentStatus.REFUNDED})


@router.get("/pay/{booking_id}")
async def card_page(request: Request, booking_id: UUID) -> Response:
    """The card form, with why the last card failed; onwards when no card is needed."""
    payment = await _payment(request, booking_id)
    if not takes_card(payment.status):
        return _status_of(payment)
    return _card_page(request, payment, {}, {})


@router.post("/pay/{booking_id}")
async def pay(request: Request, booking_id: UUID) -> Response:
    """Charge the card once, however often the form is sent; then the waiting page."""
    rt = runtime(request)
    payment = await _payment(request, booking_id)
    form = await read_form(request, CardFields)
    if form.value is None:
        return _card_page(request, payment, form.typed, form.errors, Invalid())
    if not takes_card(payment.status) or form.value.version not in (None, payment.version):
        return _status_of(payment)
    try:
        method = await facade.tokenise_card(rt, payment.provider, form.value.form())
    except HospesError as refusal:
        return _card_page(request, payment, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    with suppress(PaymentNotOpen):  # the same form was sent twice: the status page tells how the first one fares
        async with rt.db.write() as tx:
            await facade.start_charge(tx, payment.id, method, now=rt.clock.now())
    return _status_of(payment)


@router.get("/pay/{booking_id}/status")
async def status_page(request: Request, booking_id: UUID) -> Response:
    """Where the payment stands: asks again every two seconds, leads on when it is decided."""
    payment = await _payment(request, booking_id)
    if payment.status in _PAID:
        response = RedirectResponse(f"/trips/{booking_id}", status_code=303)
        if payment.status is PaymentStatus.SUCCEEDED:
            flash(response, "Your payment has arrived. Thank you.")
        return response
    if payment.status is PaymentStatus.NEEDS_ACTION:
        async with runtime(request).db.read() as tx:
            attempt = await asked_attempt(tx, payment)
        if attempt is not None and attempt.action:
            if attempt.action.get("kind") == "payment_element":
                script = runtime(request).settings.payment.stripe.script
                context = {"payment": payment, "action": attempt.action, "script": script}
                return render(request, "payments/element.html", context)
            return RedirectResponse(str(attempt.action["url"]), status_code=303)
    if payment.status is PaymentStatus.AWAITING_METHOD:
        return RedirectResponse(f"/pay/{booking_id}", status_code=303)
    if payment.status is PaymentStatus.FAILED:
        return _card_page(request, payment, {}, {})
    context = {"payment": payment, "booking_id": booking_id, "reason": sentence_for(payment.failure)}
    return render(request, "payments/status.html", context)


@router.get("/pay/{booking_id}/challenge")
async def challenge_page(request: Request, booking_id: UUID) -> Response:
    """The bank's question, as the sandbox asks it."""
    payment = await _payment(request, booking_id)
    async with runtime(request).db.read() as tx:
        attempt = await asked_attempt(tx, payment)
    if attempt is None:
        return _status_of(payment)
    return render(request, "payments/challenge.html", {"payment": payment, "method": attempt.method})


@router.post("/pay/{booking_id}/challenge")
async def answer_question(request: Request, booking_id: UUID) -> Response:
    """Yes or no; an answer that comes twice or too late leads to the status."""
    payment = await _payment(request, booking_id)
    form = await read_form(request, ChallengeFields)
    answer = form.value.answer if form.value else ""
    if answer not in ("approve", "decline"):
        raise Invalid("Please approve or decline the payment.")
    with suppress(PaymentNotOpen):
        await answer_challenge(runtime(request), payment, approve=answer == "approve")
    return _status_of(payment)


async def _payment(request: Request, booking_id: UUID) -> Payment:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        payment = await facade.payment_of(tx, booking_id)
    if payment is None or payment.payer_id != caller.user_id:
        raise PaymentNotFound
    return payment


def _status_of(payment: Payment) -> RedirectResponse:
    return RedirectResponse(f"/pay/{payment.booking_id}/status", status_code=303)


def _card_page(
    request: Request,
    payment: Payment,
    typed: dict[str, str],
    errors: dict[str, str],
    refusal: HospesError | None = None,
) -> Response:
    """What was typed is shown again, except the number and the code: they are in no answer of ours."""
    kept = {name: value for name, value in typed.items() if name in ("name", "expiry")}
    context = {
        "payment": payment,
        "failure": sentence_for(payment.failure) if payment.status is PaymentStatus.FAILED else "",
        "card_typed": defaultdict(str, kept),
        "card_errors": defaultdict(str, errors),
        "card_version": payment.version,
    }
    return render(request, "payments/card.html", context, status=refusal.status if refusal else 200)
