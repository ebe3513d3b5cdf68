"""How businesses take money."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments.contracts import PaymentTerms
from hospes.platform.db import WriteTx


async def set_terms(tx: WriteTx, business_id: UUID, terms: PaymentTerms, *, user_id: UUID, now: datetime) -> None:
    """How a business takes money from now on."""
    await tx.run(
        "INSERT INTO payments.terms (business_id, way, deposit_bp, long_stay_nights, balance_days, grace_days,"
        " damage_amount, damage_currency, updated_at, updated_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (business_id) DO UPDATE SET way = EXCLUDED.way, deposit_bp = EXCLUDED.deposit_bp,"
        " long_stay_nights = EXCLUDED.long_stay_nights, balance_days = EXCLUDED.balance_days,"
        " grace_days = EXCLUDED.grace_days, damage_amount = EXCLUDED.damage_amount,"
        " damage_currency = EXCLUDED.damage_currency, updated_at = EXCLUDED.updated_at,"
        " updated_by = EXCLUDED.updated_by",
        (
            *(business_id, str(terms.way), terms.deposit_bp, terms.long_stay_nights, terms.balance_days),
            *(terms.grace_days, terms.damage_amount, terms.damage_currency, now, user_id),
        ),
    )
