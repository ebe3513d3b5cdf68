"""About where a network address is: from a database file in MaxMind's format, if the operator has one.

Nothing is asked of anybody, nothing is kept. Without a file, or with one that cannot be read, nobody is anywhere.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from hospes.platform.settings import Settings

if TYPE_CHECKING:
    from maxminddb import Reader

log = structlog.get_logger(__name__)
LOOK_AGAIN_SECONDS = 60.0  # for a newer file
NEAREST_KM, FARTHEST_KM, USUAL_KM = 10.0, 200.0, 50.0


@dataclass(frozen=True, slots=True)
class Spot:
    """About where somebody is, most likely within `radius_km`. `city` may be empty; `country`: two letters or none."""

    latitude: float
    longitude: float
    radius_km: float
    city: str = ""
    country: str = ""


class Locator(Protocol):
    """Answers at once, from memory."""

    def find(self, address: str) -> Spot | None:
        """About where an IPv4 or IPv6 address is; None when nobody knows, or for what is no address."""


class Nowhere:
    """Knows nothing."""

    def find(self, address: str) -> Spot | None:
        """None."""
        return None


class IpDatabase:
    """A file such as GeoLite2-City.mmdb, mapped into memory. When it is replaced, the new one counts in a minute."""

    def __init__(self, path: Path, *, look_again: float = LOOK_AGAIN_SECONDS) -> None:
        self._path, self._every = path, look_again
        self._seen: tuple[int, int, int] | None = None
        self._reader: Reader | None = None
        self._look_at = 0.0

    def find(self, address: str) -> Spot | None:
        """About where it is."""
        from maxminddb import InvalidDatabaseError

        self._look()
        if self._reader is None:
            return None
        try:
            return _spot(self._reader.get(address))
        except ValueError:  # no address, or an IPv6 one where the file has only IPv4
            return None
        except InvalidDatabaseError as fault:
            log.error("location.database_broken", path=str(self._path), error=str(fault))
            self._reader = None
            return None

    def _look(self) -> None:
        """Open the file when it is another one than before."""
        from maxminddb import InvalidDatabaseError, open_database

        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + self._every
        try:
            stat = self._path.stat()
            seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if seen != self._seen:
                self._seen = seen
                self._reader = open_database(self._path)  # the one before is closed once nobody reads it
                log.info("location.database", path=str(self._path), kind=self._reader.metadata().database_type)
        except (OSError, ValueError, InvalidDatabaseError) as fault:
            log.error("location.database_unreadable", path=str(self._path), error=str(fault))
            if not self._path.is_file():
                self._seen = self._reader = None


def open_locator(settings: Settings) -> Locator:
    """As set in `location.ip_database`."""
    return IpDatabase(settings.location.ip_database) if settings.location.ip_database else Nowhere()


def _spot(found: Any) -> Spot | None:
    """From what the file says of a network: any of its parts may be missing or of another shape."""
    place = _part(found, "location")
    latitude, longitude = _degrees(place.get("latitude"), 90), _degrees(place.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    said = place.get("accuracy_radius")
    radius = float(said) if isinstance(said, int | float) and isfinite(said) and said > 0 else USUAL_KM
    city = _part(_part(found, "city"), "names").get("en", "")
    country = _part(found, "country").get("iso_code", "")
    return Spot(
        latitude,
        longitude,
        min(max(radius, NEAREST_KM), FARTHEST_KM),
        city if isinstance(city, str) else "",
        country if isinstance(country, str) else "",
    )


def _part(found: Any, name: str) -> Mapping[str, Any]:
    part = found.get(name) if isinstance(found, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _degrees(said: Any, most: float) -> float | None:
    return float(said) if isinstance(said, int | float) and abs(said) <= most else None
