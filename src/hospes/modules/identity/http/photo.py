"""The signed-in person's photo."""

from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile

from hospes.modules.identity import picturing
from hospes.modules.identity.schemas.account import UserOut
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter()


@router.put("/users/me/photo")
async def set_photo(request: Request, file: Annotated[UploadFile, File()]) -> UserOut:
    """A JPEG, PNG or WebP picture of at most 10 MB; it is cut to a square and written anew."""
    caller = require_caller(request)
    return UserOut.of(await picturing.set_photo(runtime(request), caller.user_id, await file.read()))


@router.delete("/users/me/photo")
async def remove_photo(request: Request) -> UserOut:
    """No photo any more; the file is deleted."""
    caller = require_caller(request)
    return UserOut.of(await picturing.remove_photo(runtime(request), caller.user_id))
