"""What is measured: our own servers in a temporary folder, an API process, guests and listings of one unit."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from joserfc import jwt
from joserfc.jwk import OctKey

from hospes.modules.identity.contracts import Person
from hospes.modules.identity.sealed import seal_person
from hospes.platform.embedded import usable_port
from hospes.platform.sealing import Keyring

SECRET = "only-for-measuring-0123456789abcdef"
KEYRING = Keyring([("bench", SECRET)], SECRET)
ROOT = Path(__file__).resolve().parents[1]
NIGHTS = 300
WORKERS = min(os.cpu_count() or 1, 4)  # PostgreSQL and the load generator run on the same machine
GUEST, OWNER, BUSINESS, PLACE = (UUID(f"00000000-0000-4000-9000-00000000000{n}") for n in range(1, 5))


def resource_id(number: int) -> UUID:
    """The id of listing `number`."""
    return UUID(f"00000000-0000-4000-8000-{number:012x}")


def unit_id(number: int) -> UUID:
    """The id of its only unit."""
    return UUID(f"00000000-0000-4000-8001-{number:012x}")


def token(user: UUID = GUEST, role: str = "guest") -> str:
    """A bearer token of two hours."""
    now = int(time.time())
    claims = {"sub": str(user), "email": "g@bench.example", "name": "G B", "roles": [role], "iat": now}
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, {**claims, "exp": now + 7200}, OctKey.import_key(SECRET))


def fill(url: str, listings: int) -> None:
    """Two people, a business, and listings of one unit, on sale at 100.00 EUR a night."""
    now = datetime.now(UTC)
    person = (
        "INSERT INTO identity.user_account (id, person, data_key, email_mark, phone_mark, birthday_mark,"
        " password_hash, created_at, updated_at, email_verified_at)"
    )
    with psycopg.connect(url) as conn:
        for user, mail in ((GUEST, "g@bench.example"), (OWNER, "o@bench.example")):
            sealed = seal_person(KEYRING, user, Person(mail, "G", "B"))
            conn.execute(f"{person} VALUES (%s, %s, %s, %s, %s, %s, 'x', %s, %s, %s)", (user, *sealed, now, now, now))
        conn.execute(
            "INSERT INTO catalog.business (id, owner_id, name, type, status, created_at, updated_at)"
            " VALUES (%s, %s, 'Bench', 'HOME', 'ACTIVE', %s, %s)",
            (BUSINESS, OWNER, now, now),
        )
        conn.execute(
            "INSERT INTO catalog.property (id, business_id, name, city, country, latitude, longitude, zone, status,"
            " created_at, updated_at) VALUES (%s, %s, 'Bench', 'Berlin', 'DE', 52.5, 13.4, 'Europe/Berlin', 'approved',"
            " %s, %s)",
            (PLACE, BUSINESS, now, now),
        )
        conn.execute(
            "INSERT INTO catalog.resource (id, property_id, kind, mode, name, horizon_days, created_at, updated_at)"
            " SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, %s, 'HOME', 'nightly', 'Home',"
            " 400, %s, %s FROM generate_series(1, %s) AS n",
            (PLACE, now, now, listings),
        )
        conn.execute(
            "INSERT INTO catalog.unit (id, resource_id, name) SELECT ('00000000-0000-4000-8001-' ||"
            " lpad(to_hex(n), 12, '0'))::uuid, ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '1'"
            " FROM generate_series(1, %s) AS n",
            (listings,),
        )
        conn.execute(
            "INSERT INTO pricing.rate (resource_id, currency, base_amount, updated_at) SELECT"
            " ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'EUR', 10000, %s"
            " FROM generate_series(1, %s) AS n",
            (now, listings),
        )
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


def stay(number: int, day: int) -> dict[str, Any]:
    """The body of a booking of one night at the price of `fill`."""
    first = (datetime.now(UTC) + timedelta(days=3 + day)).date()
    return {
        "resource_id": str(resource_id(number)), "arrival": first.isoformat(),
        "departure": (first + timedelta(days=1)).isoformat(), "adults": 1, "expected_total": 11200,
    }  # fmt: skip


@dataclass(frozen=True)
class Api:
    """A running `hospes api`."""

    port: int
    pid: int


def environment(folder: Path, **more: str) -> dict[str, str]:
    """For our own processes; nothing of the caller's settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HOSPES_")}
    clean.pop("PYTHONDONTWRITEBYTECODE", None)  # a start would compile everything anew
    keys = {"HOSPES_AUTH__PII_KEYS": f"bench:{SECRET}", "HOSPES_AUTH__PII_INDEX_SECRET": SECRET}
    said = {"HOSPES_DATA_DIR": str(folder), "HOSPES_AUTH__SECRET": SECRET, "HOSPES_LOG_LEVEL": "error"}
    rates = {"HOSPES_SECURITY__RATELIMIT__FACTOR": "1000000"}  # the load of a whole city comes from one address
    return {**clean, **said, **keys, **rates, **more}


@contextmanager
def api(folder: Path, database: str, valkey: str) -> Iterator[Api]:
    """`hospes api` with a worker a core, ready."""
    port = usable_port()
    env = environment(folder, DATABASE_URL=database, REDIS_URL=valkey)
    command = [sys.executable, "-m", "hospes.entrypoints.cli", "api", "--port", str(port)]
    command += ["--workers", str(WORKERS)]
    with (folder / "api.log").open("ab") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=ROOT)
    try:
        wait_ready(port, process, folder / "api.log")
        yield Api(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def wait_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until /readyz answers 200; raises when the process ends or two minutes pass."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"hospes ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            with socket.create_connection(("127.0.0.1", port), 2) as probe:
                probe.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if b" 200 " in probe.recv(64):
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise RuntimeError("hospes did not become ready within two minutes")


def drive(port: int, requests: list[str], *, seconds: float, connections: int) -> dict[str, Any]:
    """Have the load generator send these requests; it runs in a process of its own."""
    job = {"port": port, "requests": requests, "seconds": seconds, "connections": connections}
    command = [sys.executable, str(Path(__file__).with_name("load.py"))]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result
