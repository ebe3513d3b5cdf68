"""The pages of paying: card, waiting, the bank's question. All work without JavaScript."""

from collections import defaultdict
from contextlib import suppress
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.payments import facade, queries
from hospes.modules.payments.contracts import AttemptStatus, Method, Payment, PaymentStatus, Purpose
from hospes.modules.payments.errors import PaymentNotFound, PaymentNotOpen, WayNotOffered
from hospes.modules.payments.policies.reasons import sentence_for
from hospes.modules.payments.providers.browser import allow_vendors
from hospes.modules.payments.schemas import CardFields, ChallengeFields, SavedFields, SplitFields, VendorFields
from hospes.modules.payments.states import takes_method
from hospes.modules.payments.use_cases.answer_challenge import answer_challenge, asked_attempt
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.split_payment import join_payment, split_payment, splittable
from hospes.modules.payments.use_cases.withdraw_attempt import withdraw_attempt
from hospes.modules.payments.web.words import NAMES, PURPOSES
from hospes.modules.payments.web.words import VENDORS as WORDS
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.money import read_amount
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(dependencies=[Depends(allow_vendors)])
_PAID = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.PARTLY_REFUNDED, PaymentStatus.REFUNDED})


@router.get("/pay/{booking_id}")
async def card_page(request: Request, booking_id: UUID, part: UUID | None = None) -> Response:
    """What is to be paid and the ways to do it, with why the last one failed; onwards when nothing is to be paid."""
    payment = await _payment(request, booking_id, part)
    if not takes_method(payment):
        return _status_of(payment)
    return await _card_page(request, payment, {}, {})


@router.post("/pay/{booking_id}")
async def pay(request: Request, booking_id: UUID) -> Response:
    """Charge the card once, however often the form is sent; then the waiting page."""
    rt = runtime(request)
    form = await read_form(request, CardFields)
    payment = await _payment(request, booking_id, form.value.payment_id if form.value else None)
    if form.value is None:
        return await _card_page(request, payment, form.typed, form.errors, Invalid())
    if not takes_method(payment) or form.value.version not in (None, payment.version):
        return _status_of(payment)
    provider = form.value.provider or payment.provider
    try:
        method = await facade.tokenise_card(rt, provider, form.value.form())
    except HospesError as refusal:
        return await _card_page(request, payment, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    return await _start(request, payment, method, provider, save=form.value.save == "yes")


@router.post("/pay/{booking_id}/saved")
async def pay_with_saved(request: Request, booking_id: UUID) -> Response:
    """Pay with a method that is kept."""
    form = await read_form(request, SavedFields)
    payment = await _payment(request, booking_id, form.value.payment_id if form.value else None)
    if form.value is None or not takes_method(payment) or form.value.version not in (None, payment.version):
        return _status_of(payment)
    async with runtime(request).db.read() as tx:
        kept = await queries.list_methods(tx, payment.payer_id)
    found = next((each for each in kept if each.id == form.value.method), None)
    if found is None:
        refusal = Invalid("This card is not kept any more. Please choose another way.")
        return await _card_page(request, payment, {}, {"form": refusal.detail}, refusal)
    return await _start(request, payment, found.method, found.provider)


@router.post("/pay/{booking_id}/vendor")
async def pay_at_vendor(request: Request, booking_id: UUID) -> Response:
    """Begin at a provider that lets the payer choose a method on its own page or element."""
    form = await read_form(request, VendorFields)
    payment = await _payment(request, booking_id, form.value.payment_id if form.value else None)
    if form.value is None or not takes_method(payment) or form.value.version not in (None, payment.version):
        return _status_of(payment)
    if form.value.provider not in runtime(request).ports.payment_providers:
        raise WayNotOffered("This way to pay is not set up here. Please choose another.")
    return await _start(request, payment, Method(""), form.value.provider, at_vendor=True)


@router.post("/pay/{booking_id}/split")
async def split(request: Request, booking_id: UUID) -> Response:
    """Pay part of it with another method: two shares, all or nothing."""
    rt = runtime(request)
    payment = await _payment(request, booking_id)
    form = await read_form(request, SplitFields)
    typed = form.value.first if form.value else ""
    currency = payment.amount.currency
    first = read_amount(typed, currency)
    if first is None or not 0 < first < payment.amount.amount:
        said = f"Please give an amount between zero and {payment.amount.text()}."
        return await _card_page(request, payment, {"first": typed}, {"first": said}, Invalid(said))
    try:
        async with rt.db.write() as tx:
            await split_payment(tx, booking_id, [first, payment.amount.amount - first], rt.clock.now())
    except HospesError as refusal:
        return await _card_page(request, payment, {"first": typed}, {"first": refusal.detail}, refusal)
    return RedirectResponse(f"/pay/{booking_id}", status_code=303)


@router.post("/pay/{booking_id}/join")
async def join(request: Request, booking_id: UUID) -> Response:
    """Pay with one method after all."""
    rt = runtime(request)
    payment = await _payment(request, booking_id)
    try:
        async with rt.db.write() as tx:
            await join_payment(tx, booking_id, rt.clock.now())
    except HospesError as refusal:
        return await _card_page(request, payment, {}, {"form": refusal.detail}, refusal)
    return RedirectResponse(f"/pay/{booking_id}", status_code=303)


@router.get("/pay/{booking_id}/status")
async def status_page(request: Request, booking_id: UUID) -> Response:
    """Where the payment stands: asks again every two seconds, leads on when it is decided."""
    payment = await _payment(request, booking_id)
    if payment.wants_renewal:
        return await _renewal(request, payment)
    if payment.status is PaymentStatus.NEEDS_ACTION and request.query_params:  # vendors add some to the way back
        return await _returned(request, payment)
    if payment.status in (*_PAID, PaymentStatus.AUTHORISED, PaymentStatus.SCHEDULED):
        response = RedirectResponse(f"/trips/{booking_id}", status_code=303)
        if payment.status is PaymentStatus.SUCCEEDED:
            flash(response, "Your payment has arrived. Thank you.")
        elif payment.status is PaymentStatus.AUTHORISED and payment.purpose is not Purpose.SHARE:
            flash(response, f"{payment.amount.text()} is reserved on your card and taken after check-in. Thank you.")
        return response
    if payment.status is PaymentStatus.NEEDS_ACTION:
        async with runtime(request).db.read() as tx:
            attempt = await asked_attempt(tx, payment)
        if attempt is not None and attempt.action:
            return _asked(request, payment, attempt.action)
    if payment.status is PaymentStatus.AWAITING_METHOD:
        return RedirectResponse(f"/pay/{booking_id}", status_code=303)
    if payment.status is PaymentStatus.FAILED:
        return await _card_page(request, payment, {}, {})
    return await _under_way(request, payment)


async def _renewal(request: Request, payment: Payment) -> Response:
    """How the payer's new method for what is reserved fares; the ways to pay while there is none."""
    async with runtime(request).db.read() as tx:
        attempts = [each for each in await queries.list_attempts(tx, payment.id) if each.takes and not each.off_session]
    since = payment.renewal_refused_at
    last = next((each for each in reversed(attempts) if since is not None and each.created_at >= since), None)
    if last is None:
        return await _card_page(request, payment, {}, {})
    if last.status is AttemptStatus.NEEDS_ACTION and request.query_params:
        return await _returned(request, payment)
    if last.status is AttemptStatus.NEEDS_ACTION and last.action:
        return _asked(request, payment, last.action)
    if last.status is AttemptStatus.DECLINED:
        return await _card_page(request, payment, {}, {}, failure=last.reason)
    return await _under_way(request, payment)


def _asked(request: Request, payment: Payment, action: dict[str, Any]) -> Response:
    """What the payer must do: here in the vendor's element, or elsewhere."""
    if action.get("kind") == "payment_element":
        script = runtime(request).settings.payment.stripe.script
        return render(request, "payments/element.html", {"payment": payment, "action": action, "script": script})
    return RedirectResponse(str(action["url"]), status_code=303)


async def _under_way(request: Request, payment: Payment) -> Response:
    booking_id = payment.booking_id
    async with runtime(request).db.read() as tx:
        delayed_until = await queries.find_delay(tx, payment.id)
    context = {
        "payment": payment,
        "booking_id": booking_id,
        "reason": sentence_for(payment.failure),
        "delayed_until": delayed_until,
    }
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


@router.post("/pay/{booking_id}/another")
async def another_way(request: Request, booking_id: UUID) -> Response:
    """Let go of what was begun at a vendor; then the ways to pay again."""
    payment = await _payment(request, booking_id)
    if payment.status is PaymentStatus.NEEDS_ACTION or payment.wants_renewal:
        async with runtime(request).db.read() as tx:
            attempt = await asked_attempt(tx, payment)
        if attempt is not None:
            await withdraw_attempt(runtime(request), attempt)
    return _status_of(payment)


async def _returned(request: Request, payment: Payment) -> Response:
    """The payer comes back from a vendor: it is asked at once how that went."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        attempt = await asked_attempt(tx, payment)
    if attempt is None:
        return _status_of(payment)
    await look_up_attempt(rt, attempt.id)
    async with rt.db.read() as tx:
        now = await queries.find_payment(tx, payment.id)
    url = str((attempt.action or {}).get("url") or f"/pay/{payment.booking_id}/status")
    async with rt.db.read() as tx:
        asked = await asked_attempt(tx, now) if now else None
    if asked is None:
        return _status_of(payment)
    context = {"payment": payment, "go_on": url, "vendor": NAMES.get(attempt.provider, attempt.provider.title())}
    return render(request, "payments/returned.html", context)


async def _payment(request: Request, booking_id: UUID, part: UUID | None = None) -> Payment:
    """The part that is asked for, else the one that matters now; the caller's."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        payment = await queries.find_payment(tx, part) if part else await facade.payment_of(tx, booking_id)
    if payment is None or payment.payer_id != caller.user_id or payment.booking_id != booking_id:
        raise PaymentNotFound
    return payment


async def _start(
    request: Request,
    payment: Payment,
    method: Method,
    provider: str,
    *,
    save: bool = False,
    at_vendor: bool = False,
) -> Response:
    rt = runtime(request)
    with suppress(PaymentNotOpen):  # the same form was sent twice: the status page tells how the first one fares
        async with rt.db.write() as tx:
            await facade.start_charge(
                *(tx, payment.id, method, rt.clock.now()),
                provider=provider,
                at_vendor=at_vendor,
                can_authorise=rt.ports.payment_providers[provider].can.authorise,
                save=save,
            )
    return _status_of(payment)


def _status_of(payment: Payment) -> RedirectResponse:
    return RedirectResponse(f"/pay/{payment.booking_id}/status", status_code=303)


async def _card_page(
    request: Request,
    payment: Payment,
    typed: dict[str, str],
    errors: dict[str, str],
    refusal: HospesError | None = None,
    *,
    failure: str | None = None,
) -> Response:
    """What was typed is shown again, except the number and the code: they are in no answer of ours."""
    rt = runtime(request)
    async with rt.db.read() as tx:
        parts = await queries.list_parts(tx, payment.booking_id)
        kept = await queries.list_methods(tx, payment.payer_id)
    providers = rt.ports.payment_providers
    names = [name for name in providers if not payment.wants_renewal or providers[name].can.authorise]
    reason = failure or (payment.failure if payment.status is PaymentStatus.FAILED else None)
    with_form = [name for name in names if hasattr(rt.ports.payment_providers[name], "tokenise")]
    shown = {name: value for name, value in typed.items() if name in ("name", "expiry", "first")}
    context = {
        "payment": payment,
        "parts": [each for each in parts if each.status is not PaymentStatus.CANCELLED],
        "failure": sentence_for(reason) if reason else "",
        "card_typed": defaultdict(str, shown),
        "card_errors": defaultdict(str, errors),
        "card_version": payment.version,
        "card_provider": payment.provider if payment.provider in with_form else (with_form or [""])[0],
        "vendors": [(name, WORDS.get(name, name.title())) for name in names if name not in with_form],
        "kept": [each for each in kept if each.provider in names],
        "may_split": splittable(parts),
        "purposes": PURPOSES,
    }
    return render(request, "payments/card.html", context, status=refusal.status if refusal else 200)
