"""What is authorised must still be there when it is taken: renewed, or authorised anew, before it lapses."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import AttemptKind, Payment, PaymentStatus
from hospes.modules.payments.policies.retrying import REAUTHORISE_BEFORE
from hospes.modules.payments.providers.port import PaymentProvider
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import authorisation_of, record_attempt
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime

LAPSED = "authorisation_expired"


async def authorise_anew(tx: WriteTx, rt: Runtime, payment_id: UUID, now: datetime) -> None:
    """Before an authorisation lapses another takes its place; one that has lapsed is none any more. One that the
    provider is not sure of any more is renewed, without asking anybody."""
    part = next((each for each in await store.lock_siblings(tx, payment_id) if each.id == payment_id), None)
    expires_at = part.authorisation_expires_at if part else None
    if part is None or part.status is not PaymentStatus.AUTHORISED or expires_at is None:
        return
    if expires_at <= now:
        await _lapsed(tx, part, now)
    elif expires_at <= now + REAUTHORISE_BEFORE:
        await _replace(tx, part, now)
    elif part.honoured_until is not None and part.honoured_until <= now:
        await _renew(tx, rt, part, now)


async def refuse_renewal(tx: WriteTx, part: Payment, reason: str, now: datetime) -> None:
    """What is authorised stands until it lapses, and nothing takes its place by itself: the payer is asked to pay
    again, and whoever sells is told; once, until it is authorised again."""
    if part.renewal_refused_at is not None:
        return
    await store.set_renewal(tx, part.id, honoured_until=None, refused_at=now, now=now)
    until = part.authorisation_expires_at.isoformat() if part.authorisation_expires_at else None
    await publish_payment(tx, events.RENEWAL_REFUSED, part, attempt_id=None, reason=reason, now=now, expires_at=until)
    kind = "reauthorisation_failed"
    await publish_payment(tx, events.ATTENTION, part, attempt_id=None, reason=reason, now=now, kind=kind)


async def _lapsed(tx: WriteTx, part: Payment, now: datetime) -> None:
    await store.move_payment(tx, part, PaymentStatus.FAILED, failure=LAPSED, now=now)
    await publish_payment(tx, events.FAILED, part, attempt_id=None, reason=LAPSED, now=now)
    kind = "authorisation_lapsed"
    await publish_payment(tx, events.ATTENTION, part, attempt_id=None, reason=LAPSED, now=now, kind=kind)


async def _replace(tx: WriteTx, part: Payment, now: datetime) -> None:
    if part.method is None:
        await refuse_renewal(tx, part, "no_method", now)
        return
    amount, kind = part.amount.amount, AttemptKind.AUTHORISE
    await record_attempt(tx, part, kind, amount=amount, method=part.method, off_session=True, now=now)


async def _renew(tx: WriteTx, rt: Runtime, part: Payment, now: datetime) -> None:
    standing = authorisation_of(await queries.list_attempts(tx, part.id))
    provider: PaymentProvider | None = rt.ports.payment_providers.get(standing.provider) if standing else None
    if standing is None or provider is None or not provider.can.renews:
        await store.set_renewal(tx, part.id, honoured_until=None, refused_at=part.renewal_refused_at, now=now)
        return
    amount, kind = part.amount.amount, AttemptKind.AUTHORISE
    await record_attempt(tx, part, kind, amount=amount, target=standing, off_session=True, now=now)
