"""pgbench: the bare claim + booking + outbox transaction, and the statements a booking really executes."""

import os
import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
from psycopg import AsyncCursor
from psycopg.types.json import Jsonb

from bench import stage
from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Actor, Party
from hospes.modules.booking.schemas import booking_out
from hospes.platform import db, idempotency
from hospes.platform.embedded import postgres_binaries

RESOURCE = "('00000000-0000-4000-8000-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid"
UNIT = "('00000000-0000-4000-8001-' || lpad(to_hex(:r::bigint), 12, '0'))::uuid"
DAY = "((current_date + 3) + :d::integer)"
BARE = f"""BEGIN;
INSERT INTO inventory.claim (id, resource_id, unit_id, during, first_night, last_night, kind, owner_id, created_at)
VALUES (md5(:x::text || 'c')::uuid, {RESOURCE}, {UNIT}, tstzrange({DAY} + time '12:00', {DAY} + time '36:00:00'),
 {DAY}, {DAY}, 'booking', md5(:x::text || 'b')::uuid, now()) ON CONFLICT DO NOTHING;
INSERT INTO booking.booking (id, reference, guest_id, business_id, property_id, status, arrival, departure, check_in_at,
 check_out_at, adults, currency, total, terms, created_at, updated_at)
VALUES (md5(:x::text || 'b')::uuid, md5(:x::text), '{stage.GUEST}'::uuid, '{stage.BUSINESS}'::uuid,
 '{stage.PLACE}'::uuid, 'confirmed', {DAY}, {DAY} + 1, now(), now(), 1, 'EUR', 11200, '{{}}', now(), now());
INSERT INTO platform.outbox (event_id, type, aggregate_id, data, occurred_at)
VALUES (md5(:x::text || 'e')::uuid, 'booking.created', md5(:x::text || 'b')::uuid, '{{}}', now());
COMMIT;
""".replace(f"{DAY} + time '36:00:00'", f"{DAY} + 1 + time '12:00'")
Said = list[tuple[str, Any]]


def pgbench(url: str, folder: Path, script: str, *, listings: int, seconds: int, given: dict[str, str]) -> float:
    """Transactions a second of 8 clients with prepared statements."""
    file = folder / "script.sql"
    draw = f"\\set r random(1, {listings})\n\\set d random(0, {stage.NIGHTS - 1})\n"
    draw += "\\set x random(1, 9000000000000000000)\n"
    file.write_text(draw + script)
    command = [str(postgres_binaries() / "pgbench"), "-n", "-M", "prepared", "-c", "8", "-j", "1", "-T", str(seconds)]
    command += [part for name, value in given.items() for part in ("-D", f"{name}={value}")]
    done = subprocess.run(
        [*command, "-f", str(file), url], capture_output=True, text=True, env={**os.environ}, check=False
    )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode or not found:
        raise RuntimeError(f"pgbench failed: {done.stderr[-1500:]}")
    return float(found[1])


async def own_statements(url: str) -> tuple[str, dict[str, str]]:
    """What one booking executes, recorded and turned into a script; constants are passed beside it."""
    now, said = datetime.now(UTC), list[tuple[str, Any]]()
    database = db.Database(url, max_write=1, max_read=1, keyring=stage.KEYRING)
    await database.open()
    first = (now + timedelta(days=3)).date()
    try:
        async with database.write() as tx:

            class Noting(AsyncCursor[Any]):
                async def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
                    said.append((str(query), params))
                    return await super().execute(query, params, **more)

            tx.conn.cursor_factory = Noting
            await _book(tx, now, first)
            tx.conn.cursor_factory = AsyncCursor
    finally:
        await database.close()
    return _script(said, first, now)


async def _book(tx: db.WriteTx, now: datetime, first: date) -> None:
    key = idempotency._Key(str(stage.GUEST), str(uuid4()), bytes(32), now)
    idempotency._ask_for_key(tx, key)
    booking = await facade.book_stay(
        tx, guest_id=stage.GUEST, resource_id=stage.resource_id(1), arrival=first, departure=first + timedelta(days=1),
        party=Party(1), message="", expected_total=11200, provider="sandbox", now=now,
    )  # fmt: skip
    await idempotency._store(tx, key, 201, orjson.dumps(booking_out(booking, Actor.GUEST)), {})


class _Writer:
    """Parameters as expressions: what differs from booking to booking is drawn anew, the rest is passed as it is."""

    def __init__(self, first: date, now: datetime) -> None:
        self.first, self.now = first, now
        self.given: dict[str, str] = {}
        self._fresh: dict[object, str] = {}

    def write(self, value: Any) -> str:
        """The expression of one value."""
        if value is None:
            return "NULL"
        if isinstance(value, list | tuple):
            kind = "uuid" if not value or isinstance(value[0], UUID) else "text"
            return f"ARRAY[{', '.join(self.write(each) for each in value)}]::{kind}[]"
        if isinstance(value, UUID):
            return self._uuid(value)
        if isinstance(value, datetime):
            moves = abs(value - self.now) > timedelta(days=2)
            return f"({self._constant(value.isoformat())}::timestamptz" + (
                " + :d::integer * interval '1 day')" if moves else ")"
            )
        if isinstance(value, date):
            return f"({self._constant(value.isoformat())}::date + :d::integer)"
        if isinstance(value, Jsonb):
            return f"{self._constant(orjson.dumps(value.obj).decode())}::jsonb"
        if isinstance(value, bytes):
            return f"{self._constant(chr(92) + 'x' + value.hex())}::bytea"
        if isinstance(value, bool | int):
            return f"{str(value).lower()}"
        return self._text(str(value))

    def _uuid(self, value: UUID) -> str:
        known = {stage.resource_id(1): RESOURCE, stage.unit_id(1): UNIT}
        if value in known:
            return known[value]
        if value in (stage.GUEST, stage.BUSINESS, stage.PLACE, stage.OWNER):
            return f"'{value}'::uuid"
        return f"md5(:x::text || '{self._fresh.setdefault(value, f'u{len(self._fresh)}')}')::uuid"

    def _text(self, value: str) -> str:
        if re.fullmatch(r"[0-9a-f-]{36}", value) and value != str(stage.GUEST):
            return "md5(:x::text || 'key')"
        if "\n" in value:  # the name of the idempotency lock
            return "md5(:x::text || 'lock')"
        if re.fullmatch(r"HSP-[A-Z0-9-]+", value):
            return "md5(:x::text || 'ref')"
        return f"{self._constant(value)}::text" if value else "''"

    def _constant(self, value: str) -> str:
        name = f"k{len(self.given)}"
        self.given[name] = value
        return f":{name}"


def _script(said: Said, first: date, now: datetime) -> tuple[str, dict[str, str]]:
    writer = _Writer(first, now)
    statements = []
    for query, params in said:
        values = iter(() if isinstance(params, dict) or params is None else params)

        def put(found: re.Match[str], params: Any = params, values: Any = values) -> str:
            return writer.write(params[found[1]] if found[1] else next(values))

        statements.append(re.sub(r"%(?:\((\w+)\))?s", put, query).replace("%%", "%").strip().rstrip(";"))
    return "BEGIN;\n" + ";\n".join(statements) + ";\nCOMMIT;\n", writer.given
