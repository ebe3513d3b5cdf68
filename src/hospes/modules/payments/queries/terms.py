"""How businesses take money."""

from uuid import UUID

from hospes.modules.payments.contracts import PaymentTerms, Way
from hospes.platform.db import Asked, ReadTx, Row


def ask_terms(tx: ReadTx, resource_id: UUID) -> Asked:
    """How the business that sells this takes money; a question that the next statement takes along."""
    return tx.ask(
        "SELECT t.way, t.deposit_bp, t.long_stay_nights, t.balance_days, t.grace_days, t.damage_amount,"
        " t.damage_currency FROM payments.terms t WHERE t.business_id = (SELECT place.business_id"
        " FROM catalog.resource AS sold JOIN catalog.property AS place ON place.id = sold.property_id"
        " WHERE sold.id = %s)",
        (resource_id,),
    )


def terms_from(row: Row | None) -> PaymentTerms:
    """A row of `payments.terms`; the ordinary terms when there is none."""
    return PaymentTerms(**{**row, "way": Way(row["way"])}) if row else PaymentTerms()


async def find_terms(tx: ReadTx, business_id: UUID) -> PaymentTerms:
    """How a business takes money."""
    row = await tx.find(
        "SELECT t.way, t.deposit_bp, t.long_stay_nights, t.balance_days, t.grace_days, t.damage_amount,"
        " t.damage_currency FROM payments.terms t WHERE t.business_id = %s",
        (business_id,),
    )
    return terms_from(row)
