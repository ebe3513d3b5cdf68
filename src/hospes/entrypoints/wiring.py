"""The composition root: makes a runtime and gathers what the modules declare."""

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from fastapi import APIRouter
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from hospes.entrypoints.evidence import gather_evidence
from hospes.modules.booking.facade import guest_names
from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as identity
from hospes.modules.inventory import facade as inventory
from hospes.modules.payouts.queries import account_states
from hospes.platform import housekeeping
from hospes.platform.clock import Clock, SystemClock
from hospes.platform.db import Database
from hospes.platform.jobs import Periodic, Task
from hospes.platform.key_rotation import SealedColumn
from hospes.platform.locating import open_locator
from hospes.platform.relay import subscriber_tasks
from hospes.platform.runtime import Ports, Runtime
from hospes.platform.sealing import keyring_of
from hospes.platform.settings import Settings, SettingsError
from hospes.platform.storage import Storage
from hospes.platform.subscribing import Subscriber
from hospes.platform.tail import EventTail

MODULES = (
    "identity",
    "catalog",
    "ledger",
    "inventory",
    "pricing",
    "promotions",
    "wishlists",
    "payments",
    "booking",
    "payouts",
    "invoices",
    "notifications",
    "search",
    "semantic",
    "recommendations",
)


@asynccontextmanager
async def open_runtime(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Runtime]:
    """Pools, Valkey client, storage and ports of one process; closed when the block ends."""
    db = Database(
        settings.database_url,
        read_url=settings.read_database_url or None,
        max_write=settings.pool_size,
        keyring=keyring_of(settings),
    )
    valkey = Redis.from_url(
        settings.redis_url,
        decode_responses=True,
        socket_connect_timeout=0.5,
        socket_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )
    await db.open()
    rt = Runtime(
        db,
        clock or SystemClock(),
        settings,
        valkey,
        Storage(settings.storage_url, settings.data_dir / "media"),
        Ports(EventTail(db)),
    )
    rt.ports.payment_providers = _payment_providers(rt)
    rt.ports.token_keys = identity.new_token_keys(settings)
    rt.ports.api_keys = identity.PartnerKeys()
    rt.ports.sign_in_providers = identity.open_providers(settings)
    rt.ports.taken_until = inventory.taken_until
    rt.ports.privacy = privacy_parts()
    rt.ports.sold_with = inventory.sold_with
    rt.ports.guest_names = guest_names
    rt.ports.paid_to = account_states
    rt.ports.evidence = gather_evidence
    rt.ports.businesses_of = catalog.businesses_for_keys
    rt.ports.locator = open_locator(settings)
    rt.ports.calendars = inventory.InternetCalendars()
    rt.ports.road_times = inventory.open_road_times(settings)
    try:
        yield rt
    finally:
        for provider in (*rt.ports.payment_providers.values(), *rt.ports.sign_in_providers.values()):
            if hasattr(provider, "aclose"):
                await provider.aclose()
        await valkey.aclose()
        await db.close()


def routers(modules: Collection[str] = ()) -> Iterable[APIRouter]:
    """API and pages of these modules (all when none is named); found by name, `http` before `web`."""
    unknown = set(modules) - set(MODULES)
    if unknown:
        raise SettingsError(f"modules: there is no module {', '.join(sorted(unknown))}")
    for name in reversed(MODULES):  # routes are tried in order: the busiest modules come first
        if modules and name not in modules:
            continue
        for part in ("http", "web"):
            module = _part(name, part)
            if module is not None:
                yield module.router


def privacy_parts() -> tuple[tuple[str, ModuleType], ...]:
    """Every module's part in exports and deletions (`platform.privacy.Part`), the uppermost module first."""
    return tuple((name, part) for name in reversed(MODULES) if (part := _part(name, "privacy")) is not None)


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Every module's columns that the keyring has sealed for long."""
    return tuple(item for module in _parts("sealed_columns") for item in module.SEALED_COLUMNS)


def subscribers() -> tuple[Subscriber, ...]:
    """Every module's reactions to events."""
    return tuple(item for module in _parts("subscribers") for item in module.SUBSCRIBERS)


def periodics() -> tuple[Periodic, ...]:
    """Every module's scheduled work."""
    own = (item for module in _parts("jobs") for item in getattr(module, "PERIODIC", ()))
    return (*housekeeping.PERIODIC, *own)


def tasks() -> tuple[Task, ...]:
    """Every module's queued work, and the subscribers as jobs."""
    own = (item for module in _parts("jobs") for item in getattr(module, "TASKS", ()))
    return (*own, *subscriber_tasks(subscribers()))


def _payment_providers(rt: Runtime) -> dict[str, Any]:
    module = _part("payments", "providers")
    return dict(module.make_providers(rt)) if module is not None and hasattr(module, "make_providers") else {}


def _parts(part: str) -> list[ModuleType]:
    return [module for name in MODULES if (module := _part(name, part)) is not None]


def _part(name: str, part: str) -> ModuleType | None:
    path = f"hospes.modules.{name}.{part}"
    return import_module(path) if find_spec(path) else None
