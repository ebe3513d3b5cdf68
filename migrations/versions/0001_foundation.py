"""Every module's first tables, and the job queue's."""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None

SQL = Path(__file__).parent.parent / "sql"
FILES = (
    "0001_platform",
    "0002_identity",
    "0003_catalog",
    "0004_inventory",
    "0005_pricing",
    "0006_payments",
    "0007_booking",
)


def upgrade() -> None:
    for name in FILES:
        op.get_bind().exec_driver_sql((SQL / f"{name}.sql").read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
