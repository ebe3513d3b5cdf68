"""`hospes doctor`: checks each thing Hospes stands on and says how to mend it."""

import asyncio
import smtplib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.rows import dict_row
from redis.asyncio import Redis
from redis.exceptions import RedisError
from rich.console import Console
from rich.table import Table

from hospes.entrypoints.wiring import sealed_columns
from hospes.modules.payments.providers import configured, missing_keys
from hospes.modules.search import facade as search
from hospes.modules.semantic import facade as semantic
from hospes.platform.db import ReadTx
from hospes.platform.errors import HospesError
from hospes.platform.ids import new_id
from hospes.platform.key_rotation import count_by_key
from hospes.platform.migrating import pending
from hospes.platform.sealing import keyring_of
from hospes.platform.settings import Settings, SettingsError
from hospes.platform.storage import Storage

OLDEST_POSTGRES = 160_000
EXTENSIONS = ("btree_gist", "pg_trgm")
CLOCK_TOLERANCE_SECONDS = 2.0
OLDEST_SEARCH = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `mend` says what to do unless it is fine."""

    name: str
    state: Literal["ok", "note", "wrong"]
    said: str
    mend: str = ""


async def examine(settings: Settings, console: Console) -> bool:
    """Print a table of findings; answers whether nothing is wrong."""
    findings = await all_findings(settings)
    table = Table("", "check")
    table.add_column("finding", overflow="fold")
    table.add_column("how to mend it", overflow="fold")
    marks = {"ok": "[green]✓[/green]", "note": "[yellow]•[/yellow]", "wrong": "[red]✗[/red]"}
    for each in findings:
        table.add_row(marks[each.state], each.name, each.said, each.mend)
    console.print(table)
    return all(each.state != "wrong" for each in findings)


async def all_findings(settings: Settings) -> list[Finding]:
    """Every check in order; those of the database stop at the first that cannot connect."""
    findings = await _database(settings)
    checks: tuple[Callable[[Settings], Awaitable[Finding]], ...] = (_valkey, _storage, _search, _mail, _payments)
    for check in checks:
        findings.append(await check(settings))
    return findings


async def _database(settings: Settings) -> list[Finding]:
    try:
        async with await psycopg.AsyncConnection.connect(settings.database_url, connect_timeout=5) as conn:
            known = [await _version(conn), await _extensions(conn), await _schema(settings), await _clock(conn)]
            if known[2].state == "wrong":
                return known
            return [*known, await _descriptions(conn), await _keys(settings, conn)]
    except psycopg.Error as fault:
        reason = str(fault).strip().splitlines()[0]
        return [
            Finding("database", "wrong", reason, "Start PostgreSQL, or correct DATABASE_URL or database.postgres.rw.")
        ]


async def _version(conn: psycopg.AsyncConnection) -> Finding:
    number = conn.info.server_version
    said = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    if number < OLDEST_POSTGRES:
        return Finding("database", "wrong", said, "Upgrade the server to PostgreSQL 16 or newer.")
    return Finding("database", "ok", said)


async def _extensions(conn: psycopg.AsyncConnection) -> Finding:
    rows = await (await conn.execute("SELECT name FROM pg_catalog.pg_available_extensions")).fetchall()
    missing = [name for name in EXTENSIONS if (name,) not in rows]
    if missing:
        return Finding(
            "extensions", "wrong", f"missing: {', '.join(missing)}", "Install the package postgresql-contrib."
        )
    return Finding("extensions", "ok", ", ".join(EXTENSIONS))


async def _schema(settings: Settings) -> Finding:
    if await asyncio.to_thread(pending, settings.database_url):
        return Finding("migrations", "wrong", "the schema is behind", "Run `hospes migrate`.")
    return Finding("migrations", "ok", "the newest schema")


async def _descriptions(conn: psycopg.AsyncConnection) -> Finding:
    """Search by description, an extra (docs/semantic-search.md)."""
    name = "descriptions"
    if not semantic.installed():
        return Finding(name, "ok", "not searched: the extra hospes[semantic] is not installed")
    row = await (await conn.execute("SELECT to_regclass('semantic.said') IS NOT NULL")).fetchone()
    if row and row[0]:
        return Finding(name, "ok", "searched, with pgvector")
    known = await conn.execute("SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'vector'")
    if await known.fetchone() is None:
        return Finding(name, "note", "not searched: the server has no pgvector", "Install pgvector 0.8 on the server.")
    mend = "Have an administrator run CREATE EXTENSION vector (0.8 or newer) in this database."
    return Finding(name, "note", "not searched yet: no table of vectors; the worker makes it within the hour", mend)


async def _keys(settings: Settings, conn: psycopg.AsyncConnection) -> Finding:
    try:
        keyring = keyring_of(settings)
    except SettingsError as fault:
        return Finding("keys", "wrong", str(fault), "Correct auth.pii_keys (docs/keys.md).")
    row = await (await conn.execute("SELECT count(*) FROM identity.unsealed_account")).fetchone()
    if row and row[0]:
        return Finding("keys", "wrong", f"{row[0]} accounts are readable", "Run `hospes migrate`.")
    conn.row_factory = dict_row  # type: ignore[assignment]
    used = await count_by_key(ReadTx(conn), sealed_columns())  # type: ignore[arg-type]
    missing = {name: number for name, number in used.items() if name not in keyring.names}
    if missing:
        said = ", ".join(f"{number} values need the key {name}" for name, number in missing.items())
        return Finding("keys", "wrong", said, "Put the key back into auth.pii_keys, or secrets.json into data_dir.")
    old = used.total() - used[keyring.current]
    if old:
        said = f"{old} of {used.total()} values are under older keys than {keyring.current}"
        return Finding("keys", "note", said, "Run `hospes keys rotate`.")
    return Finding("keys", "ok", f"{used.total()} values under the key {keyring.current}")


async def _clock(conn: psycopg.AsyncConnection) -> Finding:
    before = datetime.now(UTC)
    row = await (await conn.execute("SELECT clock_timestamp()")).fetchone()
    after = datetime.now(UTC)
    assert row is not None
    apart = abs((row[0] - (before + (after - before) / 2)).total_seconds())
    said = f"{apart:.3f} s apart from the database's"
    if apart > CLOCK_TOLERANCE_SECONDS:
        return Finding("clock", "wrong", said, "Synchronise both machines with NTP (timedatectl set-ntp true).")
    return Finding("clock", "ok", said)


async def _valkey(settings: Settings) -> Finding:
    client = Redis.from_url(settings.redis_url, socket_connect_timeout=3, socket_timeout=3)
    try:
        info = await client.info("server")
    except (RedisError, OSError) as fault:
        return Finding(
            "Valkey", "wrong", str(fault), "Start Valkey or Redis, or correct REDIS_URL or database.redis.session."
        )
    finally:
        await client.aclose()
    name = "Valkey" if "valkey_version" in info else "Redis"
    return Finding("Valkey", "ok", f"{name} {info.get('valkey_version', info.get('redis_version'))}")


async def _storage(settings: Settings) -> Finding:
    key = f"doctor/{new_id().hex}"
    try:
        storage = Storage(settings.storage_url, settings.data_dir / "media")
        await storage.put(key, b"hospes")
        intact = await storage.get(key) == b"hospes"
        await storage.delete(key)
    except (HospesError, OSError, ValueError) as fault:
        cause = fault.__cause__ or fault
        return Finding("storage", "wrong", str(cause), f"Make {settings.media_url} writable, or set storage_url.")
    if not intact:
        return Finding("storage", "wrong", "what was read is not what was written", "Check the disk or the store.")
    return Finding("storage", "ok", settings.media_url)


async def _search(settings: Settings) -> Finding:
    """The files that search starts from on this host (docs/search-operations.md)."""
    try:
        found = await asyncio.to_thread(search.written_here, settings)
    except OSError as fault:
        return Finding("search", "wrong", str(fault), "Make data_dir/search writable, or set search.folder.")
    if not found:
        return Finding("search", "ok", f"no files yet: they begin with {settings.search.snapshot_from:,} listings")
    ages = [datetime.now(UTC) - each.at for each in found]
    said = "; ".join(
        f"{each.kind}: generation {each.generation}, {each.size / 1e6:.1f} MB, {age.total_seconds() / 3600:.0f} h old"
        for each, age in zip(found, ages, strict=True)
    )
    if max(ages) > OLDEST_SEARCH:
        return Finding("search", "note", said, "Running processes renew them; `hospes search rebuild` does so now.")
    return Finding("search", "ok", said)


async def _mail(settings: Settings) -> Finding:
    if not settings.mail.url:
        return Finding(
            "mail",
            "note",
            "not configured: messages go into the folder mail of data_dir, see /admin/mail",
            "Set mail.url (HOSPES_MAIL__URL) to smtp://user:password@host:587.",
        )
    try:
        greeting = await asyncio.to_thread(_greet, settings.mail.url)
    except (OSError, smtplib.SMTPException) as fault:
        return Finding("mail", "wrong", str(fault), "Correct mail.url (HOSPES_MAIL__URL), or open the port.")
    return Finding("mail", "ok", greeting)


async def _payments(settings: Settings) -> Finding:
    names, asked = configured(settings), settings.payment_provider
    if asked not in names:
        said = f"payment_provider is {asked}, which has no keys"
        return Finding("payments", "wrong", said, f"Set payment.{asked} (docs/payments/providers.md).")
    missing = missing_keys(settings)
    if missing:
        return Finding("payments", "note", ", ".join(names), f"Set {', '.join(missing)}.")
    if settings.environment == "production" and "sandbox" in names:
        return Finding("payments", "note", ", ".join(names), "The sandbox takes no money: set payment_provider.")
    return Finding("payments", "ok", ", ".join(names))


def _greet(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(host, parts.port or (465 if parts.scheme == "smtps" else 587), timeout=5) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return f"{host} answers"
