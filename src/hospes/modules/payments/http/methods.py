"""Methods a payer keeps: tokens only. And the tokens of the sandbox's cards."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Header, Request, Response

from hospes.modules.payments import facade, queries, store
from hospes.modules.payments.contracts import Method
from hospes.modules.payments.errors import MethodNotFound
from hospes.modules.payments.schemas import CardIn, MethodsOut, SaveIn, SavingOut, TokenOut
from hospes.modules.payments.use_cases.forget_method import forget_method
from hospes.modules.payments.use_cases.save_method import ask_provider, find_own_saving, save_method
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter()
Key = Annotated[str | None, Header(description="A fresh UUID for a fresh method.")]
SANDBOX = "sandbox"


@router.get("/payments/methods")
async def list_methods(request: Request) -> MethodsOut:
    """The methods you keep, the newest first."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        return MethodsOut.of(await queries.list_methods(tx, caller.user_id))


@router.post("/payments/methods", status_code=202, response_model=SavingOut)
async def keep_method(
    request: Request, body: SaveIn, background: BackgroundTasks, idempotency_key: Key = None
) -> Response:
    """Keep a method without paying. Its provider is asked right after this answer: read `…/methods/adding/{id}`."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        saving = await save_method(
            *(tx, rt),
            user_id=caller.user_id,
            provider=body.provider or rt.settings.payment_provider,
            method=body.method.method() if body.method else Method(""),
            first=body.make_default,
            now=rt.clock.now(),
        )
        background.add_task(ask_provider, rt, saving.id)
        return Answer(202, SavingOut.of(saving).model_dump(mode="json"))

    response = await once(request, rt, handler)
    response.background = background
    return response


@router.get("/payments/methods/adding/{saving_id}")
async def read_saving(request: Request, saving_id: UUID) -> SavingOut:
    """How it stands with a method that you want kept, by what its provider says now."""
    caller = require_caller(request)
    return SavingOut.of(await find_own_saving(runtime(request), saving_id, user_id=caller.user_id))


@router.put("/payments/methods/{method_id}/default")
async def offer_method_first(request: Request, method_id: UUID) -> MethodsOut:
    """Offer this one first from now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        if not await store.offer_first(tx, caller.user_id, method_id):
            raise MethodNotFound
        return MethodsOut.of(await queries.list_methods(tx, caller.user_id))


@router.delete("/payments/methods/{method_id}", status_code=204)
async def delete_method(request: Request, method_id: UUID) -> Response:
    """Forget a method. What it pays later by your booking's terms is asked of you then."""
    caller = require_caller(request)
    await forget_method(runtime(request), method_id, user_id=caller.user_id)
    return Response(status_code=204)


@router.post("/sandbox/tokens", status_code=201)
async def create_sandbox_token(request: Request, body: CardIn) -> TokenOut:
    """Turn a test card into a token, as a vendor's own card form would. The number is neither kept nor logged."""
    require_caller(request)
    method = await facade.tokenise_card(runtime(request), SANDBOX, body.form())
    return TokenOut(token=method.token, brand=method.brand, last4=method.last4)
