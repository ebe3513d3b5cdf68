"""Credit that paid for a booking comes back as credit."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.promotions.contracts import CreditLot
from hospes.modules.promotions.store import credits
from hospes.modules.promotions.use_cases.post_credit import post_returned
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money

LEAST = timedelta(days=30)


async def return_credit(tx: WriteTx, owner_id: UUID, amount: int, *, note: str = "", now: datetime) -> int:
    """Give back so much of what a booking has spent, at most all of it; answers how much. It can be spent as long as
    before, 30 days at least."""
    left = amount
    for use in await credits.spent_of(tx, owner_id):
        part = min(left, use["left"])
        if part <= 0:
            break
        await credits.mark_returned(tx, use["id"], part, now)
        ends = use["expires_at"]
        lot = CreditLot(
            id=new_id(),
            user_id=use["user_id"],
            currency=use["currency"],
            amount=part,
            left_over=part,
            expires_at=None if ends is None else max(ends, now + LEAST),
            reason="returned",
            note=note,
            created_at=now,
        )
        await credits.insert_lot(tx, lot, fund=use["fund"], about=owner_id)
        money = Money(part, use["currency"])
        await post_returned(tx, lot.id, use["user_id"], money, about=owner_id, note=note, now=now)
        left -= part
    return amount - left
