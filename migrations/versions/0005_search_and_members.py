"""Members and invitations, wishlists, what people look at, recommendations; what search needs beside its index."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"

SQL = Path(__file__).parent.parent / "sql"
FILES = (
    "0040_members",
    "0041_wishlists",
    "0042_recommendations",
    "0043_search",
)


def upgrade() -> None:
    for name in FILES:
        statements = (SQL / f"{name}.sql").read_text().strip()
        if statements:
            op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
