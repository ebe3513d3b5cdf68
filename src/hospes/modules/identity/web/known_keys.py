"""The public keys of access tokens, for whoever wants to verify one without asking us (RFC 7517)."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from hospes.modules.identity.following import keys_of
from hospes.modules.identity.use_cases.keep_token_keys import CACHE_SECONDS
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/.well-known/jwks.json")
async def published_keys(request: Request) -> JSONResponse:
    """Every key that signs, will sign next or still verifies; a new one is listed two hours before its turn."""
    rt = runtime(request)
    headers = {"Cache-Control": f"public, max-age={CACHE_SECONDS}"}
    return JSONResponse({"keys": keys_of(rt).published(rt.clock.now())}, headers=headers)
