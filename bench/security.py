"""What checking people costs: a session's check in process, and others' answers while twenty people sign in at once."""

import asyncio
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import bcrypt
import psycopg
from starlette.requests import Request

from bench import stage
from bench.load import request
from hospes.entrypoints.wiring import open_runtime
from hospes.modules.identity import facade as identity
from hospes.modules.identity import sessions
from hospes.platform.limits import Limits, Rule
from hospes.platform.settings import load_settings

AT_ONCE, CHECKS = 20, 2_000
PASSWORD = "Lantern-2026"


def measure(folder: Path, database: str, valkey: str, *, seconds: int) -> dict[str, Any]:
    """Sign-ins of one account on twenty connections without a pause, beside readers on four; then without them."""
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE identity.user_account SET password_hash = %s WHERE id = %s", (hashed, stage.GUEST))
    body = {"email": "g@bench.example", "password": PASSWORD}
    enter = [request("POST", "/api/v1/auth/login", body=body)] * (200 * seconds)
    others = [request("GET", "/api/v1/catalog/vocabulary")] * (5_000 * seconds)
    with stage.api(folder, database, valkey) as api, ThreadPoolExecutor(2) as pool:
        stage.drive(api.port, others[:500], seconds=2, connections=4)
        alone = stage.drive(api.port, others, seconds=seconds, connections=4)
        entering = pool.submit(stage.drive, api.port, enter, seconds=seconds + 1.0, connections=AT_ONCE)
        time.sleep(0.5)
        beside = stage.drive(api.port, others, seconds=seconds, connections=4)
        found = {"alone": alone, "beside": beside, "entering": entering.result()}
    return {**found, **asyncio.run(_in_process(folder, database, valkey))}


async def _in_process(folder: Path, database: str, valkey: str) -> dict[str, float]:
    """Milliseconds that a session's check adds to a request, and microseconds that counting one costs."""
    env = stage.environment(folder, DATABASE_URL=database, REDIS_URL=valkey)
    async with open_runtime(load_settings(environ=env)) as rt:
        async with rt.db.read() as tx:
            user = await identity.get_user(tx, stage.GUEST)
        session = await sessions.open_session(
            rt.valkey, user, ip_address="127.0.0.1", user_agent="bench", lasts=600, now=rt.clock.now()
        )

        async def check(cookie: str) -> list[float]:
            times = []
            for _ in range(CHECKS):
                asked = Request(
                    {"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", cookie.encode())]}
                )
                began = time.perf_counter()
                await identity.resolve_caller(asked, rt)
                times.append(time.perf_counter() - began)
            return times

        await check(f"{identity.SESSION_COOKIE}={session.id}")
        signed = await check(f"{identity.SESSION_COOKIE}={session.id}")
        nobody = await check(f"{identity.CSRF_COOKIE}={'x' * 43}")
        limits, rule = Limits(rt.valkey), Rule("bench", 10**9)
        began = time.perf_counter()
        for number in range(100_000):
            limits.take(f"rate_limit:192.0.2.{number % 200}:/api/v1/search", rule, 1_780_000_000.0)
        counted = (time.perf_counter() - began) / 100_000
    return {
        "session_ms": (statistics.median(signed) - statistics.median(nobody)) * 1000,
        "session_p99_ms": sorted(signed)[int(CHECKS * 0.99)] * 1000,
        "count_us": counted * 1e6,
    }


def rows(found: dict[str, Any]) -> list[tuple[str, str, str, bool | None]]:
    """What was measured beside its bar."""
    beside, alone, entering = found["beside"], found["alone"], found["entering"]
    said = f"p50 {beside['p50_ms']:.1f}, p99 {beside['p99_ms']:.1f} ms; alone p99 {alone['p99_ms']:.1f} ms"
    signed_in = f"{entering['per_second']:.0f}/s, p50 {entering['p50_ms']:.0f} ms {entering['statuses']}"
    checked = f"{found['session_ms']:.2f} ms, p99 {found['session_p99_ms']:.2f} ms"
    return [
        (f"others' answers during {AT_ONCE} log-ins at once", said, "p99 < 50 ms", beside["p99_ms"] < 50),
        ("  those log-ins", signed_in, "", None),
        ("a session's check adds", checked, "< 0.3 ms", found["session_ms"] < 0.3),
        ("  counting a request against its limits", f"{found['count_us']:.1f} µs", "", None),
    ]
