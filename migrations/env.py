"""Runs the numbered SQL files of `migrations/sql` through Alembic, one transaction each, with a short lock time-out."""

import psycopg
from alembic import context
from sqlalchemy import create_engine, pool, text

url = context.config.attributes.get("url")
if not url:
    raise SystemExit("Run `hospes migrate`: it passes the database address on.")
# The driver reads the address itself: SQLAlchemy does not know one with the folder of a socket as its host.
engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(connection=connection, version_table="schema_version", transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
