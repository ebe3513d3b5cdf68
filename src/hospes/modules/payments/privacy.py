"""What payments know of a person: what they paid, and the methods they keep."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Copy, Obstacle, sheet

_MINE: LiteralString = "SELECT id FROM payments.payment WHERE payer_id = %(user)s"


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """Payments, attempts, methods kept, disputes."""
    return Copy(
        [
            await sheet(
                tx,
                "payments",
                "Payments",
                "SELECT id, booking_id, provider, currency, amount, captured, refunded, status, failure, purpose, part,"
                " due_at, created_at, updated_at FROM payments.payment WHERE payer_id = %(user)s ORDER BY id",
                user_id,
            ),
            await sheet(
                tx,
                "payment-attempts",
                "Charges and refunds",
                "SELECT payment_id, kind, amount, status, reason, method->>'brand' AS brand, method->>'last4' AS last4,"  # noqa: S608
                f" created_at FROM payments.attempt WHERE payment_id IN ({_MINE}) ORDER BY payment_id, id",
                user_id,
            ),
            await sheet(
                tx,
                "payment-methods",
                "Cards and accounts you keep",
                "SELECT provider, brand, last4, is_default, created_at, deleted_at FROM payments.saved_method"
                " WHERE user_id = %(user)s ORDER BY id",
                user_id,
            ),
            await sheet(
                tx,
                "disputes",
                "Disputes",
                f"SELECT * FROM payments.dispute WHERE payment_id IN ({_MINE}) ORDER BY id",  # noqa: S608
                user_id,
            ),
        ]
    )


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """Disputes that are open, and money on its way."""
    rows = await tx.all(
        """
        SELECT count(*) FILTER (WHERE d.status = 'open') AS disputes,
               count(*) FILTER (WHERE EXISTS (SELECT 1 FROM payments.attempt AS a WHERE a.payment_id = p.id
                                               AND a.status IN ('recorded', 'calling', 'unknown'))) AS moving
          FROM payments.payment AS p LEFT JOIN payments.dispute AS d ON d.payment_id = p.id
         WHERE p.payer_id = %(user)s OR p.business_id IN (SELECT id FROM catalog.business WHERE owner_id = %(user)s)
        """,
        {"user": user_id},
    )
    found, said = rows[0], []
    if found["disputes"]:
        said.append(Obstacle("dispute_open", "A dispute about a payment is open.", "/account/payments"))
    if found["moving"]:
        said.append(Obstacle("money_moving", "A payment or refund is under way.", "/account/payments"))
    return said


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """Amounts and the providers' references stay, as the books demand; methods and words go."""
    who = {"user": user_id, "now": now}
    await tx.run("UPDATE payments.payment SET method = NULL, customer = NULL WHERE payer_id = %(user)s", who)
    await tx.run(
        "UPDATE payments.attempt SET method = '{}', action = NULL WHERE payment_id IN"
        " (SELECT id FROM payments.payment WHERE payer_id = %(user)s)",
        who,
    )
    await tx.run("DELETE FROM payments.saving WHERE user_id = %(user)s", who)
    await tx.run("DELETE FROM payments.saved_method WHERE user_id = %(user)s", who)
    await tx.run(
        "UPDATE payments.dispute_answer SET words = '', facts = CASE WHEN facts IS NULL THEN NULL ELSE '{}'::jsonb END"  # noqa: S608
        " WHERE written_by = %(user)s OR dispute_id IN (SELECT d.id FROM payments.dispute AS d WHERE d.payment_id IN"
        f" ({_MINE}))",
        who,
    )
    await tx.run(
        "UPDATE payments.provider_event SET payload = '{}' WHERE attempt_id IN (SELECT id FROM payments.attempt WHERE"  # noqa: S608
        f" payment_id IN ({_MINE})) AND processed_at IS NOT NULL",
        who,
    )
    await tx.run(f"UPDATE payments.dead_letter SET note = '' WHERE payment_id IN ({_MINE})", who)  # noqa: S608
    return ()
