"""Sealed personal data, verification, sessions, second factors, roles, privacy, the audit trail; more of money."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"

SQL = Path(__file__).parent.parent / "sql"
FILES = (
    "0020_audit",
    "0021_accounts",
    "0022_verification",
    "0023_sessions",
    "0024_second_factors",
    "0025_vendor_accounts",
    "0026_money_pages",
    "0027_linked_accounts",
    "0028_roles",
    "0029_reviewed_people",
    "0030_settings",
    "0031_privacy",
)


def upgrade() -> None:
    for name in FILES:
        statements = (SQL / f"{name}.sql").read_text().strip()
        if statements:
            op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
