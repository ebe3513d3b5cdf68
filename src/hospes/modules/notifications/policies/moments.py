"""Times and people in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_date

from hospes.modules.booking.contracts import Booking, Mode, Party


def said_day(day: date) -> str:
    """`Wed 1 Jul 2026`."""
    return str(format_date(day, "EEE d MMM y", locale="en"))


def said_moment(at: datetime, zone: str) -> str:
    """`Wed 1 Jul 2026, 15:00 (Lisbon time)`; an unknown zone is UTC."""
    known = zone if zone in available_timezones() else "UTC"
    local = at.astimezone(ZoneInfo(known))
    return f"{said_day(local.date())}, {local:%H:%M} ({zone_words(known)})"


def zone_words(zone: str) -> str:
    """`Lisbon time`."""
    return "UTC" if zone == "UTC" else f"{zone.split('/')[-1].replace('_', ' ')} time"


def span_of(booking: Booking) -> str:
    """When it is, in the time of the place."""
    if booking.mode is Mode.NIGHTLY:
        return f"{said_day(booking.arrival)} to {said_day(booking.departure)}"
    zone = ZoneInfo(booking.terms.zone)
    starts, ends = booking.check_in_at.astimezone(zone), booking.check_out_at.astimezone(zone)
    until = f"{ends:%H:%M}" if starts.date() == ends.date() else f"{said_day(ends.date())}, {ends:%H:%M}"
    return f"{said_day(starts.date())}, {starts:%H:%M} to {until} ({zone_words(booking.terms.zone)})"


def hours_of(booking: Booking) -> tuple[tuple[str, str], ...]:
    """When one may come and must go, of stays."""
    if booking.mode is not Mode.NIGHTLY:
        return ()
    zone = booking.terms.zone
    return (
        ("Check-in from", said_moment(booking.check_in_at, zone)),
        ("Check-out until", said_moment(booking.check_out_at, zone)),
    )


def party_words(party: Party) -> str:
    """`2 adults, 1 child, 1 pet`."""
    counts = (
        (party.adults, "adult", "adults"),
        (party.children, "child", "children"),
        (party.infants, "infant", "infants"),
        (party.pets, "pet", "pets"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts if count)


def nearby(booking: Booking) -> str:
    """The place and its town."""
    return f"{booking.terms.property_name}, {booking.terms.city}"


def country_name(code: str) -> str:
    """`Portugal`; unknown codes as they are."""
    return str(Locale("en").territories.get(code, code))
