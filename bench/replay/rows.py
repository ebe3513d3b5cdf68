"""Bookings read from a file in the columns of *Hotel booking demand datasets* (Antonio, de Almeida, Nunes; Data in
Brief 22, 2019): what happened to each, and the inventory they imply."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
LONGEST = 365
Fate = Literal["stayed", "cancelled", "no_show"]
_FATES: dict[str, Fate] = {"Check-Out": "stayed", "Canceled": "cancelled", "No-Show": "no_show"}


@dataclass(frozen=True, slots=True)
class Row:
    """One booking that can be made: `booked` and `ended` are the days it was made and cancelled."""

    number: int
    hotel: str
    booked: date
    arrival: date
    nights: int
    adults: int
    children: int
    infants: int
    fate: Fate
    ended: date

    @property
    def departure(self) -> date:
        """The day after the last night."""
        return self.arrival + timedelta(days=self.nights)


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a hotel must have had: `rooms` slept in on its fullest night, `sold` the most promised of one night at once,
    stays that were cancelled later among them."""

    rooms: int
    sold: int


def read_rows(file: Path, limit: int | None = None) -> tuple[list[Row], Counter[str]]:
    """The bookings that can be made, in the order they were made, and why the others cannot."""
    skipped: Counter[str] = Counter()
    with gzip.open(file, "rt", newline="") if file.suffix == ".gz" else file.open(newline="") as text:
        rows = sorted(_usable(csv.DictReader(text), skipped), key=lambda row: (row.booked, row.number))
    return rows[:limit], skipped


def _usable(lines: Iterable[Mapping[str, str]], skipped: Counter[str]) -> Iterator[Row]:
    for number, line in enumerate(lines):
        row = _row(number, line)
        if not 0 < row.nights <= LONGEST:
            skipped["no nights" if row.nights <= 0 else "too many nights"] += 1
        elif row.adults + row.children + row.infants == 0:
            skipped["nobody comes"] += 1
        elif float(line["adr"]) < 0:
            skipped["negative price"] += 1
        else:
            yield row


def _row(number: int, line: Mapping[str, str]) -> Row:
    month = MONTHS.index(line["arrival_date_month"]) + 1
    arrival = date(int(line["arrival_date_year"]), month, int(line["arrival_date_day_of_month"]))
    nights = int(line["stays_in_weekend_nights"]) + int(line["stays_in_week_nights"])
    children = int(float(line["children"])) if line["children"] not in ("", "NA") else 0
    adults, infants = int(line["adults"]), int(line["babies"])
    fate = _FATES[line["reservation_status"]]
    booked = arrival - timedelta(days=int(line["lead_time"]))
    ended = min(max(date.fromisoformat(line["reservation_status_date"]), booked), arrival)
    return Row(
        number=number,
        hotel=line["hotel"],
        booked=booked,
        arrival=arrival,
        nights=nights,
        # Children without an adult are booked as adults: somebody has to sign.
        adults=adults or children or min(infants, 1),
        children=children if adults else 0,
        infants=infants,
        fate=fate,
        ended=ended,
    )


def implied_inventory(rows: Iterable[Row]) -> dict[str, Inventory]:
    """By hotel; nights of no-shows count as sold but not as slept in."""
    slept: dict[str, Counter[date]] = defaultdict(Counter)
    changes: dict[tuple[str, date], list[tuple[date, int, int]]] = defaultdict(list)
    for row in rows:
        for offset in range(row.nights):
            night = row.arrival + timedelta(days=offset)
            if row.fate == "stayed":
                slept[row.hotel][night] += 1
            moves = changes[row.hotel, night]
            moves.append((row.booked, 0, 1))
            if row.fate == "cancelled":
                moves.append((row.ended, 1, -1))
    most: Counter[str] = Counter()
    for (hotel, _), moves in changes.items():
        held = 0
        for _, _, change in sorted(moves):
            held += change
            most[hotel] = max(most[hotel], held)
    return {hotel: Inventory(max(slept[hotel].values(), default=1), most[hotel]) for hotel in sorted(most)}
