"""What payouts know of a person: where their business is paid to."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Copy, Obstacle, sheet

_MINE: LiteralString = "SELECT id FROM catalog.business WHERE owner_id = %(user)s"
_ACCOUNT: LiteralString = (
    f"SELECT provider, email, country, status, created_at FROM payouts.account WHERE business_id IN ({_MINE})"  # noqa: S608
)
_EARNINGS: LiteralString = f"SELECT * FROM payouts.earning WHERE business_id IN ({_MINE}) ORDER BY booking_id"  # noqa: S608
_PAYOUTS: LiteralString = f"SELECT * FROM payouts.payout WHERE business_id IN ({_MINE}) ORDER BY id"  # noqa: S608


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """The account, earnings and payouts of their business."""
    return Copy(
        [
            await sheet(tx, "payout-account", "Where you are paid to", _ACCOUNT, user_id),
            await sheet(tx, "earnings", "Earnings", _EARNINGS, user_id),
            await sheet(tx, "payouts", "Payouts", _PAYOUTS, user_id),
        ]
    )


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """Money they have earned and not got."""
    row = await tx.find(
        f"""
        SELECT EXISTS (SELECT 1 FROM payouts.earning WHERE business_id IN ({_MINE}) AND earned + taxes <> paid_out)
            OR EXISTS (SELECT 1 FROM payouts.payout WHERE business_id IN ({_MINE})
                        AND status IN ('recorded', 'calling', 'unknown')) AS unpaid
        """,  # noqa: S608
        {"user": user_id},
    )
    if row and row["unpaid"]:
        return [Obstacle("payout_unpaid", "Money you have earned is not paid out yet.", "/host/payouts")]
    return []


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """Amounts stay; the account goes."""
    await tx.run(f"DELETE FROM payouts.account WHERE business_id IN ({_MINE})", {"user": user_id})  # noqa: S608
    await tx.run(f"UPDATE payouts.hold SET reason = kind WHERE business_id IN ({_MINE})", {"user": user_id})  # noqa: S608
    return ()
