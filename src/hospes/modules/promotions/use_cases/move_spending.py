"""What a hold has reserved goes to its booking, is kept longer, or is used for good."""

from datetime import datetime
from uuid import UUID

from hospes.modules.promotions.store import coupons, credits
from hospes.modules.promotions.use_cases.post_credit import post_spent
from hospes.modules.promotions.use_cases.reserve_spending import Uses, reserve_spending
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def move_spending(
    tx: WriteTx,
    owner_id: UUID,
    new_owner: UUID,
    *,
    user_id: UUID,
    uses: Uses,
    credit: Money,
    until: datetime | None,
    now: datetime,
) -> None:
    """The new owner has it until that time, or for good (None). What somebody else has got meanwhile, because it had
    run out, is taken anew. Raises as `reserve_spending` does."""
    kept = await coupons.lock_reserved(tx, owner_id)
    saved = await credits.lock_reserved(tx, owner_id)
    if kept != {discount.coupon_id for discount, _ in uses} or saved != credit.amount:
        await release_spending(tx, owner_id, now=now)
        await reserve_spending(tx, owner_id=new_owner, user_id=user_id, uses=uses, credit=credit, until=until, now=now)
        return
    if kept:
        await coupons.move_uses(tx, owner_id, new_owner, until=until, now=now)
    if saved:
        for use_id, amount in await credits.move_uses(tx, owner_id, new_owner, until=until, now=now):
            if until is None:
                money = Money(amount, credit.currency)
                await post_spent(tx, use_id, user_id, money, about=new_owner, now=now)


async def note_amounts(tx: WriteTx, owner_id: UUID, uses: Uses, *, now: datetime) -> None:
    """What a booking's coupons take off since it was changed, for who counts their uses."""
    for discount, amount in uses:
        await coupons.note_amount(tx, owner_id, discount.coupon_id, amount, now)


async def release_spending(tx: WriteTx, owner_id: UUID, *, now: datetime) -> None:
    """Coupons can be used again and reserved credit is left again; credit that was spent needs `return_credit`."""
    await coupons.release_uses(tx, owner_id, now)
    await credits.release_reserved(tx, owner_id, now)
