"""Waiting for a place, and being offered one."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.booking import facade, queries
from hospes.modules.booking import schemas as s
from hospes.modules.booking.contracts import Actor
from hospes.modules.booking.errors import WaitlistEntryNotFound
from hospes.modules.booking.http.access import manages, reply
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import ResourceNotFound
from hospes.platform.caller import require_caller
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

router = APIRouter()


@router.post("/waitlist", status_code=201, response_model=s.WaitEntryOut)
async def join_waitlist(request: Request, body: s.WaitIn) -> Response:
    """Wait for what is taken. When it is free, who waits longest is offered it for half an hour."""
    caller, rt = require_caller(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        entry = await facade.join_waitlist(
            tx, body.wish(), guest_id=caller.user_id, minutes=body.any_minutes, now=rt.clock.now()
        )
        return Answer(201, s.wait_entry_out(entry), {"Location": f"/api/v1/waitlist/{entry.id}"})

    return await once(request, rt, handler, required=False)


@router.get("/waitlist", response_model=s.WaitEntriesOut)
async def list_waitlist(request: Request) -> Response:
    """What you wait for, were offered, or no longer wait for; the newest first."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        found = await queries.list_entries_of_guest(tx, caller.user_id)
    return reply({"items": [s.wait_entry_out(each) for each in found]})


@router.get("/waitlist/{entry_id}", response_model=s.WaitEntryOut)
async def read_waitlist_entry(request: Request, entry_id: UUID) -> Response:
    """Your place in a queue."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        found = await queries.find_entry(tx, entry_id, caller.user_id)
    if found is None:
        raise WaitlistEntryNotFound()
    return reply(s.wait_entry_out(found))


@router.delete("/waitlist/{entry_id}", status_code=204)
async def leave_waitlist(request: Request, entry_id: UUID) -> None:
    """Leave the queue; an offer goes to the next one. Repeating it changes nothing."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await facade.leave_waitlist(tx, guest_id=caller.user_id, entry_id=entry_id, now=rt.clock.now())


@router.post("/waitlist/{entry_id}/accept", status_code=201, response_model=s.BookingOut)
async def accept_offer(request: Request, entry_id: UUID, body: s.AcceptIn | None = None) -> Response:
    """Book what is offered. Needs an Idempotency-Key. (Booking the offer's hold does the same.)"""
    caller, rt, wish = require_caller(request), runtime(request), body or s.AcceptIn()

    async def handler(tx: WriteTx) -> Answer:
        booking = await facade.accept_offer(
            tx,
            guest_id=caller.user_id,
            entry_id=entry_id,
            message=wish.message,
            expected_total=wish.expected_total,
            provider=rt.settings.payment_provider,
            now=rt.clock.now(),
        )
        location = {"Location": f"/api/v1/bookings/{booking.id}"}
        return Answer(201, s.booking_out(booking, Actor.GUEST), location)

    return await once(request, rt, handler)


@router.get("/resources/{resource_id}/waitlist", response_model=s.QueueOut)
async def read_queue(request: Request, resource_id: UUID) -> Response:
    """How many wait for a resource of the caller's business, and for when."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        if not await manages(tx, caller, sellable.business_id):
            raise ResourceNotFound()
        found = await queries.list_queue(tx, resource_id)
    return reply(s.queue_out(found))
