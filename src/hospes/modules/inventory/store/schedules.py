"""Writing schedules. A schedule's row is locked before its windows and exceptions change."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from hospes.modules.inventory.contracts import DayException, Schedule, Window
from hospes.platform.db import WriteTx


async def lock_schedule(tx: WriteTx, resource_id: UUID) -> int | None:
    """The version, which nobody else can change until the transaction ends; None without a schedule."""
    row = await tx.find(
        "SELECT s.version FROM inventory.schedule AS s WHERE s.resource_id = %s FOR UPDATE", (resource_id,)
    )
    return None if row is None else int(row["version"])


async def put_schedule(tx: WriteTx, said: Schedule) -> int:
    """Write the settings and windows (not the exceptions); answers the new version."""
    row = await tx.find(
        "INSERT INTO inventory.schedule AS s (resource_id, slot_minutes, step_minutes, longest_minutes, before_minutes,"
        " after_minutes, notice_minutes, horizon_days, max_per_day, max_per_week, travel_mode, radius_km, speed_kmh,"
        " home_latitude, home_longitude) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (resource_id) DO UPDATE SET slot_minutes = EXCLUDED.slot_minutes,"
        " step_minutes = EXCLUDED.step_minutes, longest_minutes = EXCLUDED.longest_minutes,"
        " before_minutes = EXCLUDED.before_minutes, after_minutes = EXCLUDED.after_minutes,"
        " notice_minutes = EXCLUDED.notice_minutes, horizon_days = EXCLUDED.horizon_days,"
        " max_per_day = EXCLUDED.max_per_day, max_per_week = EXCLUDED.max_per_week, travel_mode = EXCLUDED.travel_mode,"
        " radius_km = EXCLUDED.radius_km, speed_kmh = EXCLUDED.speed_kmh, home_latitude = EXCLUDED.home_latitude,"
        " home_longitude = EXCLUDED.home_longitude, version = s.version + 1 RETURNING s.version",
        (
            *(said.resource_id, said.slot_minutes, said.step_minutes, said.longest_minutes, said.before_minutes),
            *(said.after_minutes, said.notice_minutes, said.horizon_days, said.max_per_day, said.max_per_week),
            *(said.travel_mode, said.radius_km, said.speed_kmh),
            *((said.home.latitude, said.home.longitude) if said.home else (None, None)),
        ),
    )
    assert row is not None
    await _put_windows(tx, said.resource_id, said.windows)
    return int(row["version"])


async def put_exception(tx: WriteTx, resource_id: UUID, said: DayException) -> None:
    """Write one day's exception over any that is there."""
    await tx.run(
        "INSERT INTO inventory.schedule_exception (resource_id, day, unit_id, opens, closes, note)"
        " VALUES (%s, %s, %s, %s::time[], %s::time[], %s) ON CONFLICT ON CONSTRAINT exception_one_a_day"
        " DO UPDATE SET opens = EXCLUDED.opens, closes = EXCLUDED.closes, note = EXCLUDED.note",
        (
            *(resource_id, said.day, said.unit_id),
            *([opens for opens, _ in said.hours], [closes for _, closes in said.hours], said.note),
        ),
    )


async def delete_exception(tx: WriteTx, resource_id: UUID, day: date, unit_id: UUID | None) -> bool:
    """Whether there was one."""
    return bool(
        await tx.run(
            "DELETE FROM inventory.schedule_exception WHERE resource_id = %s AND day = %s"
            " AND unit_id IS NOT DISTINCT FROM %s::uuid",
            (resource_id, day, unit_id),
        )
    )


async def touch_schedule(tx: WriteTx, resource_id: UUID) -> int:
    """The next version of a locked schedule."""
    row = await tx.find(
        "UPDATE inventory.schedule SET version = version + 1 WHERE resource_id = %s RETURNING version", (resource_id,)
    )
    assert row is not None
    return int(row["version"])


async def _put_windows(tx: WriteTx, resource_id: UUID, windows: Sequence[Window]) -> None:
    await tx.run("DELETE FROM inventory.schedule_window WHERE resource_id = %s", (resource_id,))
    await tx.run_many(
        "INSERT INTO inventory.schedule_window (resource_id, unit_id, weekday, opens, closes)"
        " VALUES (%s, %s, %s, %s, %s)",
        [(resource_id, each.unit_id, each.weekday, each.opens, each.closes) for each in windows],
    )
