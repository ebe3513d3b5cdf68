"""A person sees to an attempt that machines have given up on: tries it again, or closes it with a note."""

from datetime import datetime
from uuid import UUID

from hospes.modules.payments import events, queries, store
from hospes.modules.payments.contracts import AttemptKind, AttemptStatus, DeadLetter, Held, LetterStatus, PaymentStatus
from hospes.modules.payments.errors import DeadLetterNotFound, NotRetriable
from hospes.modules.payments.states import Action, attempt_after, payment_after
from hospes.modules.payments.use_cases.publish_payment import publish_payment
from hospes.modules.payments.use_cases.record_attempt import (
    QUEUE,
    RUN_ATTEMPT,
    authorisation_of,
    given_back,
    record_attempt,
)
from hospes.modules.payments.use_cases.request_refund import refund_part
from hospes.platform import jobs
from hospes.platform.db import WriteTx

_NOTHING_HAPPENED = "provider_unavailable"


async def replay_letter(tx: WriteTx, letter_id: UUID, *, user_id: UUID, note: str = "", now: datetime) -> DeadLetter:
    """Try again: what never reached the provider is sent again under its key, what may have happened is looked up
    again, what was refused is asked anew. Raises `DeadLetterNotFound`, `NotRetriable`."""
    letter, held = await _open_letter(tx, letter_id)
    if held.attempt.status is AttemptStatus.DECLINED:
        await _ask_anew(tx, held, now)
    elif held.attempt.status is AttemptStatus.DEAD and letter.reason == _NOTHING_HAPPENED:
        await _send_again(tx, held, now)
    elif held.attempt.status is AttemptStatus.DEAD:
        to = attempt_after(held.attempt.status, Action.LOOK)
        assert to is not None
        await store.move_attempt(tx, held.attempt, to, tries=0, next_try_at=now, now=now)
    else:
        raise NotRetriable("What became of this attempt is known by now. Please resolve it with a note.")
    return await _end(tx, letter, held, LetterStatus.REPLAYED, user_id, note, now)


async def resolve_letter(tx: WriteTx, letter_id: UUID, *, user_id: UUID, note: str, now: datetime) -> DeadLetter:
    """Nothing more is to be done; the note says why. Raises `DeadLetterNotFound`, `NotRetriable` when it is over."""
    letter, held = await _open_letter(tx, letter_id)
    return await _end(tx, letter, held, LetterStatus.RESOLVED, user_id, note, now)


async def _open_letter(tx: WriteTx, letter_id: UUID) -> tuple[DeadLetter, Held]:
    letter = await queries.find_letter(tx, letter_id)
    if letter is None:
        raise DeadLetterNotFound
    held = await store.lock_attempt(tx, letter.attempt.id)
    assert held is not None
    if letter.status is not LetterStatus.OPEN:
        raise NotRetriable("Somebody has seen to this already.")
    return letter, held


async def _send_again(tx: WriteTx, held: Held, now: datetime) -> None:
    payment, attempt = held.payment, held.attempt
    if attempt.takes and payment.status is not PaymentStatus.AUTHORISED:
        to = payment_after(payment.status, Action.CHARGE)
        if to is None:
            raise NotRetriable("This payment takes no charge any more: it was paid otherwise, or cancelled.")
        await store.move_payment(tx, payment, to, now=now)
    again = attempt_after(attempt.status, Action.REPLAY)
    assert again is not None
    await store.move_attempt(tx, attempt, again, tries=0, next_try_at=now, now=now)
    await jobs.defer(tx, RUN_ATTEMPT, queue=QUEUE, attempt_id=str(attempt.id))


async def _ask_anew(tx: WriteTx, held: Held, now: datetime) -> None:
    """The provider answers a key it has refused with the same refusal, so this goes under a key of its own."""
    payment, attempt = held.payment, held.attempt
    attempts = await queries.list_attempts(tx, payment.id)
    amount = attempt.amount.amount
    if attempt.kind is AttemptKind.REFUND:
        if payment.captured - given_back(attempts) < amount:
            raise NotRetriable("That much is not left to give back.")
        await refund_part(tx, payment, attempts, amount, reason=attempt.reason or "replayed", now=now)
        return
    target = next((each for each in attempts if each.provider_ref == attempt.target_ref), None)
    if attempt.kind is not AttemptKind.VOID or target is None or authorisation_of(attempts) is None:
        raise NotRetriable("The provider has refused this for good. Please resolve it with a note.")
    await record_attempt(tx, payment, AttemptKind.VOID, amount=amount, target=target, reason=attempt.reason, now=now)


async def _end(
    tx: WriteTx, letter: DeadLetter, held: Held, status: LetterStatus, user_id: UUID, note: str, now: datetime
) -> DeadLetter:
    if not await store.end_letter(tx, letter.id, status, user_id=user_id, note=note, now=now):
        raise NotRetriable("Somebody has seen to this already.")
    await publish_payment(
        *(tx, events.DEAD_ENDED, held.payment),
        attempt_id=held.attempt.id,
        amount=held.attempt.amount.amount,
        reason=letter.reason,
        now=now,
        user_id=str(user_id),
        status=str(status),
        note=note,
        dead_letter_id=str(letter.id),
    )
    ended = await queries.find_letter(tx, letter.id)
    assert ended is not None
    return ended
