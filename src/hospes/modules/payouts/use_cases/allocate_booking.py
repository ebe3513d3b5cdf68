"""What is kept of a booking's price is the host's, the platform's and the tax office's, by the ledger.

It posts what is to be, less what is posted: repeating it posts nothing, and whatever happened in between is made up
for.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Action, Booking, BookingStatus
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Account, AccountKind, Line, Transaction, guest, host, platform, tax
from hospes.modules.payments import facade as payments
from hospes.modules.payouts import queries, store
from hospes.modules.payouts.contracts import Earning, Shares
from hospes.modules.payouts.policies.allocating import PricePart, allocate
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.settings import Payouts

ALLOCATED = "allocated"
_STANDING = frozenset(
    {BookingStatus.CONFIRMED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED, BookingStatus.NO_SHOW}
)
_CREDIT = ("credit_spent", "credit_returned")
_BESIDES = {"captured": "Paid to you at the property", "damage_kept": "Damages", "damage_taken": "Damages",
            "chargeback": "Chargeback", "refunded": "Given back by you",
            "credit_given": "Goodwill to the guest", "paid_elsewhere": "Paid to you by other means"}  # fmt: skip


async def allocate_booking(
    tx: WriteTx, booking_id: UUID, *, terms: Payouts, even_if_over: bool = False, now: datetime
) -> Shares | None:
    """The shares as they are posted afterwards; None for a booking that was never confirmed. `even_if_over`: of one
    that was cancelled before it was ever shared too, if something of it was kept."""
    booking = await bookings.find_booking(tx, booking_id)
    if booking is None or not (await _concerns(tx, booking) or (even_if_over and await _kept_something(tx, booking))):
        return None
    earning = await store.lock_earning(tx, await _fresh(tx, booking, terms, now), now=now)
    paid_for = await bookings.paid_under(tx, booking.id)
    posted = [each for name in paid_for for each in await ledger.about(tx, name)]
    shares = await _shares(tx, booking, earning, paid_for, posted)
    await _post(tx, booking, shares, posted, now)
    posted = [each for name in paid_for for each in await ledger.about(tx, name)]
    await store.set_earned(
        tx,
        booking.id,
        earned=-_on(posted, host(booking.business_id)),
        taxes=-_on(posted, tax(booking.business_id)),
        lines=[*store.lines_json(shares), *_besides(posted, booking)],
        available_at=_available(booking, terms),
        now=now,
    )
    return shares


async def _concerns(tx: ReadTx, booking: Booking) -> bool:
    return booking.status in _STANDING or await queries.find_earning(tx, booking.id) is not None


async def _kept_something(tx: WriteTx, booking: Booking) -> bool:
    if booking.status is not BookingStatus.CANCELLED:
        return False
    return any([await payments.refundable_of(tx, name) > 0 for name in await bookings.paid_under(tx, booking.id)])


async def _fresh(tx: ReadTx, booking: Booking, terms: Payouts, now: datetime) -> Earning:
    own = await queries.find_terms(tx, booking.business_id)
    return Earning(
        booking_id=booking.id,
        business_id=booking.business_id,
        reference=booking.reference,
        currency=booking.total.currency,
        commission_bp=terms.commission_bp if own is None else own,
        earned=0,
        taxes=0,
        paid_out=0,
        taxes_out=0,
        lines=(),
        available_at=_available(booking, terms),
        confirmed_at=now,
    )


def _available(booking: Booking, terms: Payouts) -> datetime:
    return booking.check_in_at + timedelta(hours=terms.delay_hours)


async def _shares(
    tx: WriteTx, booking: Booking, earning: Earning, paid_for: Sequence[UUID], posted: Sequence[Transaction]
) -> Shares:
    """What is kept, in money (taken, or still to be) and credit, and whose it is."""
    if booking.status not in _STANDING and booking.status is not BookingStatus.CANCELLED:
        return Shares()
    kept = -_on([each for each in posted if each.kind in _CREDIT], guest(booking.guest_id))
    for name in paid_for:
        kept += await payments.refundable_of(tx, name)
    if booking.status in _STANDING:
        kept += await payments.unpaid_of(tx, paid_for)
    parts = [_part(line) for line in booking.terms.price.lines]
    if booking.status is BookingStatus.CANCELLED:
        parts = await _kept_parts(tx, booking, parts, kept)
    return allocate(parts, commission_bp=earning.commission_bp, kept=kept)


def _part(line: Any) -> PricePart:
    return PricePart(line.code, line.label, line.amount, line.included, line.kind, line.borne_by)


async def _kept_parts(tx: ReadTx, booking: Booking, parts: list[PricePart], kept: int) -> list[PricePart]:
    """What the refund left of each line, when that is what was kept; else the lines as they were."""
    history = await bookings.history_of(tx, booking.id)
    step = next((each for each in reversed(history) if each.action is Action.CANCEL), None)
    if step is None or step.from_status is not BookingStatus.CONFIRMED:
        return parts
    before = replace(booking, status=BookingStatus.CONFIRMED)
    refund = bookings.preview_cancellation(before, actor=step.actor, now=step.at)
    if len(refund.lines) != len(parts):
        return parts
    left = [
        replace(part, amount=line.paid - line.refund, included=_left(part, parts, refund.amount))
        for part, line in zip(parts, refund.lines, strict=True)
    ]
    return left if sum(each.amount for each in left if each.kind != "credit") == kept else parts


def _left(part: PricePart, parts: Sequence[PricePart], refunded: int) -> int:
    """Of a tax within the price the share of what is kept."""
    total = sum(each.amount for each in parts if each.kind != "credit")
    return part.included * max(total - refunded, 0) // total if total > 0 and part.included >= 0 else 0


async def _post(tx: WriteTx, booking: Booking, shares: Shares, posted: Sequence[Transaction], now: datetime) -> None:
    mine = [each for each in posted if each.kind == ALLOCATED]
    wanted = {
        guest(booking.guest_id): shares.kept,
        host(booking.business_id): -shares.host,
        tax(booking.business_id): -shares.taxes,
        platform("fees"): -shares.fees,
        platform("promotions"): -shares.promotions,
        platform("rounding"): -shares.rounding,
    }
    lines = [Line(account, amount - _on(mine, account)) for account, amount in wanted.items()]
    await ledger.post(
        tx,
        key=f"allocation:{booking.id}:{len(mine) + 1}",
        kind=ALLOCATED,
        about=booking.id,
        lines=lines,
        currency=booking.total.currency,
        note=f"{booking.reference}, {'as confirmed' if not mine else 'corrected'}",
        now=now,
    )


def _on(posted: Sequence[Transaction], account: Account) -> int:
    return sum(line.amount for each in posted for line in each.lines if line.account == account)


def _besides(posted: Sequence[Transaction], booking: Booking) -> list[dict[str, Any]]:
    """What else the host got or gave for this booking."""
    sums: dict[str, int] = {}
    for each in posted:
        own = sum(
            line.amount
            for line in each.lines
            if line.account.kind is AccountKind.HOST and line.account.owner == str(booking.business_id)
        )
        if each.kind != ALLOCATED and own:
            label = _BESIDES.get(each.kind, each.kind.replace("_", " ").capitalize())
            sums[label] = sums.get(label, 0) - own
    return [{"label": label, "amount": amount} for label, amount in sums.items() if amount]
