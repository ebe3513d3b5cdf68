"""What a process runs on, put together once by the entry point and handed to edges, jobs and subscribers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from redis.asyncio import Redis

from hospes.platform.clock import Clock
from hospes.platform.db import Database
from hospes.platform.sealing import Keyring
from hospes.platform.settings import Settings
from hospes.platform.storage import Storage
from hospes.platform.tail import EventTail


@dataclass(slots=True)
class Ports:
    """What modules plug in, and the process's event tail."""

    tail: EventTail
    payment_providers: Mapping[str, Any] = field(default_factory=dict)
    index: Any = None
    names: Any = None
    likeness: Any = None  # search's Likeness and recommendations' Descriptions, or None
    taken_until: Any = None
    sold_with: Any = None
    guest_names: Any = None  # (tx, booking ids) -> name and reference by booking
    paid_to: Any = None
    privacy: Sequence[tuple[str, Any]] = ()
    evidence: Any = None
    businesses_of: Any = None
    rates: Any = None
    token_keys: Any = None
    api_keys: Any = None
    sign_in_providers: Mapping[str, Any] = field(default_factory=dict)
    shelves: Any = None
    locator: Any = None  # platform.locating.Locator
    calendars: Any = None  # inventory's CalendarSource
    road_times: Any = None  # inventory's RoadTimes, or None


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process's connections, settings and ports."""

    db: Database
    clock: Clock
    settings: Settings
    valkey: Redis
    storage: Storage
    ports: Ports

    @property
    def keyring(self) -> Keyring:
        """The keys that seal what is personal, and what may not be read on its way."""
        return self.db.keyring


def runtime(request: Request) -> Runtime:
    """The runtime of the application that serves this request."""
    found: Runtime = request.app.state.runtime
    return found
