"""The write side: adding to the journal. Nothing here changes or removes what is posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.ledger.contracts import Line, Rate
from hospes.platform.db import WriteTx

# One plain INSERT; the view's trigger writes the transaction, its accounts and postings, or nothing for a known key.
POST = (
    "INSERT INTO ledger.journal (key, kind, about, currency, note, posted_at, kinds, owners, amounts)"
    " VALUES (%(key)s, %(kind)s, %(about)s, %(currency)s, %(note)s, %(now)s,"
    " %(kinds)s::text[], %(owners)s::text[], %(amounts)s::bigint[])"
)


def as_params(
    key: str, kind: str, about: UUID | None, lines: Sequence[Line], currency: str, note: str, now: datetime
) -> dict[str, Any]:
    """The parameters of `POST`."""
    return {
        "key": key,
        "kind": kind,
        "about": about,
        "currency": currency,
        "note": note,
        "now": now,
        "kinds": [line.account.kind.value for line in lines],
        "owners": [line.account.owner for line in lines],
        "amounts": [line.amount for line in lines],
    }


@dataclass(frozen=True, slots=True)
class Progress:
    """Up to where postings are final and looked at (`final`); up to where they are once `reached` (`pending`).

    `impossible`: the mark speaks of a transaction of another cluster, that is, this database was restored."""

    final: int
    pending: int | None
    reached: bool
    impossible: bool


async def lock_progress(tx: WriteTx) -> Progress | None:
    """Locked for whoever comes first; None for the others."""
    row = await tx.find(
        "SELECT final, pending, COALESCE(pg_snapshot_xmin(pg_current_snapshot()) >= pending_after, false) AS reached,"
        " COALESCE(pending_after > pg_snapshot_xmax(pg_current_snapshot()), false) AS impossible"
        " FROM ledger.progress FOR UPDATE SKIP LOCKED"
    )
    return Progress(**row) if row else None


async def last_posting(tx: WriteTx) -> int:
    """The highest id handed out so far; its posting may not be committed yet."""
    row = await tx.find("SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM ledger.posting_id_seq")
    return int(row["id"]) if row else 0


async def mark_pending(tx: WriteTx, last: int) -> None:
    """Postings up to `last` are final once every transaction that began before this statement has ended."""
    await tx.run(
        "UPDATE ledger.progress SET pending = %s::bigint, pending_after = pg_snapshot_xmax(pg_current_snapshot())",
        (last,),
    )


async def finish_pending(tx: WriteTx) -> None:
    """What was pending is final."""
    await tx.run("UPDATE ledger.progress SET final = pending, pending = NULL, pending_after = NULL")


async def insert_checkpoints(tx: WriteTx, after: int, through: int, *, every: int) -> int:
    """One for every so many postings of an account, of accounts posted to in (after, through]; answers how many."""
    return await tx.run(
        "INSERT INTO ledger.checkpoint (account_id, through, balance, entries)"
        " SELECT account_id, id, balance, entries FROM ("
        "  SELECT p.account_id, p.id, (COALESCE(c.balance, 0) + sum(p.amount) OVER each)::bigint AS balance,"
        "         COALESCE(c.entries, 0) + row_number() OVER each AS entries, row_number() OVER each AS place"
        "  FROM (SELECT DISTINCT account_id FROM ledger.posting WHERE id > %(after)s AND id <= %(through)s) AS touched"
        "  LEFT JOIN LATERAL (SELECT k.through, k.balance, k.entries FROM ledger.checkpoint AS k"
        "                     WHERE k.account_id = touched.account_id ORDER BY k.through DESC LIMIT 1) AS c ON true"
        "  JOIN ledger.posting AS p ON p.account_id = touched.account_id"
        "   AND p.id > COALESCE(c.through, 0) AND p.id <= %(through)s"
        "  WINDOW each AS (PARTITION BY p.account_id ORDER BY p.id)) AS counted"
        " WHERE place %% %(every)s = 0",
        {"after": after, "through": through, "every": every},
    )


async def insert_rates(tx: WriteTx, rates: Sequence[Rate], *, now: datetime) -> None:
    """Keep rates; one of the same source and day is replaced."""
    await tx.run_many(
        "INSERT INTO ledger.rate (source, base, currency, on_date, rate, fetched_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT rate_once_per_source_and_day"
        " DO UPDATE SET rate = EXCLUDED.rate, fetched_at = EXCLUDED.fetched_at",
        [(each.source, each.base, each.currency, each.on_date, each.rate, now) for each in rates],
    )
