"""The ledger, payments in parts, coupons and credits, payouts, invoices, mail."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

SQL = Path(__file__).parent.parent / "sql"
FILES = (
    "0014_ledger",
    "0015_payments",
    "0016_promotions",
    "0017_payouts",
    "0018_invoices",
    "0019_notifications",
)


def upgrade() -> None:
    for name in FILES:
        op.get_bind().exec_driver_sql((SQL / f"{name}.sql").read_text().replace("%", "%%"))
