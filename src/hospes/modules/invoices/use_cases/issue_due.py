"""Brings a booking's documents up to what has happened to it: after anything that may matter, as often as one likes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus, HistoryEntry
from hospes.modules.invoices import queries, store
from hospes.modules.invoices.contracts import Document, Kind, Line
from hospes.modules.invoices.policies.amounts import CREDIT, at_most, kept_of, kind_of, outstanding, without_credit
from hospes.modules.invoices.policies.timing import is_due
from hospes.modules.invoices.use_cases.issue_document import issue_document
from hospes.modules.invoices.use_cases.name_parties import seller_of
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Payment
from hospes.platform.db import WriteTx

_COSTS = frozenset({BookingStatus.CONFIRMED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED, BookingStatus.NO_SHOW})


async def issue_due(tx: WriteTx, booking_id: UUID, *, now: datetime) -> list[Document]:
    """Every document of the booking, those just issued included. Raises `BookingNotFound`.

    A receipt for each payment taken; an invoice once one is due; then a further invoice or a credit note for whatever
    the booking costs more or less than they say.
    """
    await store.lock_booking(tx, booking_id)
    booking = await bookings.get_booking(tx, booking_id)
    documents = await queries.list_documents(tx, booking_id)
    parts = await payments.list_parts(tx, await bookings.paid_under(tx, booking_id))
    for part in parts:
        if part.captured > 0 and not any(each.about == part.id for each in documents):
            documents.append(await _receive(tx, booking, documents, part, now=now))
    lines = outstanding(await _wanted(tx, booking, parts), documents)
    if lines and (_last_invoice(documents) or await _due(tx, booking, parts)):
        documents.append(await _say(tx, booking, documents, parts, lines, now=now))
    return documents


async def _receive(
    tx: WriteTx, booking: Booking, before: Sequence[Document], part: Payment, *, now: datetime
) -> Document:
    label = "Damage deposit" if not part.of_the_price else f"Payment for booking {booking.reference}"
    detail = part.method.label if part.method else ""
    line = Line("payment", label, part.captured, detail, unit_amount=part.captured)
    return await issue_document(tx, booking, before, Kind.RECEIPT, (line,), about=part.id, now=now)


async def _wanted(tx: WriteTx, booking: Booking, parts: Sequence[Payment]) -> tuple[Line, ...]:
    """What the booking costs now, line by line; of a cancelled one what its terms kept, at most what was paid of it."""
    lines = _lines(booking)
    if booking.status in _COSTS:
        return without_credit(lines)
    if booking.status is not BookingStatus.CANCELLED:
        return ()
    step = _cancelling(await bookings.history_of(tx, booking.id))
    if step is None or step.from_status is not BookingStatus.CONFIRMED:
        return ()
    confirmed = replace(booking, status=BookingStatus.CONFIRMED)
    refund = bookings.preview_cancellation(confirmed, actor=Actor(step.actor), now=step.at)
    if not refund.lines:  # it cost nothing
        return ()
    kept = without_credit(kept_of(lines, [line.refund for line in refund.lines]))
    return at_most(kept, _received(parts) - _credit(booking))


def _cancelling(history: Sequence[HistoryEntry]) -> HistoryEntry | None:
    return next((step for step in reversed(history) if step.action is Action.CANCEL), None)


def _lines(booking: Booking) -> tuple[Line, ...]:
    return tuple(
        Line(each.code, each.label, each.amount, each.detail, each.quantity, each.unit_amount, each.included)
        for each in booking.terms.price.lines
    )


async def _due(tx: WriteTx, booking: Booking, parts: Sequence[Payment]) -> bool:
    seller = await seller_of(tx, booking.business_id)
    return is_due(booking.status, seller.issue_at, paid=_received(parts), total=booking.total.amount)


def _received(parts: Sequence[Payment]) -> int:
    return sum(part.captured for part in parts if part.of_the_price)


async def _say(
    tx: WriteTx,
    booking: Booking,
    before: Sequence[Document],
    parts: Sequence[Payment],
    lines: Sequence[Line],
    *,
    now: datetime,
) -> Document:
    kind, last = kind_of(lines), _last_invoice(before)
    if kind is Kind.CREDIT_NOTE:
        assert last is not None  # nothing is credited before something was invoiced: no line is below zero by itself
        return await issue_document(tx, booking, before, kind, lines, refers_to=last, reason=_reason(booking), now=now)
    reason = f"In addition to {last.code}: the booking was changed." if last else ""
    paid = _paid(booking, parts) if last is None else []
    return await issue_document(tx, booking, before, kind, lines, payments=paid, reason=reason, now=now)


def _paid(booking: Booking, parts: Sequence[Payment]) -> list[tuple[str, int]]:
    """What an invoice says was paid: below zero, for it is taken off."""
    said = [("Paid from credit", _credit(booking)), ("Received", -_received(parts))]
    return [(label, amount) for label, amount in said if amount]


def _credit(booking: Booking) -> int:
    """How much of the price was paid from credit, below zero."""
    return sum(line.amount for line in booking.terms.price.lines if line.code == CREDIT)


def _last_invoice(documents: Sequence[Document]) -> Document | None:
    """The last invoice: what a credit note is about."""
    return next((each for each in reversed(documents) if each.kind is Kind.INVOICE), None)


def _reason(booking: Booking) -> str:
    return "The booking was cancelled." if booking.status is BookingStatus.CANCELLED else "The booking was changed."
