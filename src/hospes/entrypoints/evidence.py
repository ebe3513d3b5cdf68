"""What the modules know of a booking that somebody disputes: facts in words, and the invoice as PDF."""

from uuid import UUID

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.identity import facade as identity
from hospes.modules.invoices import facade as invoices
from hospes.modules.invoices import queries as invoice_queries
from hospes.modules.invoices.contracts import Document
from hospes.modules.invoices.contracts import Kind as DocumentKind
from hospes.modules.notifications import queries as notifications
from hospes.modules.payments.contracts import EvidenceFile, Fact
from hospes.platform.runtime import Runtime

_STAY = {
    BookingStatus.IN_PROGRESS: "The guest has checked in and the stay is under way.",
    BookingStatus.COMPLETED: "The stay took place and has ended.",
    BookingStatus.NO_SHOW: "The guest did not come and did not cancel.",
    BookingStatus.CANCELLED: "The booking was cancelled; what was kept follows the terms agreed.",
}


async def gather_evidence(rt: Runtime, paid_for: UUID) -> tuple[list[Fact], list[EvidenceFile]]:
    """Facts and documents of the booking that was paid for, itself or a change of it; nothing when there is none."""
    async with rt.db.write() as tx:
        booking = await bookings.booking_paid_under(tx, paid_for)
    if booking is None:
        return [], []
    async with rt.db.read() as tx:
        guest = await identity.get_user(tx, booking.guest_id)
        told = await notifications.find_confirmation(tx, booking.id, booking.guest_id)
        documents = await invoice_queries.list_documents(tx, booking.id)
    facts = [*_of_booking(booking), Fact("guest", "Guest", guest.name), Fact("email", "Their address", guest.email)]
    if told is not None:
        facts.append(Fact("mail", "Confirmation", f"Sent by e-mail to the guest on {told:%d %B %Y, %H:%M} UTC"))
    invoice = _invoice(documents)
    if invoice is None:
        return facts, []
    facts.append(Fact("invoice", "Document", f"{invoice.code}, attached as PDF"))
    return facts, [EvidenceFile(f"{invoice.code}.pdf", "application/pdf", await invoices.draw(invoice))]


def _of_booking(booking: Booking) -> list[Fact]:
    terms = booking.terms
    where = ", ".join(part for part in (terms.property_name, terms.city, terms.country) if part)
    said = [
        Fact("service", "What was booked", f"{terms.resource_name}, {where}; booking {booking.reference}"),
        Fact("dates", "When", f"{booking.check_in_at:%d %B %Y} to {booking.check_out_at:%d %B %Y}"),
        Fact(
            "agreed", "Agreed", f"The guest booked and accepted these terms on {booking.created_at:%d %B %Y, %H:%M} UTC"
        ),
        Fact("terms", "Cancellation terms agreed", " ".join(terms.cancellation.text)),
        Fact("rules", "House rules agreed", terms.house_rules),
        Fact("stay", "What became of it", _STAY.get(booking.status, "")),
    ]
    return [each for each in said if each.text]


def _invoice(documents: list[Document]) -> Document | None:
    """The invoice, else a receipt; the newest."""
    for kind in (DocumentKind.INVOICE, DocumentKind.RECEIPT):
        found = [each for each in documents if each.kind is kind]
        if found:
            return found[-1]
    return None
