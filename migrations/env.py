"""Runs the numbered SQL files of `migrations/sql` through Alembic, one transaction each, with a short lock time-out."""

from alembic import context
from sqlalchemy import create_engine, pool, text

url = context.config.get_main_option("sqlalchemy.url")
if not url:
    raise SystemExit("Run `hospes migrate`: it passes the database address on.")
engine = create_engine(url, poolclass=pool.NullPool)
with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(connection=connection, version_table="schema_version", transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
