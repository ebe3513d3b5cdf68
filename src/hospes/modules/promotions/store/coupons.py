"""The write side of coupons: counters moved by conditional updates, uses, drafts."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.promotions.contracts import Coupon, Discount
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money

# The guard of the last use: one statement counts and compares, so that of many rivals exactly one gets it.
_TAKE: LiteralString = (
    "UPDATE promotions.coupon SET used = used + 1 WHERE id = %s AND status = 'active'"
    " AND (global_limit IS NULL OR used < global_limit)"
)
_TAKE_OF_USER: LiteralString = """
INSERT INTO promotions.coupon_user AS u (coupon_id, user_id, used) VALUES (%(coupon)s, %(user)s, 1)
ON CONFLICT (coupon_id, user_id) DO UPDATE SET used = u.used + 1
WHERE u.used < COALESCE((SELECT c.per_user_limit FROM promotions.coupon AS c WHERE c.id = %(coupon)s), 2147483647)
"""
_GONE: LiteralString = """
UPDATE promotions.coupon_use SET status = 'released', expires_at = NULL, counted = false, updated_at = %(now)s
WHERE coupon_id = %(coupon)s AND counted
  AND (status = 'released' OR (status = 'reserved' AND expires_at <= %(now)s)) RETURNING user_id
"""


async def take(tx: WriteTx, coupon_id: UUID) -> bool:
    """Count one more use; False when the last one is taken, or the coupon is not active."""
    return bool(await tx.run(_TAKE, (coupon_id,)))


async def take_of_user(tx: WriteTx, coupon_id: UUID, user_id: UUID) -> bool:
    """Count one more use of this person's; False when they have no more. The coupon's row is locked by then."""
    return bool(await tx.run(_TAKE_OF_USER, {"coupon": coupon_id, "user": user_id}))


async def sweep(tx: WriteTx, coupon_id: UUID, now: datetime) -> int:
    """Stop counting what was let go or has run out; answers how many. Locks the coupon first, as `take` does."""
    await tx.run("SELECT 1 FROM promotions.coupon WHERE id = %s FOR NO KEY UPDATE", (coupon_id,))
    rows = await tx.all(_GONE, {"coupon": coupon_id, "now": now})
    if not rows:
        return 0
    await tx.run("UPDATE promotions.coupon SET used = used - %s::integer WHERE id = %s", (len(rows), coupon_id))
    await tx.run(
        "UPDATE promotions.coupon_user AS u SET used = u.used - gone.times FROM ("
        "  SELECT user_id, count(*)::integer AS times FROM unnest(%s::uuid[]) AS user_id GROUP BY 1) AS gone"
        " WHERE u.coupon_id = %s AND u.user_id = gone.user_id",
        ([row["user_id"] for row in rows], coupon_id),
    )
    return len(rows)


async def let_own_first_go(tx: WriteTx, user_id: UUID, now: datetime) -> None:
    """A first-booking reservation of this person's that has run out is over."""
    await tx.run(
        "UPDATE promotions.coupon_use SET status = 'released', expires_at = NULL, updated_at = %s"
        " WHERE user_id = %s AND first_only AND status = 'reserved' AND expires_at <= %s",
        (now, user_id, now),
    )


async def insert_use(
    tx: WriteTx,
    discount: Discount,
    off: Money,
    *,
    user_id: UUID,
    owner_id: UUID,
    until: datetime | None,
    now: datetime,
) -> bool:
    """One use, reserved until some time, or redeemed (None); False when a first-booking coupon is in use elsewhere."""
    return bool(
        await tx.run(
            "INSERT INTO promotions.coupon_use (id, coupon_id, user_id, owner_id, status, first_only, amount, currency,"
            " expires_at, created_at, updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (
                *(new_id(), discount.coupon_id, user_id, owner_id),
                *("reserved" if until else "redeemed", discount.first_booking_only),
                *(off.amount, off.currency, until, now, now),
            ),
        )
    )


async def release_uses(tx: WriteTx, owner_id: UUID, now: datetime) -> int:
    """Let go of an owner's uses. They stop being counted when somebody needs their place (`sweep`)."""
    return await tx.run(
        "UPDATE promotions.coupon_use SET status = 'released', expires_at = NULL, updated_at = %s"
        " WHERE owner_id = %s AND status <> 'released'",
        (now, owner_id),
    )


async def lock_reserved(tx: WriteTx, owner_id: UUID) -> set[UUID]:
    """The coupons an owner has reserved and nobody has swept, locked."""
    rows = await tx.all(
        "SELECT coupon_id FROM promotions.coupon_use WHERE owner_id = %s AND status = 'reserved'"
        " ORDER BY id FOR NO KEY UPDATE",
        (owner_id,),
    )
    return {row["coupon_id"] for row in rows}


async def move_uses(tx: WriteTx, owner_id: UUID, new_owner: UUID, *, until: datetime | None, now: datetime) -> None:
    """Reservations go to another owner, until another time, or are redeemed (None)."""
    await tx.run(
        "UPDATE promotions.coupon_use SET owner_id = %s, status = %s, expires_at = %s, updated_at = %s"
        " WHERE owner_id = %s AND status = 'reserved'",
        (new_owner, "reserved" if until else "redeemed", until, now, owner_id),
    )


async def note_amount(tx: WriteTx, owner_id: UUID, coupon_id: UUID, amount: int, now: datetime) -> None:
    """What a live use takes off since its booking was changed."""
    await tx.run(
        "UPDATE promotions.coupon_use SET amount = %s, updated_at = %s"
        " WHERE owner_id = %s AND coupon_id = %s AND status <> 'released'",
        (amount, now, owner_id, coupon_id),
    )


async def coupons_to_sweep(tx: WriteTx, now: datetime, limit: int) -> list[UUID]:
    """Coupons with uses that are counted though they are over."""
    rows = await tx.all(
        "SELECT DISTINCT coupon_id FROM promotions.coupon_use WHERE counted"
        " AND (status = 'released' OR (status = 'reserved' AND expires_at <= %s)) LIMIT %s::bigint",
        (now, limit),
    )
    return [row["coupon_id"] for row in rows]


_COLUMNS = (
    "id", "code", "kind", "borne_by", "starts_at", "name", "percent_bp", "amount", "cap", "currency", "fee",
    "combinable", "ends_at", "business_id", "property_id", "resource_kind", "user_id", "first_booking_only",
    "minimum_total", "minimum_nights", "per_user_limit", "global_limit", "status", "source",
)  # fmt: skip
_INSERT: LiteralString = """
INSERT INTO promotions.coupon (id, code, kind, borne_by, starts_at, name, percent_bp, amount, cap, currency, fee,
  combinable, ends_at, business_id, property_id, resource_kind, user_id, first_booking_only, minimum_total,
  minimum_nights, per_user_limit, global_limit, status, source, created_at, updated_at)
VALUES (%(id)s, %(code)s, %(kind)s, %(borne_by)s, %(starts_at)s, %(name)s, %(percent_bp)s, %(amount)s, %(cap)s,
  %(currency)s, %(fee)s, %(combinable)s, %(ends_at)s, %(business_id)s, %(property_id)s, %(resource_kind)s, %(user_id)s,
  %(first_booking_only)s, %(minimum_total)s, %(minimum_nights)s, %(per_user_limit)s, %(global_limit)s, %(status)s,
  %(source)s, %(now)s, %(now)s)
ON CONFLICT ON CONSTRAINT coupon_code_is_unique DO NOTHING
"""
_UPDATE: LiteralString = """
UPDATE promotions.coupon SET kind = %(kind)s, starts_at = %(starts_at)s, name = %(name)s, percent_bp = %(percent_bp)s,
  amount = %(amount)s, cap = %(cap)s, currency = %(currency)s, fee = %(fee)s, combinable = %(combinable)s,
  ends_at = %(ends_at)s, property_id = %(property_id)s, resource_kind = %(resource_kind)s,
  first_booking_only = %(first_booking_only)s, minimum_total = %(minimum_total)s, minimum_nights = %(minimum_nights)s,
  per_user_limit = %(per_user_limit)s, global_limit = %(global_limit)s, status = %(status)s, updated_at = %(now)s,
  version = version + 1
WHERE id = %(id)s AND version = %(version)s::integer AND (%(global_limit)s::integer IS NULL
  OR used <= %(global_limit)s::integer)
"""


async def insert_coupon(tx: WriteTx, coupon: Coupon, now: datetime) -> bool:
    """False when its code is taken."""
    return bool(await tx.run(_INSERT, _row(coupon) | {"now": now}))


async def update_coupon(tx: WriteTx, coupon: Coupon, now: datetime) -> bool:
    """All of it but its code; False when it is not the version that was read, or is used more often already."""
    return bool(await tx.run(_UPDATE, _row(coupon) | {"now": now, "version": coupon.version}))


async def delete_unused(tx: WriteTx, coupon_id: UUID) -> bool:
    """Forget a coupon nobody has used; False when it was used."""
    return bool(
        await tx.run(
            "DELETE FROM promotions.coupon AS c WHERE c.id = %s AND NOT EXISTS"
            " (SELECT 1 FROM promotions.coupon_use AS u WHERE u.coupon_id = c.id) AND NOT EXISTS"
            " (SELECT 1 FROM promotions.gift_given AS g WHERE g.coupon_id = c.id) AND NOT EXISTS"
            " (SELECT 1 FROM promotions.coupon_user AS p WHERE p.coupon_id = c.id)",
            (coupon_id,),
        )
    )


def _row(coupon: Coupon) -> dict[str, object]:
    values = {name: getattr(coupon, name) for name in _COLUMNS}
    return {
        name: str(each) if name in ("kind", "borne_by", "fee", "status") and each else each
        for name, each in values.items()
    }


async def set_status(tx: WriteTx, coupon_id: UUID, status: str, now: datetime) -> None:
    """active, paused or ended."""
    await tx.run(
        "UPDATE promotions.coupon SET status = %s, updated_at = %s, version = version + 1 WHERE id = %s",
        (status, now, coupon_id),
    )
