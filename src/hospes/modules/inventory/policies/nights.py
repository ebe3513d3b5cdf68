"""Nights as instants. A night is [noon, next noon) in the property's zone: no zone changes its clock at noon, and the
span does not depend on check-in hours, so neighbouring stays touch and never overlap."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

NOON = time(12)


@lru_cache(maxsize=8192)
def noon(zone: str, day: date) -> datetime:
    """The instant of local noon."""
    return datetime.combine(day, NOON, ZoneInfo(zone)).astimezone(UTC)


def nights_span(zone: str, first_night: date, departure: date) -> tuple[datetime, datetime]:
    """The half-open span of the nights [first_night, departure)."""
    return noon(zone, first_night), noon(zone, departure)
