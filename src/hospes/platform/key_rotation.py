"""Turning the keys over: what an older key sealed is sealed by the current one, so that the older one can go."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from hospes.platform.db import Database, ReadTx

BATCH = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A `bytea` column sealed by the keyring for more than a few days. `by` is a column that names its rows, each by
    another value; `place` makes of it what they were sealed for."""

    table: str
    column: str
    by: str
    place: Callable[[Any], bytes]


async def rotate_keys(db: Database, columns: Sequence[SealedColumn], *, batch: int = BATCH) -> int:
    """Seal anew what is not under the current key; answers how many values that were.

    Commits batch by batch, so it may be broken off and repeated. Raises `SealBroken` at a value whose key is missing.
    """
    return sum([await _rotate(db, each, batch) for each in columns])


async def _rotate(db: Database, column: SealedColumn, batch: int) -> int:
    keyring, done, after = db.keyring, 0, None
    # The head of a sealed value tells its key (platform/sealing.py).
    old = sql.SQL(
        "SELECT {by}, {column} FROM {table} WHERE {column} IS NOT NULL"
        " AND substr({column}, 1, %(long)s) <> %(head)s AND {after} ORDER BY {by} LIMIT %(batch)s::bigint FOR UPDATE"
    )
    update = sql.SQL("UPDATE {table} SET {column} = %s WHERE {by} = %s AND {column} IS NOT NULL").format(
        **_names(column)
    )
    head = bytes((1, len(keyring.current))) + keyring.current.encode()
    while True:
        further = sql.SQL("{} > %(after)s").format(sql.Identifier(column.by)) if after is not None else sql.SQL("true")
        async with db.write() as tx:
            rows = await (
                await tx.conn.execute(
                    old.format(**_names(column), after=further),
                    {"long": len(head), "head": head, "after": after, "batch": batch},
                )
            ).fetchall()
            renewed = [
                (keyring.rewrap(row[column.column], column.place(row[column.by])), row[column.by]) for row in rows
            ]
            await tx.conn.cursor().executemany(update, renewed)
        if not rows:
            return done
        done, after = done + len(rows), rows[-1][column.by]


async def count_by_key(tx: ReadTx, columns: Sequence[SealedColumn]) -> Counter[str]:
    """How many values each key has sealed."""
    found: Counter[str] = Counter()
    for column in columns:
        rows = await tx.conn.execute(
            sql.SQL(
                "SELECT convert_from(substr({column}, 3, get_byte({column}, 1)), 'UTF8') AS name, count(*) AS number"
                " FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"
            ).format(**_names(column))
        )
        for row in await rows.fetchall():
            found[row["name"]] += row["number"]
    return found


def _names(column: SealedColumn) -> dict[str, sql.Identifier]:
    return {
        "table": sql.Identifier(*column.table.split(".")),
        "column": sql.Identifier(column.column),
        "by": sql.Identifier(column.by),
    }
