"""Brings a database to the newest schema."""

import re
from pathlib import Path

import psycopg

PACKAGED = Path(__file__).parents[1] / "migrations"
MIGRATIONS = PACKAGED if PACKAGED.is_dir() else Path(__file__).parents[3] / "migrations"


def migrate(url: str) -> None:
    """Run every migration that is missing; safe to repeat."""
    from alembic import command  # here, because it is slow to import and seldom needed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def pending(url: str) -> bool:
    """Whether a migration is missing."""
    return _current(url) != _newest()


def _current(url: str) -> str | None:
    with psycopg.connect(url) as conn:
        known = conn.execute("SELECT to_regclass('public.schema_version') IS NOT NULL").fetchone()
        if not known or not known[0]:
            return None
        row = conn.execute("SELECT version_num FROM public.schema_version").fetchone()
    return row[0] if row else None


def _newest() -> str | None:
    """The revision that no other builds upon."""
    texts = [path.read_text() for path in (MIGRATIONS / "versions").glob("*.py")]
    made = {name for text in texts for name in re.findall(r'^revision = "(\w+)"', text, re.M)}
    built_upon = {name for text in texts for name in re.findall(r'^down_revision = "(\w+)"', text, re.M)}
    return max(made - built_upon, default=None)
