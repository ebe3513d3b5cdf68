"""Keep nights for a guest while they make up their mind and pay."""

from datetime import date, datetime
from uuid import UUID

from hospes.modules.booking import events, queries, store
from hospes.modules.booking.contracts import Hold, HoldStatus, Party
from hospes.modules.booking.errors import PriceChanged, TooManyHolds
from hospes.modules.booking.policies.deadlines import HOLD_FOR, MAX_HOLDS
from hospes.modules.booking.use_cases.quote_stay import ask_for, price_quote
from hospes.modules.booking.use_cases.release_hold import end_hold
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimKind
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def place_hold(
    tx: WriteTx,
    *,
    guest_id: UUID,
    resource_id: UUID,
    arrival: date,
    departure: date,
    party: Party,
    expected_total: int | None = None,
    now: datetime,
) -> Hold:
    """A hold of 15 minutes at today's price; the guest's own holds of overlapping nights give way to it.

    Raises what `quote_stay` raises, `PriceChanged`, `TooManyHolds` above five at once, `NotAvailable`.
    """
    sellable, quote = await price_quote(
        tx, resource_id=resource_id, arrival=arrival, departure=departure, party=party, now=now
    )
    if expected_total is not None and expected_total != quote.price.total:
        raise PriceChanged(f"The total is {quote.total.text()} now.", total=quote.total.as_json())
    await store.lock_guest(tx, guest_id)
    await release_own(tx, guest_id, resource_id, arrival, departure, now=now)
    if len(await queries.list_holds_of_guest(tx, guest_id, now)) >= MAX_HOLDS:
        raise TooManyHolds(f"You are keeping {MAX_HOLDS} places already. Book or release one of them first.")
    hold = Hold(
        id=new_id(),
        guest_id=guest_id,
        resource_id=resource_id,
        arrival=arrival,
        departure=departure,
        party=party,
        quote=quote,
        status=HoldStatus.LIVE,
        expires_at=now + HOLD_FOR,
        created_at=now,
    )
    await inventory.claim(
        tx,
        ask_for(sellable, arrival, departure),
        kind=ClaimKind.HOLD,
        owner_id=hold.id,
        held_until=hold.expires_at,
        now=now,
    )
    await store.insert_hold(tx, hold)
    data = events.nights_data(resource_id, arrival, departure, hold_id=str(hold.id))
    await publish(tx, events.HOLD_CREATED, hold.id, data, now=now)
    return hold


async def release_own(
    tx: WriteTx, guest_id: UUID, resource_id: UUID, arrival: date, departure: date, *, now: datetime
) -> bool:
    """A guest's own hold never blocks them: let go of those in the way; True when there was one."""
    holds = await store.lock_overlapping_holds(tx, guest_id, resource_id, arrival, departure)
    for hold in holds:
        await end_hold(tx, hold, HoldStatus.RELEASED, now=now)
    return bool(holds)
