"""What falls due after booking is taken without the payer: balances before arrival, damage deposits at check-in.

Each part is seen to in a transaction of its own, and the conditional moves make a second worker harmless.
"""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import Payment, PaymentStatus, Purpose
from hospes.modules.payments.policies.retrying import BALANCE_REMINDER, REAUTHORISE_AGAIN, REAUTHORISE_BEFORE
from hospes.modules.payments.states import Action, payment_after
from hospes.modules.payments.use_cases.authorise_anew import authorise_anew
from hospes.modules.payments.use_cases.capture_payment import release_damages
from hospes.modules.payments.use_cases.note_outcome import balance_failed
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.start_charge import start_charge
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime

BATCH = 50


async def take_later_parts(rt: Runtime) -> None:
    """Remind, take, try again, give up, authorise anew, let go: whatever is due."""
    now = rt.clock.now()
    async with rt.db.read() as tx:
        remind = await queries.list_to_remind(tx, now=now, until=now + BALANCE_REMINDER, limit=BATCH)
        lapsed = await queries.list_lapsed(tx, now, BATCH)
        due = await queries.list_due(tx, now, BATCH)
        running_out = await queries.list_running_out(
            tx, now + REAUTHORISE_BEFORE, now=now, since=now - REAUTHORISE_AGAIN, limit=BATCH
        )
        release = await queries.list_to_release(tx, now, BATCH)
    for payment_id in remind:
        async with rt.db.write() as tx:
            await _remind(tx, payment_id, now)
    for payment_id in lapsed:
        async with rt.db.write() as tx:
            await _give_up(tx, payment_id, now)
    for payment_id in due:
        async with rt.db.write() as tx:
            await _take(tx, rt, payment_id, now)
    for payment_id in running_out:
        async with rt.db.write() as tx:
            await authorise_anew(tx, rt, payment_id, now)
    for payment_id in release:
        async with rt.db.write() as tx:
            part = await _locked(tx, payment_id)
            if part is not None and part.release_at is not None and part.release_at <= now:
                await release_damages(tx, part, now)


async def _remind(tx: WriteTx, payment_id: UUID, now: datetime) -> None:
    part = await _locked(tx, payment_id)
    if part is None or part.due_at is None or not await store.mark_reminded(tx, payment_id, now=now):
        return
    await publish_payment(
        *(tx, events.BALANCE_DUE, part),
        attempt_id=None,
        now=now,
        due_at=part.due_at.isoformat(),
        has_method=part.method is not None,
    )


async def _take(tx: WriteTx, rt: Runtime, payment_id: UUID, now: datetime) -> None:
    part = await _locked(tx, payment_id)
    if part is None or part.due_at is None or part.due_at > now or payment_after(part.status, Action.CHARGE) is None:
        return
    provider = rt.ports.payment_providers.get(part.provider)
    if part.method is None or provider is None:
        await _no_method(tx, part, now)
        return
    await start_charge(tx, part.id, part.method, now, can_authorise=provider.can.authorise, off_session=True)


async def _no_method(tx: WriteTx, part: Payment, now: datetime) -> None:
    """Nothing is kept that could be charged: the payer must do it, and is told."""
    await store.move_payment(tx, part, PaymentStatus.FAILED, failure="no_method", now=now)
    if part.purpose is Purpose.BALANCE:
        await balance_failed(tx, part, "no_method", off_session=True, now=now)
        return
    await store.set_later(tx, part.id, due_at=None, lapses_at=None, tries=part.tries + 1, now=now)
    kind = "damage_deposit_failed"
    await publish_payment(tx, events.ATTENTION, part, attempt_id=None, reason="no_method", now=now, kind=kind)


async def _give_up(tx: WriteTx, payment_id: UUID, now: datetime) -> None:
    """The time to pay it is over. Who booked it ends the booking, and with it this part."""
    part = await _locked(tx, payment_id)
    if part is None or part.lapses_at is None or part.lapses_at > now or part.status is not PaymentStatus.FAILED:
        return
    await store.set_later(tx, part.id, due_at=None, lapses_at=None, tries=part.tries, now=now)
    await publish_payment(tx, events.BALANCE_LAPSED, part, attempt_id=None, reason=part.failure, now=now)


async def _locked(tx: WriteTx, payment_id: UUID) -> Payment | None:
    return next((each for each in await store.lock_siblings(tx, payment_id) if each.id == payment_id), None)
