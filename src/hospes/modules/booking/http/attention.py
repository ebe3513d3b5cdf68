"""What needs a person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.booking import facade, queries
from hospes.modules.booking import schemas as s
from hospes.modules.booking.http.access import reply
from hospes.modules.identity import facade as identity
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin")


@router.get("/attention", response_model=s.AttentionsOut)
async def list_attention(
    request: Request, resolved: Annotated[bool, Query(description="Those that have been seen to.")] = False
) -> Response:
    """What went wrong with money and waits for a person. For admins."""
    identity.require_deed(require_caller(request), identity.Deed.LOOK_AFTER_BOOKINGS)
    async with runtime(request).db.read() as tx:
        found = await queries.list_attention(tx, resolved=resolved)
    return reply({"items": [s.attention_out(each) for each in found]})


@router.put("/attention/{attention_id}/resolve", response_model=s.AttentionOut)
async def resolve_attention(request: Request, attention_id: UUID, body: s.ResolveIn | None = None) -> Response:
    """Note that it has been seen to; repeating it changes nothing. For admins."""
    caller, rt = require_caller(request), runtime(request)
    identity.require_deed(caller, identity.Deed.LOOK_AFTER_BOOKINGS)
    async with rt.db.write() as tx:
        done = await facade.resolve_attention(
            tx,
            attention_id=attention_id,
            user_id=caller.user_id,
            note=body.note if body else "",
            now=rt.clock.now(),
        )
    return reply(s.attention_out(done))
