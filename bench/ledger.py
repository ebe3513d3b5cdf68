"""The ledger explorer over a million entries: accounts with balances, an account's entries, transactions; pages too."""

import asyncio
import json
import random
import time
import urllib.request
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench import stage
from bench.load import request
from hospes.modules.ledger import facade
from hospes.modules.ledger.contracts import Line, host, platform, provider
from hospes.modules.ledger.use_cases.take_checkpoints import take_checkpoints
from hospes.platform.db import Database

HOSTS, GUESTS, ASKS = 2_000, 100_000, 300


def measure(folder: Path, database: str, valkey: str, *, entries: int) -> dict[str, Any]:
    """One question after the other, each kind by itself; and what posting costs on top of that many entries."""
    began = time.perf_counter()
    fill(database, entries // 5)
    found: dict[str, Any] = {"entries": entries, "fill_s": time.perf_counter() - began}
    found.update(asyncio.run(_checkpoints_and_posts(database)))
    with stage.api(folder, database, valkey) as api:
        for name, paths in _questions(api.port, entries // 5).items():
            token = stage.token(stage.OWNER, "admin")
            asks = [request("GET", path, token=token) for path in paths]
            stage.drive(api.port, asks[:50], seconds=5, connections=1)
            found[name] = stage.drive(api.port, asks, seconds=30, connections=1)
    return found


def fill(url: str, bookings: int) -> None:
    """Of each booking a capture (two entries) and an allocation (three), over two years, past the journal's trigger."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(
            "INSERT INTO ledger.account (kind, owner, currency, opened_at)"
            " SELECT 'provider', 'bench', 'EUR', now() UNION ALL SELECT 'platform', 'fees', 'EUR', now()"
            " UNION ALL SELECT 'host', ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0')), 'EUR', now()"
            " FROM generate_series(1, %(hosts)s::integer) AS n"
            " UNION ALL SELECT 'guest', ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0')), 'EUR', now()"
            " FROM generate_series(1, %(guests)s::integer) AS n ON CONFLICT DO NOTHING",
            {"hosts": HOSTS, "guests": GUESTS},
        )
        conn.execute(
            "CREATE TEMP TABLE made AS SELECT n, (2 * n - 1)::bigint AS captured, (2 * n)::bigint AS allocated,"
            " now() - make_interval(secs => (%(n)s - n) * 63072000.0 / %(n)s) AS at,"
            " ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid AS about,"
            " 5000 + n * 37 %% 90000 AS amount, 1 + n * 7919 %% %(hosts)s AS host, 1 + n * 104729 %% %(guests)s AS guest"
            " FROM generate_series(1, %(n)s::bigint) AS n",
            {"n": bookings, "hosts": HOSTS, "guests": GUESTS},
        )
        conn.execute(
            "INSERT INTO ledger.transaction (id, key, kind, about, currency, posted_at) OVERRIDING SYSTEM VALUE"
            " SELECT captured, 'payment:' || n, 'captured', about, 'EUR', at FROM made UNION ALL"
            " SELECT allocated, 'allocation:' || n, 'allocated', about, 'EUR', at FROM made ORDER BY 1"
        )
        conn.execute(
            "INSERT INTO ledger.posting (account_id, transaction_id, amount, posted_at, kind)"
            " SELECT a.id, l.transaction, l.amount, m.at, l.what FROM made AS m CROSS JOIN LATERAL (VALUES"
            " (1, m.captured, 'captured', 'provider', 'bench', m.amount),"
            " (2, m.captured, 'captured', 'guest', '00000000-0000-4000-9000-' || lpad(to_hex(m.guest), 12, '0'),"
            "  -m.amount),"
            " (3, m.allocated, 'allocated', 'guest', '00000000-0000-4000-9000-' || lpad(to_hex(m.guest), 12, '0'),"
            "  m.amount),"
            " (4, m.allocated, 'allocated', 'host', '00000000-0000-4000-8000-' || lpad(to_hex(m.host), 12, '0'),"
            "  -m.amount + m.amount / 10), (5, m.allocated, 'allocated', 'platform', 'fees', -(m.amount / 10)))"
            " AS l (place, transaction, what, kind, owner, amount)"
            " JOIN ledger.account AS a ON a.kind = l.kind AND a.owner = l.owner AND a.currency = 'EUR'"
            " ORDER BY m.n, l.place"
        )
        conn.execute("SELECT setval('ledger.transaction_id_seq', %s)", (2 * bookings,))
        conn.execute("RESET session_replication_role")
        conn.execute("VACUUM ANALYZE")


async def _checkpoints_and_posts(url: str) -> dict[str, Any]:
    db = Database(url)
    await db.open()
    try:
        began = time.perf_counter()
        await take_checkpoints(db)
        made = await take_checkpoints(db)
        spent = time.perf_counter() - began
        times = []
        lines = (Line(provider("bench"), 500), Line(host(UUID(int=5)), -450), Line(platform("fees"), -50))
        now = await _now(db)
        for number in range(500):
            began = time.perf_counter()
            async with db.write() as tx:
                await facade.post(
                    tx, key=f"bench:{number}", kind="captured", about=None, lines=lines, currency="EUR", now=now
                )
            times.append(time.perf_counter() - began)
        return {"checkpoints": made, "checkpoints_s": spent, "post_ms": sorted(times)[250] * 1000}
    finally:
        await db.close()


async def _now(db: Database) -> Any:
    async with db.read() as tx:
        row = await tx.find("SELECT now() AS now")
    assert row is not None
    return row["now"]


def _questions(port: int, bookings: int) -> dict[str, list[str]]:
    draw, base = random.Random(3), "/api/v1/admin/ledger"
    ids = {kind: _ids(port, f"{base}/accounts?kind={kind}&limit=100") for kind in ("host", "guest", "provider")}
    days = [f"{2024 + n % 2}-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(ASKS)]

    def about() -> str:
        return str(UUID(f"00000000-0000-4000-a000-{draw.randint(1, bookings):012x}"))

    hot = ids["provider"][0]
    return {
        "accounts": [f"{base}/accounts?kind={draw.choice(('host', 'guest', 'platform'))}" for _ in range(ASKS)],
        "entries of a host": [f"{base}/transactions?account_id={draw.choice(ids['host'])}" for _ in range(ASKS)],
        "entries of the provider": [f"{base}/transactions?account_id={hot}"] * ASKS,
        "entries of the provider, then": [
            f"{base}/transactions?account_id={hot}&until={day}T00:00:00Z" for day in days
        ],
        "a booking": [f"{base}/transactions?about={about()}" for _ in range(ASKS)],
        "entries of the provider, of a kind": [
            f"{base}/transactions?account_id={hot}&kind={draw.choice(('captured', 'refunded', 'allocated'))}"
            for _ in range(ASKS)
        ],
        "by kind and day": [f"{base}/transactions?kind=allocated&until={day}T00:00:00Z" for day in days],
        "page of accounts": ["/admin/ledger?kind=host"] * ASKS,
        "page of the provider": [f"/admin/ledger/accounts/{hot}"] * ASKS,
    }


def _ids(port: int, path: str) -> list[int]:
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {stage.token(stage.OWNER, 'admin')}"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return [each["id"] for each in json.load(answer)["items"]]


def rows(found: dict[str, Any]) -> list[tuple[str, str, str, bool | None]]:
    """What was measured beside its bar."""
    asked = [(name, each) for name, each in found.items() if isinstance(each, dict)]
    said = [
        (
            f"ledger explorer, {found['entries']:,} entries: {name}",
            f"p50 {each['p50_ms']:.1f}, p99 {each['p99_ms']:.1f} ms {each['statuses']}",
            "p99 < 50 ms",
            each["p99_ms"] < 50 and set(each["statuses"]) == {"200"},
        )
        for name, each in asked
    ]
    return [*said, ("posting a transaction of three lines", f"{found['post_ms']:.2f} ms", "", None)]
