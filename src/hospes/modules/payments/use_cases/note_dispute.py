"""A payer's bank takes money back: opened, then won or lost; messages may come twice, late or in another order."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import Dispute, DisputeStatus, Payment
from hospes.modules.payments.providers.port import DisputeNews
from hospes.modules.payments.use_cases.post_movement import post_dispute
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money

log = structlog.get_logger(__name__)
_FACTS = {
    DisputeStatus.OPEN: events.DISPUTED,
    DisputeStatus.WON: events.DISPUTE_WON,
    DisputeStatus.LOST: events.DISPUTE_LOST,
}


async def note_dispute(tx: WriteTx, provider: str, said: dict[str, Any], *, now: datetime) -> Dispute | None:
    """The dispute as it stands afterwards; None when it is about no payment of ours. What is over stays as it ended."""
    key = UUID(said["charge_key"]) if said["charge_key"] else None
    attempt = await queries.find_charge(tx, provider, key=key, ref=said["charge_ref"])
    if attempt is None:
        log.error("dispute_of_nothing", provider=provider, ref=said["ref"])
        return None
    payment = next(each for each in await store.lock_siblings(tx, attempt.payment_id) if each.id == attempt.payment_id)
    status = DisputeStatus(said["status"])
    fresh = _dispute(provider, said, payment, status, now)
    if await store.insert_dispute(tx, fresh):
        await _tell(tx, payment, fresh, now)
        return fresh
    known = await queries.find_dispute(tx, provider, said["ref"])
    assert known is not None
    if status is DisputeStatus.OPEN or not await store.close_dispute(tx, known.id, status, now=now):
        return known
    ended = await queries.find_dispute(tx, provider, said["ref"])
    assert ended is not None
    await _tell(tx, payment, ended, now)
    return ended


def dispute_json(news: DisputeNews) -> dict[str, Any]:
    """What `note_dispute` reads, kept with the provider's message."""
    return {
        "ref": news.ref,
        "charge_ref": news.charge_ref,
        "charge_key": str(news.charge_key) if news.charge_key else None,
        "amount": news.amount.amount,
        "currency": news.amount.currency,
        "status": news.status,
        "reason": news.reason[:200],
        "evidence_due": news.evidence_due.isoformat() if news.evidence_due else None,
    }


async def _tell(tx: WriteTx, payment: Payment, dispute: Dispute, now: datetime) -> None:
    await store.set_disputed(tx, payment.id, dispute.status is not DisputeStatus.WON, now=now)
    if dispute.status is DisputeStatus.LOST:
        await post_dispute(tx, payment, dispute, now=now)
    await publish_payment(
        *(tx, _FACTS[dispute.status], payment),
        attempt_id=None,
        amount=dispute.amount.amount,
        reason=dispute.reason,
        now=now,
        dispute_id=str(dispute.id),
        evidence_due=dispute.evidence_due.isoformat() if dispute.evidence_due else None,
    )


def _dispute(provider: str, said: dict[str, Any], payment: Payment, status: DisputeStatus, now: datetime) -> Dispute:
    due = said["evidence_due"]
    return Dispute(
        id=new_id(),
        provider=provider,
        ref=said["ref"],
        payment_id=payment.id,
        booking_id=payment.booking_id,
        amount=Money(said["amount"], said["currency"]),
        status=status,
        reason=said["reason"],
        evidence_due=datetime.fromisoformat(due) if due else None,
        opened_at=now,
        closed_at=None if status is DisputeStatus.OPEN else now,
    )
