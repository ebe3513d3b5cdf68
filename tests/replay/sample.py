"""A small history of our own making, in the columns of the real one."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from bench.replay.rows import MONTHS

COLUMNS = (
    "hotel",
    "is_canceled",
    "lead_time",
    "arrival_date_year",
    "arrival_date_month",
    "arrival_date_day_of_month",
    "stays_in_weekend_nights",
    "stays_in_week_nights",
    "adults",
    "children",
    "babies",
    "adr",
    "reservation_status",
    "reservation_status_date",
)
FIRST = date(2030, 3, 1)


def write_sample(file: Path, count: int = 160, seed: int = 7) -> None:
    """`count` bookings of two hotels over three weeks, and four that cannot be made."""
    draw = random.Random(seed)
    lines = [_line(draw) for _ in range(count)]
    odd = {"nights": 0}, {"adults": 0, "children": 0, "babies": 0}, {"adr": "-6.38"}, {"nights": 400}
    lines += [_line(draw, **given) for given in odd]
    with file.open("w", newline="") as text:
        writer = csv.DictWriter(text, COLUMNS)
        writer.writeheader()
        writer.writerows(lines)


def _line(draw: random.Random, **given: object) -> dict[str, object]:
    arrival = FIRST + timedelta(days=draw.randrange(21))
    lead = draw.choice((0, 1, 3, 10, 40))
    nights = given.pop("nights", draw.randint(1, 6))
    status = draw.choices(("Check-Out", "Canceled", "No-Show"), (6, 3, 1))[0]
    ended = arrival - timedelta(days=draw.randint(0, lead)) if status == "Canceled" else arrival
    return {
        "hotel": draw.choice(("Lake Hotel", "Town Hotel")),
        "is_canceled": int(status != "Check-Out"),
        "lead_time": lead,
        "arrival_date_year": arrival.year,
        "arrival_date_month": MONTHS[arrival.month - 1],
        "arrival_date_day_of_month": arrival.day,
        "stays_in_weekend_nights": 0,
        "stays_in_week_nights": nights,
        "adults": draw.randint(1, 2),
        "children": draw.choice(("0", "1", "NA")),
        "babies": 0,
        "adr": f"{draw.uniform(40, 200):.2f}",
        "reservation_status": status,
        "reservation_status_date": ended.isoformat(),
        **given,
    }
