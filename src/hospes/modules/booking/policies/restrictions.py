"""Whether a stay may be asked for at all. Each rule has its own sentence and its own code.

Search and pages must offer nothing that this refuses: `arrival` is today or later in the property's zone, `departure`
at most `horizon_days` from today, and check-in at least `notice_hours` from now.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hospes.modules.booking import errors
from hospes.modules.booking.contracts import Party
from hospes.platform.errors import Invalid

MAX_NIGHTS = 365


@dataclass(frozen=True, slots=True)
class StayRules:
    """What the listing asks of a stay."""

    zone: str
    check_in_from: time
    check_out_until: time
    max_guests: int
    pets_allowed: bool
    min_nights: int
    max_nights: int
    notice_hours: int
    horizon_days: int


def check_stay(rules: StayRules, arrival: date, departure: date, party: Party, *, now: datetime) -> None:
    """Raises the first refusal that applies."""
    _check_dates(rules, arrival, departure, today_in(rules.zone, now))
    wait = instant(rules.zone, arrival, rules.check_in_from) - now
    if rules.notice_hours and wait < timedelta(hours=rules.notice_hours):
        raise _at("arrival", errors.TooLittleNotice, f"The host needs {_hours(rules.notice_hours)} notice.")
    check_party(rules, party)


def _check_dates(rules: StayRules, arrival: date, departure: date, today: date) -> None:
    nights = (departure - arrival).days
    if nights <= 0:
        raise _at("departure", errors.DatesReversed, "The departure must be after the arrival.")
    if arrival < today:
        raise _at("arrival", errors.ArrivalInPast, "The arrival is in the past.")
    longest = min(rules.max_nights, MAX_NIGHTS)
    if nights > longest:
        raise _at("departure", errors.StayTooLong, f"Stays here last at most {_nights(longest)}.")
    if nights < rules.min_nights:
        raise _at("departure", errors.StayTooShort, f"Stays here last at least {_nights(rules.min_nights)}.")
    last = today + timedelta(days=rules.horizon_days)
    if arrival >= last:
        raise _at("arrival", errors.BeyondHorizon, f"Stays can be booked up to {last.isoformat()}.")
    if departure > last:
        raise _at("departure", errors.BeyondHorizon, f"Stays can be booked up to {last.isoformat()}.")


def check_party(rules: StayRules, party: Party) -> None:
    """Raises unless there is room for everyone who comes."""
    if party.adults < 1:
        raise _at("adults", errors.NoAdult, "At least one adult has to come.")
    if party.guests > rules.max_guests:
        room = f"There is room for {rules.max_guests} guest{'s' if rules.max_guests > 1 else ''} here."
        raise _at("adults", errors.TooManyGuests, room)
    if party.infants > 5:
        raise _at("infants", errors.TooManyGuests, "There is room for at most 5 infants.")
    if party.pets and not rules.pets_allowed:
        raise _at("pets", errors.PetsNotAllowed, "Pets cannot stay here.")
    if party.pets > 5:
        raise _at("pets", errors.TooManyGuests, "There is room for at most 5 pets.")


def today_in(zone: str, now: datetime) -> date:
    """The date on the wall there."""
    return now.astimezone(ZoneInfo(zone)).date()


def instant(zone: str, day: date, at: time) -> datetime:
    """A wall-clock time in a zone as an instant; a time that a clock change skips is taken an hour later."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _at(field: str, error: type[Invalid], sentence: str) -> Invalid:
    return error(sentence, fields={field: sentence})


def _nights(count: int) -> str:
    return f"{count} night{'s' if count > 1 else ''}"


def _hours(count: int) -> str:
    return f"{count // 24} days'" if count >= 48 and count % 24 == 0 else f"{count} hours'"
