"""The read side: balances, entries, transactions."""

from datetime import datetime
from uuid import UUID

from hospes.modules.ledger.contracts import Account, AccountKind, Entry, Line, Transaction
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money

_LAST = 9223372036854775807


async def balance(tx: ReadTx, account: Account, currency: str) -> int:
    """Debits less credits, from the last checkpoint and the postings since."""
    row = await tx.find(
        "SELECT ledger.balance_at(id, %(last)s) AS balance FROM ledger.account"
        " WHERE kind = %(kind)s AND owner = %(owner)s AND currency = %(currency)s",
        {"kind": account.kind.value, "owner": account.owner, "currency": currency, "last": _LAST},
    )
    return row["balance"] if row else 0


async def entries(
    tx: ReadTx, account: Account, currency: str, *, before: tuple[datetime, int] | None, limit: int
) -> list[Entry]:
    """Postings of an account, newest first, each with the balance after it."""
    rows = await tx.all(
        "SELECT p.*, t.key, t.kind, t.about, t.note, ledger.balance_at(p.account_id, p.id) AS balance FROM ("
        " SELECT p.account_id, p.id, p.transaction_id, p.amount, p.posted_at"
        " FROM ledger.account a JOIN ledger.posting p ON p.account_id = a.id"
        " WHERE a.kind = %(kind)s AND a.owner = %(owner)s AND a.currency = %(currency)s"
        " AND (%(at)s::timestamptz IS NULL OR (p.posted_at, p.id) < (%(at)s, %(id)s))"
        " ORDER BY p.posted_at DESC, p.id DESC LIMIT %(limit)s) p"
        " JOIN ledger.transaction t ON t.id = p.transaction_id ORDER BY p.posted_at DESC, p.id DESC",
        {
            "kind": account.kind.value,
            "owner": account.owner,
            "currency": currency,
            "at": before[0] if before else None,
            "id": before[1] if before else 0,
            "limit": limit,
        },
    )
    return [as_entry(row, account, currency) for row in rows]


async def about(tx: ReadTx, about: UUID) -> list[Transaction]:
    """All transactions about one thing, oldest first."""
    rows = await tx.all("SELECT * FROM ledger.journal WHERE about = %s ORDER BY posted_at, id", (about,))
    return [as_transaction(row) for row in rows]


def as_entry(row: Row, account: Account, currency: str) -> Entry:
    """A row of postings joined with their transaction."""
    return Entry(
        row["id"],
        row["transaction_id"],
        row["key"],
        row["kind"],
        row["about"],
        row["note"],
        row["posted_at"],
        account,
        Money(row["amount"], currency),
        row["balance"],
    )


def as_transaction(row: Row) -> Transaction:
    """A row of the journal."""
    parts = zip(row["kinds"] or (), row["owners"] or (), row["amounts"] or (), strict=True)
    lines = tuple(Line(Account(AccountKind(kind), owner), amount) for kind, owner, amount in parts)
    return Transaction(
        row["id"], row["key"], row["kind"], row["about"], row["currency"], row["note"], row["posted_at"], lines
    )
