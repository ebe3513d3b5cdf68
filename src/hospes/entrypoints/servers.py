"""Which PostgreSQL and Valkey a command talks to: those of the settings, those `hospes up` runs, or fresh ones."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from hospes.platform.embedded import Postgres, Valkey
from hospes.platform.settings import Settings

NOTE = "running.json"


@contextmanager
def reachable(settings: Settings) -> Iterator[Settings]:
    """The settings with addresses that answer for as long as the block lasts."""
    if settings.database_url and settings.redis_url:
        yield settings
        return
    noted = running(settings.data_dir)
    if noted:
        yield with_addresses(settings, noted["database_url"], noted["redis_url"])
        return
    with ExitStack() as stack:
        database_url = redis_url = ""
        if not settings.database_url:
            postgres = Postgres(settings.data_dir)
            stack.callback(postgres.stop)
            database_url = postgres.start()
        if not settings.redis_url:
            valkey = Valkey(settings.data_dir)
            stack.callback(valkey.stop)
            redis_url = valkey.start()
        yield with_addresses(settings, database_url, redis_url)


def with_addresses(settings: Settings, database_url: str, redis_url: str) -> Settings:
    """The settings with the embedded servers' addresses where none were set."""
    return settings.model_copy(
        update={
            "database_url": settings.database_url or database_url,
            "redis_url": settings.redis_url or redis_url,
        }
    )


def running(data_dir: Path) -> dict[str, str] | None:
    """What a live `hospes up` noted about itself: its process, web address and the servers' addresses."""
    try:
        noted: dict[str, str] = json.loads((data_dir / NOTE).read_text())
        process = psutil.Process(int(noted["pid"]))
        alive = process.is_running() and abs(process.create_time() - float(noted["started"])) < 1
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return noted if alive else None


def note_running(data_dir: Path, **said: str) -> None:
    """Write the note; readable by its owner only, since addresses carry passwords."""
    me = psutil.Process()
    content = json.dumps({"pid": str(me.pid), "started": str(me.create_time()), **said})
    fresh = data_dir / f"{NOTE}.{me.pid}"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
    fresh.replace(data_dir / NOTE)


def forget_running(data_dir: Path) -> None:
    """Take the note away."""
    (data_dir / NOTE).unlink(missing_ok=True)
