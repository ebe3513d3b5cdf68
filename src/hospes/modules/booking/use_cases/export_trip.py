"""A booking as an event in a calendar of one's own."""

from zoneinfo import ZoneInfo

from hospes.modules.booking.contracts import Booking, BookingStatus, Mode
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import PropertyNotFound
from hospes.platform.db import ReadTx
from hospes.platform.icalendar import CalendarEvent, write_calendar

FIRM = frozenset({BookingStatus.CONFIRMED, BookingStatus.IN_PROGRESS, BookingStatus.COMPLETED})
OPEN = frozenset({BookingStatus.PENDING_APPROVAL, BookingStatus.PENDING_PAYMENT})


async def export_trip(tx: ReadTx, booking: Booking, *, address: str) -> str:
    """The booking as text/calendar; `address` is that of its page.

    Its uid never changes and its sequence is the booking's version, so that a calendar replaces what it has. The street
    is told once the booking is firm.
    """
    terms = booking.terms
    event = CalendarEvent(
        uid=f"trip-{booking.id}@hospes",
        starts=booking.check_in_at,
        ends=booking.check_out_at,
        summary=f"{terms.property_name}, {terms.city}",
        stamp=booking.updated_at,
        sequence=booking.version,
        status="CONFIRMED" if booking.status in FIRM else "TENTATIVE" if booking.status in OPEN else "CANCELLED",
        location=await _location(tx, booking),
        description=_described(booking),
        url=address,
    )
    return write_calendar(f"{terms.property_name}, {terms.city}", [event])


async def _location(tx: ReadTx, booking: Booking) -> str:
    city = f"{booking.terms.city}, {booking.terms.country}"
    if booking.status not in FIRM:
        return city
    try:
        place = await catalog.get_property(tx, booking.property_id)
    except PropertyNotFound:
        return city
    return ", ".join(part for part in (place.street, f"{place.postcode} {place.city}".strip(), place.country) if part)


def _described(booking: Booking) -> str:
    terms, zone = booking.terms, ZoneInfo(booking.terms.zone)
    begins, ends = (each.astimezone(zone) for each in (booking.check_in_at, booking.check_out_at))
    words = ("Check-in from", "check-out until") if booking.mode is Mode.NIGHTLY else ("From", "until")
    said = f"{words[0]} {begins:%d %b %Y %H:%M}, {words[1]} {ends:%d %b %Y %H:%M} ({terms.zone})."
    return f"{terms.resource_name}. Reference {booking.reference}.\n{said}"
