"""What other modules may ask of inventory."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from hospes.modules.inventory import queries, store
from hospes.modules.inventory.contracts import Claim, ClaimAsk, ClaimKind, NightState
from hospes.modules.inventory.errors import BlockNotFound, HoldExpired
from hospes.modules.inventory.use_cases.claim_nights import claim_nights, claim_several
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id


async def claim(
    tx: WriteTx,
    ask: ClaimAsk,
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None = None,
    now: datetime,
    note: str = "",
) -> Claim:
    """Take the nights for the owner; raises `NotAvailable`. Expired soft claims in the way are released."""
    return await claim_nights(tx, ask, kind=kind, owner_id=owner_id, held_until=held_until, now=now, note=note)


async def claim_all(
    tx: WriteTx,
    asks: Sequence[ClaimAsk],
    *,
    kind: ClaimKind,
    owner_id: UUID,
    held_until: datetime | None = None,
    now: datetime,
) -> list[Claim]:
    """Take everything or raise `NotAvailable` (then roll back); locked in one order, so that rivals never deadlock."""
    return await claim_several(tx, asks, kind=kind, owner_id=owner_id, held_until=held_until, now=now)


async def claims_of(tx: ReadTx, owner_id: UUID) -> list[Claim]:
    """The live claims of a hold, booking or block."""
    return await queries.list_claims_of(tx, owner_id)


async def hand_over(
    tx: WriteTx,
    from_owner: UUID,
    to_owner: UUID,
    *,
    kind: ClaimKind,
    held_until: datetime | None = None,
    now: datetime,
) -> list[Claim]:
    """Give the claims of one owner to another without letting go; raises `HoldExpired` when a rival has them."""
    claims = await store.give_claims(tx, from_owner, to_owner, kind, held_until)
    if not claims:
        raise HoldExpired("The time to book has run out. Please choose your dates again.")
    return claims


async def make_firm(tx: WriteTx, owner_id: UUID, *, now: datetime) -> bool:
    """Keep the owner's claims for good; False when they have been released."""
    return await store.harden_claims(tx, owner_id, None)


async def extend(tx: WriteTx, owner_id: UUID, held_until: datetime, *, now: datetime) -> bool:
    """Keep the owner's claims until another instant; False when they have been released."""
    return await store.harden_claims(tx, owner_id, held_until)


async def release(tx: WriteTx, owner_id: UUID, *, now: datetime) -> int:
    """Let go of everything the owner holds; answers how many claims."""
    return await store.release_owner(tx, owner_id, now)


async def block(tx: WriteTx, ask: ClaimAsk, *, note: str = "", now: datetime) -> Claim:
    """Keep nights off sale; raises `NotAvailable`. The block's id is the claim's `owner_id`."""
    return await claim_nights(tx, ask, kind=ClaimKind.BLOCK, owner_id=new_id(), held_until=None, now=now, note=note)


async def unblock(tx: WriteTx, block_id: UUID, *, now: datetime) -> None:
    """Put blocked nights back on sale; raises `BlockNotFound`."""
    claims = await queries.list_claims_of(tx, block_id)
    if not claims or claims[0].kind is not ClaimKind.BLOCK or not await store.release_owner(tx, block_id, now):
        raise BlockNotFound("This block is not there any more.")


async def is_available(tx: ReadTx, ask: ClaimAsk, *, now: datetime) -> bool:
    """Whether a claim would succeed now. The answer may be stale a moment later."""
    return await queries.is_available(tx, ask, now)


async def calendar(
    tx: ReadTx,
    resource_id: UUID,
    *,
    pooled: bool,
    capacity: int,
    unit_ids: Sequence[UUID],
    first: date,
    last: date,
    now: datetime,
) -> list[NightState]:
    """Each night of [first, last]: how many are free."""
    return await queries.calendar(
        tx, resource_id, pooled=pooled, capacity=capacity, unit_ids=unit_ids, first=first, last=last, now=now
    )


async def claims_between(tx: ReadTx, resource_ids: Sequence[UUID], first: date, last: date) -> list[Claim]:
    """Every live claim that touches a night of [first, last], for the host's calendar."""
    return await queries.list_claims_between(tx, resource_ids, first, last)


async def release_expired(tx: WriteTx, *, limit: int, now: datetime) -> list[UUID]:
    """Let go of soft claims whose time has passed; answers the resources touched."""
    return await store.release_expired(tx, limit, now)
