"""Looks for words in everything that is kept: every text, JSON, array and byte column of every table."""

from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection, sql

READABLE = (
    "text",
    "character varying",
    "jsonb",
    "json",
    "bytea",
    "ARRAY",
    "USER-DEFINED",
    "character",
    "date",
    "tsvector",
)


async def found_in_database(
    conn: AsyncConnection[Any], words: Iterable[str], *, schemas: Iterable[str] = ()
) -> list[str]:
    """`schema.table.column: word` for each column where a word (or its bytes) can be read, whatever its case."""
    columns = await conn.execute(
        "SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c"
        " JOIN information_schema.tables AS t USING (table_schema, table_name)"
        " WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')"
        " AND (cardinality(%(only)s::text[]) = 0 OR c.table_schema = ANY(%(only)s)) AND c.data_type = ANY(%(types)s)",
        {"only": list(schemas), "types": list(READABLE)},
    )
    hits = []
    for row in await columns.fetchall():
        schema, table, column, kind = row.values() if isinstance(row, dict) else row
        name = sql.Identifier(column)
        text = sql.SQL("encode({}, 'escape')").format(name) if kind == "bytea" else sql.SQL("{}::text").format(name)
        for word in words:
            said = word.encode().decode("ascii", "backslashreplace") if kind == "bytea" else word
            there = await conn.execute(
                sql.SQL("SELECT 1 AS hit FROM {} WHERE strpos(lower({}), lower(%s)) > 0 LIMIT 1").format(
                    sql.Identifier(schema, table), text
                ),
                (said,),
            )
            if await there.fetchone():
                hits.append(f"{schema}.{table}.{column}: {word}")
    return sorted(hits)
