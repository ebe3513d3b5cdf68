"""Quotes and holds."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking import facade, queries, throttle
from hospes.modules.booking import schemas as s
from hospes.modules.booking.errors import HoldNotFound
from hospes.modules.booking.http.access import reply
from hospes.modules.ledger import facade as ledger
from hospes.modules.promotions import facade as promotions
from hospes.platform.addresses import client_address
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/quotes", response_model=s.QuoteOut)
async def quote(request: Request, body: s.QuoteIn) -> Response:
    """What a wish costs, line by line, under which terms, and whether it can be had. Needs no account, but for credit
    and coupons of one person."""
    rt, caller = runtime(request), find_caller(request)
    guest_id = caller.user_id if caller else None
    wish = replace(body.wish(), display=await ledger.displayed(rt, body.display_currency or ""))
    async with promotions.watched(request, body.coupons), rt.db.read() as tx:
        found = await facade.quote_wish(tx, wish, guest_id=guest_id, now=rt.clock.now())
    return reply(s.quote_out(found))


@router.post("/holds", status_code=201, response_model=s.HoldOut)
async def hold(request: Request, body: s.HoldIn) -> Response:
    """Keep a place for 15 minutes: five at once, 60 from one address in ten minutes. An Idempotency-Key is welcome."""
    caller, rt = require_caller(request), runtime(request)
    address = client_address(request)
    await throttle.count_hold(rt.valkey, address, now=rt.clock.now())
    wish = replace(body.wish(), display=await ledger.displayed(rt, body.display_currency or ""))

    async def handler(tx: WriteTx) -> Answer:
        async with promotions.watched(request, body.coupons):
            placed = await facade.hold_wish(
                tx, wish, guest_id=caller.user_id, expected_total=body.expected_total, now=rt.clock.now()
            )
        return Answer(201, s.hold_out(placed, rt.clock.now()), {"Location": f"/api/v1/holds/{placed.id}"})

    return await once(request, rt, handler, required=False)


@router.get("/holds/{hold_id}", response_model=s.HoldOut)
async def get_hold(request: Request, hold_id: UUID) -> Response:
    """A hold of the caller's."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        found = await queries.find_hold(tx, hold_id, caller.user_id)
    if found is None:
        raise HoldNotFound()
    return reply(s.hold_out(found, rt.clock.now()))


@router.post("/holds/{hold_id}/renew", response_model=s.HoldOut)
async def renew_hold(request: Request, hold_id: UUID) -> Response:
    """15 minutes more, once. An Idempotency-Key is welcome."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        renewed = await facade.renew_hold(tx, guest_id=caller.user_id, hold_id=hold_id, now=rt.clock.now())
        return Answer(200, s.hold_out(renewed, rt.clock.now()))

    return await once(request, rt, handler, required=False)


@router.put("/holds/{hold_id}/coupons", response_model=s.HoldOut)
async def discount_hold(request: Request, hold_id: UUID, body: s.SpendingIn) -> Response:
    """Use these coupons and credit for what is held, instead of those it has; none take all of them off."""
    caller, rt = require_caller(request), runtime(request)
    async with promotions.watched(request, body.coupons), rt.db.write() as tx:
        held = await facade.discount_hold(
            tx,
            guest_id=caller.user_id,
            hold_id=hold_id,
            coupons=body.coupons,
            use_credit=body.use_credit,
            now=rt.clock.now(),
        )
    return reply(s.hold_out(held, rt.clock.now()))


@router.delete("/holds/{hold_id}", status_code=204)
async def release(request: Request, hold_id: UUID) -> None:
    """Let go of a hold; repeating it changes nothing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await facade.release_hold(tx, guest_id=caller.user_id, hold_id=hold_id, now=rt.clock.now())
