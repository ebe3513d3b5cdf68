"""Search by description: vectors of what places say, where the server has pgvector."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

SQL = Path(__file__).parent.parent / "sql"
FILES = ("0044_semantic",)


def upgrade() -> None:
    for name in FILES:
        statements = (SQL / f"{name}.sql").read_text().strip()
        if statements:
            op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
