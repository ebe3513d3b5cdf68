"""The methods somebody keeps: adding one without paying, which is offered first, forgetting one."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.payments import facade, queries, store
from hospes.modules.payments.contracts import Method, SavedMethod, Saving, SavingStatus
from hospes.modules.payments.errors import MethodNotFound
from hospes.modules.payments.policies.reasons import sentence_for
from hospes.modules.payments.providers.browser import allow_vendors
from hospes.modules.payments.providers.vault import CardVault
from hospes.modules.payments.schemas import CardFields, ChallengeFields, VendorFields
from hospes.modules.payments.use_cases.forget_method import forget_method
from hospes.modules.payments.use_cases.save_method import ask_provider, find_own_saving, save_method
from hospes.modules.payments.web.words import NAMES, VENDORS
from hospes.platform.caller import require_caller
from hospes.platform.errors import HospesError, Invalid
from hospes.platform.forms import read_form
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/account/payment-methods", dependencies=[Depends(allow_vendors)])
HOME = "/account/payment-methods"


@router.get("")
async def methods_page(request: Request) -> Response:
    """The methods that are kept, and the way to one more."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        kept = await queries.list_methods(tx, caller.user_id)
    context = {"kept": kept, "names": NAMES, "may_add": any(_ways(request))}
    return render(request, "payments/methods.html", context)


@router.get("/add")
async def add_page(request: Request) -> Response:
    """The card form, or the vendors that ask on their own pages."""
    require_caller(request)
    return _add_page(request, {}, {})


@router.post("/add")
async def add_card(request: Request) -> Response:
    """Keep the card that was typed; what was typed is shown again where something is wrong, except the number."""
    caller, rt = require_caller(request), runtime(request)
    form = await read_form(request, CardFields)
    if form.value is None:
        return _add_page(request, form.typed, form.errors, Invalid())
    provider = form.value.provider or (_ways(request)[0] or [""])[0]
    try:
        method = await facade.tokenise_card(rt, provider, form.value.form())
        saving = await _begin(request, caller.user_id, provider, method, first=form.value.save == "first")
    except HospesError as refusal:
        return _add_page(request, form.typed, refusal.fields or {"form": refusal.detail}, refusal)
    return await _on_from(request, saving)


@router.post("/add/vendor")
async def add_at_vendor(request: Request) -> Response:
    """Begin at a provider whose own page or element asks for the card."""
    caller = require_caller(request)
    form = await read_form(request, VendorFields)
    try:
        saving = await _begin(request, caller.user_id, form.value.provider if form.value else "", Method(""))
    except HospesError as refusal:
        return _add_page(request, {}, {"form": refusal.detail}, refusal)
    return await _on_from(request, saving)


@router.get("/adding/{saving_id}")
@router.get("/adding/{saving_id}/status")
async def adding_page(request: Request, saving_id: UUID) -> Response:
    """How it stands: kept, refused, or what its payer must still do."""
    caller, rt = require_caller(request), runtime(request)
    saving = await find_own_saving(rt, saving_id, user_id=caller.user_id)
    if saving.status is SavingStatus.KEPT:
        response = RedirectResponse(HOME, status_code=303)
        flash(response, "Your card is kept.")
        return response
    if saving.status is SavingStatus.DECLINED:
        return _add_page(request, {}, {}, failure=sentence_for(saving.reason))
    action = saving.action or {}
    if action.get("kind") == "payment_element":
        context = {"saving": saving, "action": action, "script": rt.settings.payment.stripe.script}
        return render(request, "payments/method_element.html", context)
    context = {"saving": saving, "go_on": action.get("url"), "vendor": NAMES.get(saving.provider, saving.provider)}
    return render(request, "payments/method_waits.html", context)


@router.get("/adding/{saving_id}/challenge")
async def challenge_page(request: Request, saving_id: UUID) -> Response:
    """The bank's question, as the sandbox asks it."""
    saving = await _asked(request, saving_id)
    if saving is None:
        return _adding(saving_id)
    return render(request, "payments/method_challenge.html", {"saving": saving, "method": saving.method})


@router.post("/adding/{saving_id}/challenge")
async def answer_question(request: Request, saving_id: UUID) -> Response:
    """Yes or no; an answer that comes twice or too late leads to how it stands."""
    saving, rt = await _asked(request, saving_id), runtime(request)
    form = await read_form(request, ChallengeFields)
    answer = form.value.answer if form.value else ""
    if answer not in ("approve", "decline"):
        raise Invalid("Please approve or decline.")
    vault: CardVault | None = rt.ports.payment_providers.get(saving.provider) if saving else None
    if saving is not None and vault is not None and hasattr(vault, "answer_challenge"):
        await vault.answer_challenge(saving.id, approve=answer == "approve")
    return _adding(saving_id)


@router.post("/{method_id}/first")
async def offer_first(request: Request, method_id: UUID) -> Response:
    """Offer it first when paying."""
    caller, rt = require_caller(request), runtime(request)
    response = RedirectResponse(HOME, status_code=303)
    async with rt.db.write() as tx:
        if await store.offer_first(tx, caller.user_id, method_id):
            flash(response, "This card is offered first from now on.")
    return response


@router.get("/{method_id}/forget")
async def forget_page(request: Request, method_id: UUID) -> Response:
    """Whether it is meant, and what it changes."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        kept = await _kept(tx, caller.user_id, method_id)
        needed = kept is not None and await queries.is_method_needed(tx, caller.user_id, kept.method.token)
    if kept is None:
        raise MethodNotFound
    return render(request, "payments/method_forget.html", {"kept": kept, "needed": needed})


@router.post("/{method_id}/delete")
async def delete_method(request: Request, method_id: UUID) -> Response:
    """Forget one; once more changes nothing."""
    caller = require_caller(request)
    response = RedirectResponse(HOME, status_code=303)
    try:
        await forget_method(runtime(request), method_id, user_id=caller.user_id)
    except MethodNotFound:
        return response
    flash(response, "This card is forgotten.")
    return response


async def _begin(request: Request, user_id: UUID, provider: str, method: Method, *, first: bool = False) -> Saving:
    rt = runtime(request)
    async with rt.db.write() as tx:
        saving = await save_method(
            tx, rt, user_id=user_id, provider=provider, method=method, first=first, now=rt.clock.now()
        )
    return await ask_provider(rt, saving.id) or saving


async def _on_from(request: Request, saving: Saving) -> Response:
    """To the vendor's own page at once, where it has one."""
    action = saving.action or {}
    if action.get("kind") == "redirect" and saving.status is SavingStatus.NEEDS_ACTION:
        return RedirectResponse(str(action["url"]), status_code=303)
    return _adding(saving.id)


def _adding(saving_id: UUID) -> RedirectResponse:
    return RedirectResponse(f"{HOME}/adding/{saving_id}", status_code=303)


async def _asked(request: Request, saving_id: UUID) -> Saving | None:
    """The caller's own that waits for an answer; None when it does not any more."""
    caller = require_caller(request)
    saving = await find_own_saving(runtime(request), saving_id, user_id=caller.user_id, look=False)
    return saving if saving.status is SavingStatus.NEEDS_ACTION else None


async def _kept(tx: Any, user_id: UUID, method_id: UUID) -> SavedMethod | None:
    return next((each for each in await queries.list_methods(tx, user_id) if each.id == method_id), None)


def _ways(request: Request) -> tuple[list[str], list[str]]:
    """The providers that keep a method without paying: whose card form is ours, and who ask themselves."""
    providers = runtime(request).ports.payment_providers
    able = [name for name, each in providers.items() if each.can.saves_unpaid]
    ours = [name for name in able if hasattr(providers[name], "tokenise")]
    return ours, [name for name in able if name not in ours]


def _add_page(
    request: Request,
    typed: dict[str, str],
    errors: dict[str, str],
    refusal: HospesError | None = None,
    *,
    failure: str = "",
) -> Response:
    ours, theirs = _ways(request)
    context = {
        "card_typed": defaultdict(str, {name: typed[name] for name in ("name", "expiry") if name in typed}),
        "card_errors": defaultdict(str, errors),
        "card_provider": ours[0] if ours else "",
        "vendors": [(name, VENDORS.get(name, name.title())) for name in theirs],
        "failure": failure,
    }
    return render(request, "payments/method_add.html", context, status=refusal.status if refusal else 200)
