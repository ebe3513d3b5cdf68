"""Slots of a professional, the calendar of a large hotel, rivals for one appointment: what they are measured on, and how."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from bench import stage
from bench.load import request

DOCTOR, DOCTOR_UNIT, HOTEL = (UUID(f"00000000-0000-4000-a000-00000000000{n}") for n in range(1, 4))
ROOMS = 200
DAYS = 90
ASKS = 400


def fill(url: str) -> None:
    """A doctor with half-hour slots whose days are half full; a hotel of 200 rooms with 60 to 95 % of its nights sold."""
    now = datetime.now(UTC)
    with psycopg.connect(url) as conn:
        conn.execute(
            "INSERT INTO catalog.resource (id, property_id, kind, mode, pooled, name, horizon_days, max_guests,"
            " created_at, updated_at) VALUES (%(d)s, %(p)s, 'DOCTOR_SLOT', 'timed', false, 'Doctor', 400, 2, %(t)s, %(t)s),"
            " (%(h)s, %(p)s, 'HOTEL_ROOM', 'nightly', true, 'Room', 400, 2, %(t)s, %(t)s)",
            {"d": DOCTOR, "h": HOTEL, "p": stage.PLACE, "t": now},
        )
        conn.execute("INSERT INTO catalog.unit (id, resource_id, name) VALUES (%s, %s, 'Dr')", (DOCTOR_UNIT, DOCTOR))
        conn.execute(
            "INSERT INTO catalog.unit (id, resource_id, name)"
            " SELECT gen_random_uuid(), %s, n::text FROM generate_series(1, %s::integer) AS n",
            (HOTEL, ROOMS),
        )
        conn.execute(
            "INSERT INTO pricing.rate (resource_id, currency, base_amount, updated_at) VALUES (%s, 'EUR', 6000, %s),"
            " (%s, 'EUR', 10000, %s)",
            (DOCTOR, now, HOTEL, now),
        )
        conn.execute(
            "INSERT INTO inventory.schedule (resource_id, slot_minutes, step_minutes, after_minutes, horizon_days)"
            " VALUES (%s, 30, 15, 5, 365)",
            (DOCTOR,),
        )
        conn.execute(
            "INSERT INTO inventory.schedule_window (resource_id, weekday, opens, closes)"
            " SELECT %s, d::smallint, '09:00', '17:00' FROM generate_series(0, 6) AS d",
            (DOCTOR,),
        )
        _appointments(conn, now)
        _stays(conn, now)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


def _appointments(conn: psycopg.Connection[Any], now: datetime) -> None:
    conn.execute(
        "INSERT INTO inventory.claim (id, resource_id, unit_id, during, starts_at, ends_at, first_night, last_night,"
        " kind, owner_id, created_at)"
        " SELECT gen_random_uuid(), %s, %s, tstzrange(s, s + interval '35 min'), s, s + interval '30 min', s::date,"
        " s::date, 'booking', gen_random_uuid(), %s FROM generate_series(1, 40) AS d, generate_series(0, 7) AS h,"
        " LATERAL (SELECT date_trunc('day', %s::timestamptz) + d * interval '1 day' + h * interval '1 hour'"
        " + interval '7 hours' AS s) AS at",
        (DOCTOR, DOCTOR_UNIT, now, now),
    )


def _stays(conn: psycopg.Connection[Any], now: datetime) -> None:
    draw, first, sold = random.Random(5), now.date() + timedelta(days=1), [0] * (DAYS + 10)
    stays = []
    for night in range(DAYS):
        wanted = int(ROOMS * draw.uniform(0.6, 0.95))
        while sold[night] < wanted:
            length = draw.randint(1, 4)
            stays.append((first + timedelta(days=night), first + timedelta(days=night + length - 1)))
            for each in range(night, night + length):
                sold[each] += 1
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO inventory.claim (id, resource_id, during, first_night, last_night, kind, owner_id, created_at)"
            " VALUES (gen_random_uuid(), %s, tstzrange(%s::date + time '12:00', %s::date + 1 + time '12:00'), %s, %s,"
            " 'booking', gen_random_uuid(), %s)",
            [(HOTEL, start, end, start, end, now) for start, end in stays],
        )
        cursor.executemany(
            "INSERT INTO inventory.night_count (resource_id, night, capacity, overbooking, claimed)"
            " VALUES (%s, %s, %s, 200, %s)",
            [(HOTEL, first + timedelta(days=night), ROOMS, count) for night, count in enumerate(sold)],
        )


def measure(folder: Path, database: str, valkey: str) -> dict[str, Any]:
    """A month of slots, 90 days of the hotel, and 500 rivals for one slot, over HTTP."""
    fill(database)
    today = datetime.now(UTC).date()
    with stage.api(folder, database, valkey) as api:

        def ask(path: str, days: int) -> dict[str, Any]:
            asks = [
                request("GET", f"{path}?from={today + timedelta(days=n % 5)}&to={today + timedelta(days=n % 5 + days)}")
                for n in range(ASKS)
            ]
            stage.drive(api.port, asks[:60], seconds=5, connections=1)
            return stage.drive(api.port, asks, seconds=30, connections=1)

        found = {
            "slots": ask(f"/api/v1/resources/{DOCTOR}/slots", 30),
            "hotel": ask(f"/api/v1/resources/{HOTEL}/calendar", DAYS - 1),
        }
        start = datetime.combine(today + timedelta(days=60), datetime.min.time(), UTC) + timedelta(hours=9)
        token = stage.token()

        def book(at: datetime) -> str:
            body = {"resource_id": str(DOCTOR), "starts_at": at.isoformat(), "minutes": 30, "adults": 1}
            return request("POST", "/api/v1/bookings", token=token, key=str(uuid4()), body=body)

        before = [book(start + timedelta(days=1 + n // 6, hours=n % 6)) for n in range(120)]
        stage.drive(api.port, before, seconds=60, connections=32)
        return {
            **found,
            "rivals": stage.drive(api.port, [book(start) for _ in range(500)], seconds=60, connections=500),
        }


def rows(found: dict[str, Any]) -> list[tuple[str, str, str, bool | None]]:
    """What was measured beside its bar."""
    slots, hotel, rivals = found["slots"], found["hotel"], found["rivals"]
    one = rivals["statuses"] == {"201": 1, "409": 499}
    return [
        ("a month of slots of one professional", _said(slots), "p99 < 10 ms", slots["p99_ms"] < 10),
        (f"{DAYS} days of a hotel of {ROOMS} rooms", _said(hotel), "p99 < 30 ms", hotel["p99_ms"] < 30),
        ("500 rivals for one slot", f"{rivals['statuses']}, p99 {rivals['p99_ms']:.0f} ms", "one 201, < 1000 ms",
         one and rivals["p99_ms"] < 1000),
    ]  # fmt: skip


def _said(found: dict[str, Any]) -> str:
    return f"p50 {found['p50_ms']:.1f}, p99 {found['p99_ms']:.1f} ms {found['statuses']}"
