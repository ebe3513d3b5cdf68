"""What moved is written to the ledger in the transaction that records it, with the statement that follows."""

from datetime import datetime

from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Account, Line, deposit, guest, host, platform, provider, provider_fees
from hospes.modules.payments.contracts import AT_PROPERTY, Attempt, AttemptKind, Dispute, Payment, Purpose
from hospes.platform.db import WriteTx

DAMAGE_KEPT = "damage_kept"


async def post_taken(tx: WriteTx, payment: Payment, attempt: Attempt, *, fee: int | None, now: datetime) -> None:
    """Money has come in; what the provider keeps of it, when it says so."""
    held, amount = _held(payment, attempt.provider), attempt.amount.amount
    lines = [Line(held, amount), Line(_whose(payment, attempt), -amount)]
    if fee:
        lines += [Line(provider_fees(attempt.provider), fee), Line(held, -fee)]
    kind = "damage_taken" if payment.purpose is Purpose.DAMAGE_DEPOSIT else "captured"
    await _post(tx, payment, str(attempt.id), kind, lines, now)


async def post_given_back(tx: WriteTx, payment: Payment, attempt: Attempt, *, now: datetime) -> None:
    """Money has gone back to the guest."""
    amount = attempt.amount.amount
    lines = [Line(_whose(payment, attempt), amount), Line(_held(payment, attempt.provider), -amount)]
    await _post(tx, payment, str(attempt.id), "refunded", lines, now)


async def post_damage_kept(tx: WriteTx, payment: Payment, amount: int, *, now: datetime) -> None:
    """Of a damage deposit that had to be taken the host keeps so much."""
    lines = [Line(deposit(payment.payer_id), amount), Line(_host(payment), -amount)]
    await _post(tx, payment, f"{payment.id}:kept", DAMAGE_KEPT, lines, now)


async def post_dispute(tx: WriteTx, payment: Payment, dispute: Dispute, *, now: datetime) -> None:
    """A chargeback was lost: the provider has taken the money back from the platform."""
    amount = dispute.amount.amount
    lines = [Line(platform("chargebacks"), amount), Line(provider(dispute.provider), -amount)]
    await _post(tx, payment, f"{dispute.id}:lost", "dispute_lost", lines, now)


def _held(payment: Payment, name: str) -> Account:
    """Where the money is: at the provider, or with the host who was paid at the desk."""
    return _host(payment) if name == AT_PROPERTY else provider(name)


def _whose(payment: Payment, attempt: Attempt) -> Account:
    """Damages are taken for the host; a damage deposit that could not only be authorised stays the guest's."""
    if payment.purpose is not Purpose.DAMAGE_DEPOSIT:
        return guest(payment.payer_id)
    return _host(payment) if attempt.kind is AttemptKind.CAPTURE else deposit(payment.payer_id)


def _host(payment: Payment) -> Account:
    if payment.business_id is None:
        raise LookupError(f"payment {payment.id} concerns a host and does not say which")
    return host(payment.business_id)


async def _post(tx: WriteTx, payment: Payment, key: str, kind: str, lines: list[Line], now: datetime) -> None:
    await ledger.post_later(
        tx,
        key=f"payment:{key}",
        kind=kind,
        about=payment.booking_id,
        lines=lines,
        currency=payment.amount.currency,
        now=now,
    )
