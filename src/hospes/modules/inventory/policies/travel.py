"""The way between two places as the crow flies, and how far a professional goes."""

from math import asin, ceil, cos, radians, sin, sqrt

from hospes.modules.inventory.contracts import Place, Schedule
from hospes.modules.inventory.errors import TooFarToTravel

EARTH_KM = 6371.0088


def distance_km(start: Place, end: Place) -> float:
    """Kilometres along the great circle (haversine formula, mean radius)."""
    north_a, north_b = radians(start.latitude), radians(end.latitude)
    east = radians(end.longitude - start.longitude)
    half = sin((north_b - north_a) / 2) ** 2 + cos(north_a) * cos(north_b) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, half)))


def travel_seconds(start: Place, end: Place, speed_kmh: float) -> int:
    """Seconds on the way at this speed, rounded up to a whole minute; none between places a hundred metres apart."""
    distance = distance_km(start, end)
    return 0 if distance < 0.1 else ceil(distance / speed_kmh * 60) * 60


def job_place(schedule: Schedule, asked: Place | None) -> Place | None:
    """Where a job is: where the guest asks for it or at home; None when the professional does not travel."""
    return (asked or schedule.home) if schedule.travel_mode == "travel" else None


def check_reach(schedule: Schedule, place: Place | None) -> None:
    """Raises `TooFarToTravel` for a job farther from home than the professional goes."""
    if place is None or schedule.home is None or schedule.radius_km is None:
        return
    if distance_km(schedule.home, place) > schedule.radius_km:
        said = f"This is more than {schedule.radius_km:g} km away."
        raise TooFarToTravel(said, fields={"place": said})
