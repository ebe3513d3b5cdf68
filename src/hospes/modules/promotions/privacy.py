"""What promotions know of a person: coupons, credit, whom they invited."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Copy, Obstacle, sheet

_COUPONS: LiteralString = "SELECT * FROM promotions.coupon WHERE user_id = %(user)s ORDER BY id"
_USES: LiteralString = "SELECT * FROM promotions.coupon_use WHERE user_id = %(user)s ORDER BY id"
_CREDIT: LiteralString = "SELECT * FROM promotions.wallet_entry WHERE user_id = %(user)s ORDER BY id"
_INVITED: LiteralString = """
SELECT (SELECT code FROM promotions.referral_code WHERE user_id = %(user)s) AS your_code, status, created_at
  FROM promotions.referral WHERE referrer_id = %(user)s ORDER BY id
"""


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """Coupons, credit, uses, referrals."""
    return Copy(
        [
            await sheet(tx, "coupons", "Your coupons", _COUPONS, user_id),
            await sheet(tx, "coupon-uses", "Coupons you used", _USES, user_id),
            await sheet(tx, "credit", "Credit", _CREDIT, user_id),
            await sheet(tx, "invitations", "Invitations", _INVITED, user_id),
        ]
    )


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """None: credit that is left is lost, and the page says so."""
    return []


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """The books stay; marks, codes and notes go."""
    who = {"user": user_id}
    await tx.run("DELETE FROM promotions.payer_mark WHERE user_id = %(user)s", who)
    await tx.run("DELETE FROM promotions.referral_code WHERE user_id = %(user)s", who)
    await tx.run("UPDATE promotions.credit_lot SET note = '' WHERE user_id = %(user)s AND note <> ''", who)
    await tx.run("UPDATE promotions.wallet_entry SET note = '' WHERE user_id = %(user)s AND note <> ''", who)
    await tx.run("UPDATE promotions.coupon SET name = '', status = 'ended' WHERE user_id = %(user)s", who)
    return ()
