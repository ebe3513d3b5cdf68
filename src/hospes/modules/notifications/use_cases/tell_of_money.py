"""What guests are told when a payment moves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.invoices import facade as invoices
from hospes.modules.notifications.contracts import Kind, Letter, Recipient
from hospes.modules.notifications.policies import money_letters
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, write_message
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from hospes.platform.outbox import Event

_OVER = (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.DECLINED)
TYPES = (
    "payment.failed",
    "payment.balance_due",
    "payment.balance_failed",
    "payment.completed",
    "payment.refunded",
    "payment.renewal_refused",
)
DAMAGE, BALANCE, SHARE = "damage_deposit", "balance", "share"
UNDONE = "another_method_failed"


async def tell_of_money(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Write the guest's message, if this event makes one."""
    booking = await bookings.booking_paid_under(tx, event.aggregate_id)
    guest = await recipient(tx, _reader(event, booking)) if booking else None
    if booking is None or guest is None:
        return
    told = _letter(event, booking, guest)
    if told is not None:
        documents = await _receipt(tx, event, booking, desk) if told[0] is Kind.BALANCE_PAID else []
        await write_message(tx, desk, guest, *told, documents=documents)


def _reader(event: Event, booking: Booking) -> UUID:
    """The guest; of a share of the price whoever pays it."""
    payer = event.data.get("payer_id")
    return UUID(payer) if payer and event.data.get("purpose") == SHARE else booking.guest_id


async def _receipt(tx: WriteTx, event: Event, booking: Booking, desk: Desk) -> list[UUID]:
    """The receipt of this payment."""
    documents = await invoices.issue_due(tx, booking.id, now=desk.now)
    return [each.id for each in documents if each.about == UUID(event.data["payment_id"])]


def _letter(event: Event, booking: Booking, to: Recipient) -> tuple[Kind, Letter] | None:
    amount = Money(int(event.data["amount"]), str(event.data["currency"]))
    undone = event.data.get("purpose") == SHARE and event.data.get("reason") == UNDONE
    if event.type == "payment.refunded" and undone:
        return Kind.REFUND_DONE, money_letters.share_given_back(booking, to, amount=amount)
    if event.type == "payment.refunded":
        return Kind.REFUND_DONE, money_letters.refund_done(booking, to, amount=amount)
    if booking.status in _OVER or event.data.get("purpose") == DAMAGE:
        return None
    if event.type == "payment.completed":  # a first payment is told of by the confirmation
        told = money_letters.balance_paid(booking, to, amount=amount)
        return (Kind.BALANCE_PAID, told) if event.data.get("purpose") == BALANCE else None
    if event.type == "payment.failed":
        paid_for = str(event.aggregate_id)
        if undone:
            told = money_letters.share_let_go(booking, to, amount=amount, paid_for=paid_for)
            return Kind.PAYMENT_FAILED, told
        return Kind.PAYMENT_FAILED, money_letters.payment_failed(booking, to, amount=amount, paid_for=paid_for)
    if event.type == "payment.renewal_refused":
        page = f"/pay/{event.aggregate_id}?part={event.data['payment_id']}"
        ends_at = moment_of(event.data, "expires_at")
        told = money_letters.renewal_refused(booking, to, amount=amount, ends_at=ends_at, page=page)
        return Kind.RENEWAL_REFUSED, told
    if event.type == "payment.balance_due":
        due_at = moment_of(event.data, "due_at")
        return Kind.BALANCE_DUE, money_letters.balance_due(booking, to, amount=amount, due_at=due_at)
    lapses_at = moment_of(event.data, "lapses_at")
    return Kind.BALANCE_FAILED, money_letters.balance_failed(booking, to, amount=amount, lapses_at=lapses_at)


def moment_of(data: dict[str, Any], name: str) -> datetime | None:
    """A time that an event carries, or None."""
    said = data.get(name)
    return datetime.fromisoformat(said) if isinstance(said, str) and said else None
