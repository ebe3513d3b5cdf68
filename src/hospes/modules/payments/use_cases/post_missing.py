"""What moved before there was a ledger is posted as it would have been."""

from uuid import UUID

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import AttemptKind
from hospes.modules.payments.use_cases.post_movement import post_given_back, post_taken
from hospes.platform.db import WriteTx


async def post_missing(tx: WriteTx, *, after: UUID | None, limit: int) -> UUID | None:
    """Post the next so many movements behind `after`; what is posted already stays as it is. Answers the last one
    looked at, None at the end."""
    attempts = await queries.list_moved(tx, after=after, limit=limit)
    payments = {each.id: each for each in await queries.list_payments_by_id(tx, [each.payment_id for each in attempts])}
    for attempt in attempts:
        payment = payments[attempt.payment_id]
        if attempt.kind is AttemptKind.REFUND:
            await post_given_back(tx, payment, attempt, now=attempt.updated_at)
        else:
            await post_taken(tx, payment, attempt, fee=attempt.fee, now=attempt.updated_at)
    return attempts[-1].id if attempts else None
