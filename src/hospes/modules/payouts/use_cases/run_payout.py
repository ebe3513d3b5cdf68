"""A recorded payout is sent: marked calling (commit), transfer outside any transaction, outcome (commit).

Its id is the key at every try, so that whatever was lost on the way, money moves once.
"""

from datetime import datetime
from uuid import UUID

import structlog

from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Line, host, provider, provider_fees, tax
from hospes.modules.payments.facade import pay_out
from hospes.modules.payouts import events, store
from hospes.modules.payouts.contracts import Payout, PayoutStatus
from hospes.modules.payouts.policies.retrying import LEASE, next_step
from hospes.modules.payouts.use_cases.hold_money import place_hold
from hospes.modules.payouts.use_cases.record_payouts import payout_data
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
_S = PayoutStatus
_OPEN = frozenset({_S.RECORDED, _S.CALLING, _S.UNKNOWN})


async def run_payout(rt: Runtime, payout_id: UUID) -> None:
    """Send it if it is recorded; any other is left alone, so a repeated call is harmless."""
    payout = await begin(rt, payout_id)
    if payout is None:
        return
    answer = await pay_out.transfer(
        rt,
        payout.provider,
        key=payout.id,
        account_ref=payout.account_ref,
        amount=payout.amount,
        about=f"Payout of {payout.created_at:%d %B %Y}",
    )
    async with rt.db.write() as tx:
        await settle_payout(tx, payout_id, answer, now=rt.clock.now())


async def find_out(rt: Runtime, payout_id: UUID) -> None:
    """Ask what became of one whose answer was lost, or whose worker died; one that never arrived is sent again."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        payout = await store.lock_payout(tx, payout_id)
        if payout is None or payout.status not in (_S.CALLING, _S.UNKNOWN) or (payout.next_try_at or now) > now:
            return
        # Whoever else looks at the same time leaves it alone meanwhile.
        await store.move_payout(tx, payout, payout.status, tries=payout.tries, next_try_at=now + LEASE, now=now)
    answer = await pay_out.look_up_transfer(
        rt, payout.provider, key=payout.id, account_ref=payout.account_ref, ref=payout.provider_ref
    )
    async with rt.db.write() as tx:
        await settle_payout(tx, payout_id, answer, now=rt.clock.now())


async def begin(rt: Runtime, payout_id: UUID) -> Payout | None:
    """Mark it as calling and commit; None when somebody else does."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        payout = await store.lock_payout(tx, payout_id)
        if payout is None or payout.status is not _S.RECORDED or (payout.next_try_at or now) > now:
            return None
        await store.move_payout(tx, payout, _S.CALLING, tries=payout.tries + 1, next_try_at=now + LEASE, now=now)
    return payout


async def settle_payout(tx: WriteTx, payout_id: UUID, answer: pay_out.TransferAnswer, *, now: datetime) -> None:
    """Write down what came back; an answer that changes nothing any more is ignored."""
    payout = await store.lock_payout(tx, payout_id)
    if payout is None or payout.status not in _OPEN:
        return
    match answer:
        case pay_out.Transferred() if answer.amount != payout.amount:
            log.error("payout_amount_differs", payout_id=str(payout.id), asked=payout.amount, moved=answer.amount)
            await _later(tx, payout, _S.UNKNOWN, "amount_differs", answer.ref, now)
        case pay_out.Transferred():
            await _paid(tx, payout, answer, now)
        case pay_out.TransferRefused():
            await _failed(tx, payout, answer.reason, now)
        case pay_out.TransferUnknown():
            await _later(tx, payout, _S.UNKNOWN, answer.why, answer.ref, now)
        case pay_out.TransferNotMade():
            await _later(tx, payout, _S.RECORDED, answer.why, None, now)


async def _paid(tx: WriteTx, payout: Payout, answer: pay_out.Transferred, now: datetime) -> None:
    held, amount = provider(payout.provider), payout.amount.amount
    lines = [
        Line(host(payout.business_id), amount - payout.taxes),
        Line(tax(payout.business_id), payout.taxes),
        Line(held, -amount),
    ]
    if answer.fee:
        lines += [Line(provider_fees(payout.provider), answer.fee), Line(held, -answer.fee)]
    await store.move_payout(tx, payout, _S.PAID, ref=answer.ref, next_try_at=None, now=now)
    await ledger.post(
        tx,
        key=f"payout:{payout.id}",
        kind="paid_out",
        about=None,
        lines=lines,
        currency=payout.amount.currency,
        now=now,
    )
    await publish(tx, events.PAYOUT_PAID, payout.id, payout_data(payout), now=now)


async def _failed(tx: WriteTx, payout: Payout, reason: str, now: datetime) -> None:
    """Back on the balance, and nothing more is sent there until a person has looked at it."""
    log.error("payout_refused", payout_id=str(payout.id), reason=reason)
    await store.move_payout(tx, payout, _S.FAILED, reason=reason, next_try_at=None, now=now)
    await store.give_lines_back(tx, payout.id)
    await place_hold(
        tx,
        business_id=payout.business_id,
        booking_id=None,
        kind="transfer_refused",
        reason=f"The provider refused a transfer: {reason.replace('_', ' ')}.",
        user_id=None,
        now=now,
    )
    await publish(tx, events.PAYOUT_FAILED, payout.id, payout_data(payout, reason=reason), now=now)


async def _later(tx: WriteTx, payout: Payout, to: PayoutStatus, why: str, ref: str | None, now: datetime) -> None:
    tries = payout.tries + (0 if payout.status is _S.CALLING else 1)
    at = next_step(tries, now)
    await store.move_payout(tx, payout, to, ref=ref, reason=why[:200], tries=min(tries, 1000), next_try_at=at, now=now)
