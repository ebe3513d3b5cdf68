"""A guest tries coupons and credit on what they hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import store
from hospes.modules.booking.contracts import Hold
from hospes.modules.booking.errors import HoldNotFound
from hospes.modules.booking.use_cases.spending import let_spending_go, reserve, spend
from hospes.modules.inventory.errors import HoldExpired
from hospes.platform.db import WriteTx


async def discount_hold(
    tx: WriteTx, *, guest_id: UUID, hold_id: UUID, coupons: Sequence[str], use_credit: bool, now: datetime
) -> Hold:
    """The hold at the price it was quoted at, with these coupons and credit instead of those it had, reserved as long
    as the place is. Raises `HoldNotFound`, `HoldExpired`, or why one of them cannot be used."""
    hold = await store.lock_hold(tx, hold_id, guest_id)
    if hold is None:
        raise HoldNotFound("There is no such hold of yours.")
    if not hold.live(now):
        raise HoldExpired("The time to book has run out. Please choose your dates again.")
    await let_spending_go(tx, hold.quote.terms, hold.id, now=now)
    quote = await spend(tx, hold.quote, codes=coupons, use_credit=use_credit, guest_id=guest_id, now=now)
    await reserve(tx, quote.terms, owner_id=hold.id, guest_id=guest_id, until=hold.expires_at, now=now)
    await store.requote_hold(tx, hold.id, quote)
    return replace(hold, quote=quote)
