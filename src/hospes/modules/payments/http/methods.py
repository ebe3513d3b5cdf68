"""Methods a payer keeps: tokens only. And the tokens of the sandbox's cards."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.payments import facade, queries
from hospes.modules.payments.schemas import CardIn, MethodsOut, TokenOut
from hospes.modules.payments.use_cases.forget_method import forget_method
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter()
SANDBOX = "sandbox"


@router.get("/payments/methods")
async def list_methods(request: Request) -> MethodsOut:
    """The methods you keep, the newest first."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
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
