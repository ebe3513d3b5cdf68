"""What accepting a request would do, and what it would refuse, by trying it and taking it back."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import Acceptance, Actor, Refusal
from hospes.modules.booking.use_cases.decide_booking import accept_booking
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError


class _Undone(Exception):
    """It would have worked."""


async def preview_acceptance(
    tx: WriteTx, *, booking_id: UUID, actor: Actor, actor_id: UUID, provider: str, now: datetime
) -> Acceptance:
    """Whether it can be accepted now, or why not, and the requests and waiting guests for the same time whose chance it
    takes. Nothing is changed."""
    booking = await lock_booking(tx, booking_id)
    refusal = None
    try:
        async with tx.savepoint():
            await accept_booking(tx, booking_id=booking_id, actor=actor, actor_id=actor_id, provider=provider, now=now)
            raise _Undone
    except _Undone:
        pass  # it could be done, and has been taken back
    except HospesError as fault:
        refusal = Refusal(fault.code, fault.detail, fault.fields)
    rivals = await queries.list_rival_requests(tx, booking)
    waiting = await queries.count_waiting(tx, booking.resource_id, booking.check_in_at, booking.check_out_at)
    return Acceptance(booking.id, refusal, tuple(rivals), waiting)
