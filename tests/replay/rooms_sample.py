"""Made-up bookings in the columns of the real file: the same seed makes the same rows, and none is anybody's."""

import csv
import gzip
from datetime import date, timedelta
from pathlib import Path
from random import Random

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
FIRST = date(2019, 3, 20)
Row = dict[str, object]


def a_row(**given: object) -> Row:
    """Two adults, three nights from 2019-04-01, booked ten days ahead, stayed; `arrival`, `status_in` days from it."""
    row: Row = {
        "hotel": "Harbour", "arrival": date(2019, 4, 1), "lead_time": 10, "stays_in_weekend_nights": 1,
        "stays_in_week_nights": 2, "adults": 2, "children": 0, "babies": 0, "reserved_room_type": "A", "adr": "80.50",
        "reservation_status": "Check-Out", "status_in": 3, **given,
    }  # fmt: skip
    arrival, after = row.pop("arrival"), row.pop("status_in")
    assert isinstance(arrival, date)
    assert isinstance(after, int)
    return row | {
        "arrival_date_year": arrival.year, "arrival_date_month": MONTHS[arrival.month - 1],
        "arrival_date_day_of_month": arrival.day, "is_canceled": int(row["reservation_status"] != "Check-Out"),
        "reservation_status_date": (arrival + timedelta(days=after)).isoformat(),
    }  # fmt: skip


def some_rows(count: int, seed: int) -> list[Row]:
    """Stays of one to five nights within four weeks in two hotels of two room types; a third are cancelled."""
    draw, rows = Random(seed), []
    for _ in range(count):
        weekend, week, lead = draw.randint(0, 2), draw.randint(1, 3), draw.choice((0, 1, 7, 40, 200))
        outcome = draw.choices(("Check-Out", "Canceled", "No-Show"), (60, 35, 5))[0]
        after = {"Check-Out": weekend + week, "Canceled": -draw.randint(0, lead), "No-Show": 0}[outcome]
        rows.append(
            a_row(
                hotel=draw.choice(("Harbour", "Hill")), arrival=FIRST + timedelta(days=draw.randrange(28)),
                lead_time=lead, stays_in_weekend_nights=weekend, stays_in_week_nights=week, adults=draw.randint(1, 3),
                children=draw.choice((0, 0, 1)), babies=draw.choice((0, 0, 0, 1)),
                reserved_room_type=draw.choice("AAAB"), adr=f"{draw.randint(4_000, 19_000) / 100:.2f}",
                reservation_status=outcome, status_in=after,
            )
        )  # fmt: skip
    return rows


def odd_rows() -> list[Row]:
    """One of everything that is left out, refused, or noted strangely."""
    return [
        a_row(stays_in_weekend_nights=0, stays_in_week_nights=0),
        a_row(adults=0, children="NA"),
        a_row(adr="-6.38"),
        a_row(hotel="Inn", adults=0, children=2),  # children alone are refused
        a_row(hotel="Inn", babies=6),  # as are more cots than a room takes
        a_row(hotel="Inn", children="NA", lead_time=737),  # two years ahead
        a_row(hotel="Inn", reservation_status="No-Show", status_in=-5),  # noted before the guest could come
        a_row(hotel="Inn", status_in=1),  # left earlier than booked
        a_row(hotel="Inn", lead_time=0, reservation_status="Canceled", status_in=0, adr="0"),
    ]


def write(path: Path, rows: list[Row]) -> Path:
    """As CSV, with gzip when the name says so."""
    with gzip.open(path, "wt", newline="") if path.suffix == ".gz" else path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
