"""What time it is at a property: the rule by which booking refuses dates, for many listings at once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

MAX_NIGHTS = 365
MAX_PETS = 5
MAX_INFANTS = 5


class WallClock(NamedTuple):
    """The zone of a property and the wall-clock time from which its guests may come."""

    zone: str
    check_in_from: time

    def today(self, now: datetime) -> date:
        """The date on the wall there."""
        return today_in(self.zone, now)

    def check_in(self, arrival: date) -> datetime:
        """The instant of check-in; a time that a clock change skips is taken an hour later."""
        return datetime.combine(arrival, self.check_in_from, ZoneInfo(self.zone)).astimezone(UTC)


def today_in(zone: str, now: datetime) -> date:
    """The date on the wall in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def clocks_today(clocks: Sequence[WallClock], now: datetime) -> NDArray[np.int64]:
    """The date on the wall of each of these, as an ordinal."""
    zones = {zone: today_in(zone, now).toordinal() for zone in {clock.zone for clock in clocks}}
    return np.array([zones[clock.zone] for clock in clocks], np.int64)


def earliest_today(now: datetime) -> date:
    """The date where the day begins last, twelve hours behind UTC."""
    return (now.astimezone(UTC) - timedelta(hours=12)).date()


def latest_today(now: datetime) -> date:
    """The date where the day begins first, fourteen hours ahead of UTC."""
    return (now.astimezone(UTC) + timedelta(hours=14)).date()


def least_wait(arrival: date, now: datetime) -> timedelta:
    """Nowhere on earth is check-in on this date sooner."""
    return datetime.combine(arrival, time(), UTC) - timedelta(hours=14) - now
