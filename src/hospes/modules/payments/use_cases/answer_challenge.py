"""The payer answered the bank's question on the sandbox's page."""

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import Attempt, AttemptStatus, Payment, PaymentStatus
from hospes.modules.payments.errors import PaymentNotOpen
from hospes.modules.payments.providers.vault import CardVault
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.platform.db import ReadTx
from hospes.platform.runtime import Runtime


async def answer_challenge(rt: Runtime, payment: Payment, *, approve: bool) -> None:
    """Pass the answer on and settle the attempt at once; raises `PaymentNotOpen` when nothing is asked any more."""
    async with rt.db.read() as tx:
        attempt = await asked_attempt(tx, payment)
    vault: CardVault | None = rt.ports.payment_providers.get(attempt.provider) if attempt else None
    if attempt is None or vault is None or not hasattr(vault, "answer_challenge"):
        raise PaymentNotOpen("There is nothing to confirm for this payment.")
    await vault.answer_challenge(attempt.id, approve=approve)
    await look_up_attempt(rt, attempt.id)


async def asked_attempt(tx: ReadTx, payment: Payment) -> Attempt | None:
    """The charge that waits for its payer."""
    if payment.status is not PaymentStatus.NEEDS_ACTION and not payment.wants_renewal:
        return None
    attempts = await queries.list_attempts(tx, payment.id)
    return next((each for each in attempts if each.takes and each.status is AttemptStatus.NEEDS_ACTION), None)
