"""From a provider's webhook to the guest's screen: HTTP in, booking confirmed, server-sent event out."""

import asyncio
import hmac
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from bench import stage
from bench.load import request
from hospes.modules.payments.providers.signature import sign

CHALLENGE = {"number": "4000002500003155", "expiry": "12/34", "cvc": "123", "name": "G B"}
A_SECOND = 50
PATIENCE = 10.0


def measure(folder: Path, database: str, valkey: str, *, listings: int, seconds: int) -> dict[str, Any]:
    """Bookings that wait for their payer's bank; then its yes arrives for fifty of them a second."""
    with stage.api(folder, database, valkey) as api, _worker(folder, database, valkey):
        bookings = asyncio.run(_prepare(api.port, listings, A_SECOND * seconds))
        attempts = _asked(database, len(bookings))
        _approve(database)
        return asyncio.run(_drive(api.port, [(each, attempts[each]) for each in bookings]))


@contextmanager
def _worker(folder: Path, database: str, valkey: str) -> Iterator[None]:
    env = stage.environment(folder, DATABASE_URL=database, REDIS_URL=valkey)
    with (folder / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "hospes.entrypoints.cli", "worker"]
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=stage.ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


async def _prepare(port: int, listings: int, count: int) -> list[str]:
    """Ids of bookings whose charge has been asked for with a card that wants the payer's yes."""
    token = stage.token()
    card = await _ask(port, request("POST", "/api/v1/sandbox/tokens", token=token, key=str(uuid4()), body=CHALLENGE))
    wishes = iter(random.Random(9).sample(range(listings * stage.NIGHTS), count))
    made: list[str] = []

    async def one() -> None:
        for wish in wishes:
            body = stage.stay(wish // stage.NIGHTS + 1, wish % stage.NIGHTS)
            booked = await _ask(port, request("POST", "/api/v1/bookings", token=token, key=str(uuid4()), body=body))
            pay = {"booking_id": booked["id"], "method": card}
            await _ask(port, request("POST", "/api/v1/payments/confirm", token=token, key=str(uuid4()), body=pay))
            made.append(booked["id"])

    await asyncio.gather(*(one() for _ in range(8)))
    return made


async def _ask(port: int, text: str) -> dict[str, Any]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    answer = json.loads(await reader.readexactly(length))
    writer.close()
    if not head[9:12].startswith(b"2"):
        raise RuntimeError(f"refused: {answer}")
    found: dict[str, Any] = answer
    return found


def _asked(database: str, count: int) -> dict[str, str]:
    """The charge of each booking, once the worker has asked for all of them."""
    deadline = time.monotonic() + 180
    with psycopg.connect(database, autocommit=True) as conn:
        while time.monotonic() < deadline:
            rows = conn.execute(
                "SELECT p.booking_id::text, a.id::text FROM payments.attempt AS a JOIN payments.payment AS p"
                " ON p.id = a.payment_id WHERE a.status = 'needs_action'"
            ).fetchall()
            if len(rows) == count:
                return dict(rows)
            time.sleep(0.2)
    raise RuntimeError(f"only {len(rows)} of {count} charges were asked for within three minutes")


def _approve(database: str) -> None:
    """Every payer has said yes at the bank; nobody has told us yet."""
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE sandbox.charge SET status = 'succeeded' WHERE status = 'needs_action'")


async def _drive(port: int, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    began, times, late = time.perf_counter() + 1.5, [], 0

    async def one(number: int, booking: str, attempt: str) -> float | None:
        at = began + number / A_SECOND
        await asyncio.sleep(at - time.perf_counter() - 1)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("GET", f"/api/v1/bookings/{booking}/events", token=stage.token()).encode())
        await reader.readuntil(b"booking.created")
        await asyncio.sleep(at - time.perf_counter())
        sent = time.perf_counter()
        told = asyncio.create_task(_tell(port, attempt))
        try:
            await asyncio.wait_for(reader.readuntil(b"booking.confirmed"), PATIENCE)
        except TimeoutError:
            return None
        finally:
            writer.close()
            await told
        return time.perf_counter() - sent

    for spent in await asyncio.gather(*(one(n, *pair) for n, pair in enumerate(pairs))):
        if spent is None:
            late += 1
        else:
            times.append(spent)
    times = sorted(times) or [0.0]
    return {
        "webhooks": len(pairs),
        "never_seen": late,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[min(int(len(times) * 0.99), len(times) - 1)] * 1000,
    }


async def _tell(port: int, attempt: str) -> None:
    raw = json.dumps({"id": f"evt_{attempt}", "type": "charge.succeeded", "data": {"key": attempt}})
    text = request("POST", "/api/v1/webhooks/sandbox", body=json.loads(raw))
    secret = hmac.new(stage.SECRET.encode(), b"sandbox webhook", sha256).hexdigest()  # as providers.sandbox_secret
    signature = sign(secret, raw.encode(), at=datetime.now(UTC))
    await _ask(port, text.replace("\r\n\r\n", f"\r\nSandbox-Signature: {signature}\r\n\r\n", 1))


def rows(found: dict[str, Any]) -> list[tuple[str, str, str, bool | None]]:
    """What was measured beside its bar."""
    said = f"p50 {found['p50_ms']:.0f}, p99 {found['p99_ms']:.0f} ms"
    if found["never_seen"]:
        said += f", {found['never_seen']} of {found['webhooks']} not within {PATIENCE:.0f} s"
    reached = not found["never_seen"] and found["p99_ms"] < 250
    return [(f"webhook to server-sent event, {A_SECOND} a second", said, "p99 < 250 ms", reached)]
