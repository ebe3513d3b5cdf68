"""What has run out is not counted any more. Nothing waits for this: who needs the place of a use sweeps it."""

from datetime import datetime

from hospes.modules.promotions import events
from hospes.modules.promotions.store import coupons, credits
from hospes.modules.promotions.use_cases.post_credit import post_expired
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from hospes.platform.outbox import publish


async def sweep_coupon(tx: WriteTx, *, now: datetime) -> int:
    """Sweep one coupon, so that its lock is short; answers how many uses stopped being counted, 0 when all is done."""
    for coupon_id in await coupons.coupons_to_sweep(tx, now, 1):
        return await coupons.sweep(tx, coupon_id, now)
    return 0


async def expire_credit(tx: WriteTx, *, limit: int = 100, now: datetime) -> int:
    """Credit whose time is over goes back to whoever gave it; answers how many lots."""
    await credits.release_all_stale(tx, now)
    lots = await credits.lock_expired_lots(tx, now, limit)
    for lot in lots:
        await credits.empty_lot(tx, lot["id"], lot["left_over"])
        money = Money(lot["left_over"], lot["currency"])
        await post_expired(tx, lot["id"], lot["user_id"], money, fund=lot["fund"], now=now)
        data = {"user_id": str(lot["user_id"]), "lot_id": str(lot["id"]), **money.as_json()}
        await publish(tx, events.CREDIT_EXPIRED, lot["user_id"], data, now=now)
    return len(lots)
