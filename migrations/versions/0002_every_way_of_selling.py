"""Timed and departure modes, rate plans and restrictions, calendar feeds, room plans, changes to bookings."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"

SQL = Path(__file__).parent.parent / "sql"
FILES = (
    "0008_schedules",
    "0009_rate_plans",
    "0010_feeds",
    "0011_room_plans",
    "0012_booking_modes",
    "0013_booking_changes",
)


def upgrade() -> None:
    for name in FILES:
        op.get_bind().exec_driver_sql((SQL / f"{name}.sql").read_text().replace("%", "%%"))
