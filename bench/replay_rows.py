"""What is replayed: bookings read from a file, the commands they become in the order of time, and what must come of it.

The file has the columns of the public hotel booking demand data set. The expectation is a plain counter of rooms a night
that knows nothing of the booking core; the replay has to end booking by booking as it says.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.booking.contracts import Party

ZONE = "Europe/Lisbon"
CHECK_IN, CHECK_OUT = time(15), time(11)
MOST_INFANTS = 5
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
COLUMNS = frozenset({
    "hotel", "lead_time", "arrival_date_year", "arrival_date_month", "arrival_date_day_of_month",
    "stays_in_weekend_nights", "stays_in_week_nights", "adults", "children", "babies", "reserved_room_type", "adr",
    "reservation_status", "reservation_status_date",
})  # fmt: skip


class Outcome(StrEnum):
    """How a booking ended, in the words of the file."""

    STAYED = "Check-Out"
    CANCELLED = "Canceled"
    NO_SHOW = "No-Show"


@dataclass(frozen=True, slots=True)
class Stay:
    """One booking of the file; `number` is its line, the first after the header being 1."""

    number: int
    hotel: str
    room: str
    booked: date
    arrival: date
    departure: date
    party: Party
    adr: Decimal
    outcome: Outcome
    ended: date

    @property
    def kind(self) -> tuple[str, str]:
        """The hotel and the room type: what is sold."""
        return self.hotel, self.room

    @property
    def nights(self) -> list[date]:
        """Every night of it."""
        return [self.arrival + timedelta(days=n) for n in range((self.departure - self.arrival).days)]


@dataclass(frozen=True, slots=True)
class Room:
    """A room type of a hotel, sold as one pool; `rate` in cents a night."""

    id: UUID
    hotel: str
    name: str
    capacity: int
    rate: int
    max_guests: int

    @property
    def key(self) -> tuple[str, str]:
        """As `Stay.kind`."""
        return self.hotel, self.name


class Kind(StrEnum):
    """The use cases that are called; within one instant in this order."""

    CLOCK = "start_and_complete_due"
    CANCEL = "cancel_booking"
    BOOK = "book_stay"
    CONFIRM = "confirm_paid"
    NO_SHOW = "mark_no_show"


@dataclass(frozen=True, slots=True)
class Command:
    """What happens at an instant: to one booking, or (CLOCK) to all that are due."""

    at: datetime
    kind: Kind
    stay: Stay | None = None


@dataclass
class Expected:
    """What a plain counter of rooms makes of the commands: how each booking ends, or why it is refused."""

    statuses: dict[int, str] = field(default_factory=dict)
    refusals: dict[int, str] = field(default_factory=dict)
    peaks: Counter[tuple[str, str]] = field(default_factory=Counter)


def read(path: Path, *, limit: int | None = None) -> tuple[list[Stay], Counter[str], int]:
    """The bookings that can be replayed, those left out by reason, and the rows looked at.

    With `limit`, that many rows spread evenly over the file. Raises `ValueError` when columns are missing.
    """
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        reader = csv.DictReader(file)
        if missing := COLUMNS - set(reader.fieldnames or ()):
            raise ValueError(f"{path.name} has no column {', '.join(sorted(missing))}")
        rows = list(enumerate(reader, 1))
    if limit is not None and limit < len(rows):
        rows = [rows[place * len(rows) // limit] for place in range(limit)]
    stays, left_out = list[Stay](), Counter[str]()
    for number, row in rows:
        stay = _stay(number, row)
        if reason := _unusable(stay):
            left_out[reason] += 1
        else:
            stays.append(stay)
    return stays, left_out, len(rows)


def _stay(number: int, row: dict[str, str]) -> Stay:
    month = _MONTHS.index(row["arrival_date_month"]) + 1
    arrival = date(int(row["arrival_date_year"]), month, int(row["arrival_date_day_of_month"]))
    nights = int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])
    adults, children, babies = (int(row[name]) if row[name] != "NA" else 0 for name in ("adults", "children", "babies"))
    return Stay(
        number=number, hotel=row["hotel"], room=row["reserved_room_type"].strip(),
        booked=arrival - timedelta(days=int(row["lead_time"])), arrival=arrival,
        departure=arrival + timedelta(days=nights), party=Party(adults, children, babies), adr=Decimal(row["adr"]),
        outcome=Outcome(row["reservation_status"]), ended=date.fromisoformat(row["reservation_status_date"].strip()),
    )  # fmt: skip


def _unusable(stay: Stay) -> str | None:
    """The first reason that applies."""
    if stay.departure <= stay.arrival:
        return "no_nights"
    if not (stay.party.guests or stay.party.infants):
        return "no_guests"
    return "negative_adr" if stay.adr < 0 else None


def rooms_of(stays: Sequence[Stay], *, live: bool = False) -> dict[tuple[str, str], Room]:
    """The pools the bookings imply.

    Capacity: the most rooms of a night that were kept in the end (not cancelled), at least one; with `live`, the most
    that were booked at any moment, those cancelled later included, so that no booking can be refused for want of a room.
    Rate: the median adr of the bookings that have one, in cents, at least one.
    """
    of_kind: defaultdict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        of_kind[stay.kind].append(stay)
    peaks = expect(schedule(stays), None).peaks if live else Counter[tuple[str, str]]()
    rooms = {}
    for place, (kind, mine) in enumerate(sorted(of_kind.items()), 1):
        kept = Counter(night for stay in mine if stay.outcome is not Outcome.CANCELLED for night in stay.nights)
        prices = [stay.adr for stay in mine if stay.adr > 0]
        rooms[kind] = Room(
            id=UUID(f"00000000-0000-4000-8000-{place:012x}"), hotel=kind[0], name=kind[1],
            capacity=max(1, peaks[kind] if live else max(kept.values(), default=0)),
            rate=max(1, int(median(prices) * 100)) if prices else 1,
            max_guests=max(1, *(stay.party.guests for stay in mine)),
        )  # fmt: skip
    return rooms


def schedule(stays: Iterable[Stay]) -> list[Command]:
    """Everything that happens, in order of time.

    A day has cancellations from 6 (of bookings made that day: from 13), bookings from 8 to 12, each paid a minute
    later, check-out at 11, check-in at 15, no-shows from 22. Within a window the rows follow each other evenly in the
    order of the file. The file has dates only; a no-show noted before its arrival is taken on the day of arrival.
    """
    waiting: defaultdict[tuple[date, int, Kind], list[Stay]] = defaultdict(list)
    clock = set[datetime]()
    for stay in sorted(stays, key=lambda each: each.number):
        waiting[stay.booked, 8, Kind.BOOK].append(stay)
        clock |= {_at(stay.arrival, CHECK_IN), _at(stay.departure, CHECK_OUT)}
        if stay.outcome is Outcome.CANCELLED:
            waiting[stay.ended, 6 if stay.ended > stay.booked else 13, Kind.CANCEL].append(stay)
        elif stay.outcome is Outcome.NO_SHOW:
            waiting[max(stay.ended, stay.arrival), 22, Kind.NO_SHOW].append(stay)
    commands = [Command(at, Kind.CLOCK) for at in clock]
    for (day, hour, kind), theirs in waiting.items():
        start, window = _at(day, time(hour)), timedelta(hours=4 if kind is Kind.BOOK else 1)
        for place, stay in enumerate(theirs):
            at = start + window * place / len(theirs)
            commands.append(Command(at, kind, stay))
            if kind is Kind.BOOK:
                commands.append(Command(at + timedelta(minutes=1), Kind.CONFIRM, stay))
    order = {kind: place for place, kind in enumerate(Kind)}
    return sorted(commands, key=lambda each: (each.at, order[each.kind], each.stay.number if each.stay else 0))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(ZONE)).astimezone(UTC)


def expect(commands: Iterable[Command], rooms: dict[tuple[str, str], Room] | None) -> Expected:
    """What has to come of the commands with these rooms; without rooms there is always one left."""
    expected, taken = Expected(), Counter[tuple[str, str, date]]()
    for command in commands:
        stay = command.stay
        if stay is None:
            continue
        if command.kind is Kind.BOOK:
            _book(expected, taken, stay, rooms)
        elif command.kind is Kind.CANCEL and stay.number in expected.statuses:
            expected.statuses[stay.number] = "cancelled"
            taken.subtract((*stay.kind, night) for night in stay.nights)
        elif command.kind is Kind.NO_SHOW and stay.number in expected.statuses:
            expected.statuses[stay.number] = "no_show"
            keep = max(command.at.astimezone(ZoneInfo(ZONE)).date(), stay.arrival + timedelta(days=1))
            taken.subtract((*stay.kind, night) for night in stay.nights if night >= keep)
    return expected


def _book(
    expected: Expected, taken: Counter[tuple[str, str, date]], stay: Stay, rooms: dict[tuple[str, str], Room] | None
) -> None:
    busiest = max(taken[(*stay.kind, night)] for night in stay.nights)
    if stay.party.adults < 1:
        expected.refusals[stay.number] = "no_adult"
    elif stay.party.infants > MOST_INFANTS:
        expected.refusals[stay.number] = "too_many_guests"
    elif rooms is not None and busiest >= rooms[stay.kind].capacity:
        expected.refusals[stay.number] = "not_available"
    else:
        expected.statuses[stay.number] = "completed"
        taken.update((*stay.kind, night) for night in stay.nights)
        expected.peaks[stay.kind] = max(expected.peaks[stay.kind], busiest + 1)
