"""The read side: balances, entries, transactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.ledger.contracts import Account, AccountBalance, AccountKind, Entry, Line, Rate, Transaction
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money

_LAST = 9223372036854775807
# ledger.balance_at(), written out: in a list it is planned once, the function once a row.
_NOW: LiteralString = (
    " CROSS JOIN LATERAL (SELECT (COALESCE(c.balance, 0) + COALESCE((SELECT sum(q.amount) FROM ledger.posting AS q"
    " WHERE q.account_id = a.id AND q.id > COALESCE(c.through, 0)), 0))::bigint AS balance"
    " FROM (SELECT 1) AS one LEFT JOIN LATERAL (SELECT k.through, k.balance FROM ledger.checkpoint AS k"
    " WHERE k.account_id = a.id ORDER BY k.through DESC LIMIT 1) AS c ON true) AS b"
)
_AFTER_ENTRY: LiteralString = (
    " CROSS JOIN LATERAL (SELECT (COALESCE(c.balance, 0) + COALESCE((SELECT sum(q.amount) FROM ledger.posting AS q"
    " WHERE q.account_id = p.account_id AND q.id > COALESCE(c.through, 0) AND q.id <= p.id), 0))::bigint AS balance"
    " FROM (SELECT 1) AS one LEFT JOIN LATERAL (SELECT k.through, k.balance FROM ledger.checkpoint AS k"
    " WHERE k.account_id = p.account_id AND k.through <= p.id ORDER BY k.through DESC LIMIT 1) AS c ON true) AS b"
)


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


@dataclass(frozen=True, slots=True)
class Filters:
    """Which transactions; what is None does not limit. `until` is exclusive, `before` the sort key of the last seen."""

    about: UUID | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[datetime, int] | None = None


async def find_account(tx: ReadTx, account_id: int) -> AccountBalance | None:
    """An account with its balance, or None."""
    row = await tx.find(
        "SELECT *, ledger.balance_at(id, %s) AS balance FROM ledger.account WHERE id = %s", (_LAST, account_id)
    )
    return _balance_from(row) if row else None


async def list_accounts(
    tx: ReadTx,
    *,
    kind: str | None,
    owner: str | None,
    currency: str | None,
    after: tuple[str, str, str] | None,
    limit: int,
) -> list[AccountBalance]:
    """Accounts with their balances, by kind, owner and currency."""
    where = _only(
        (kind, "kind = %(kind)s"),
        (owner, "owner = %(owner)s"),
        (currency, "currency = %(currency)s::char(3)"),
        (after, "(kind, owner, currency) > (%(k)s, %(o)s, %(c)s::char(3))"),
    )
    rows = await tx.all(
        "SELECT a.*, b.balance FROM (SELECT * FROM ledger.account"  # noqa: S608 (made of constants)
        + where
        + " ORDER BY kind, owner, currency LIMIT %(limit)s) AS a"
        + _NOW
        + " ORDER BY kind, owner, currency",
        {
            "kind": kind,
            "owner": owner,
            "currency": currency,
            **dict(zip("koc", after or (None, None, None), strict=True)),
            "limit": limit,
        },
    )
    return [_balance_from(row) for row in rows]


async def list_entries(tx: ReadTx, account: AccountBalance, filters: Filters, *, limit: int) -> list[Entry]:
    """Postings of an account that fit, newest first, each with the balance after it."""
    where = _only(
        (True, "p.account_id = %(account)s::bigint"),
        (filters.kind, "p.kind = %(kind)s"),
        (filters.about, "t.about = %(about)s"),
        (filters.since, "p.posted_at >= %(since)s"),
        (filters.until, "p.posted_at < %(until)s"),
        (filters.before, "(p.posted_at, p.id) < (%(at)s, %(id)s)"),
    )
    rows = await tx.all(
        "SELECT p.*, b.balance FROM ("  # noqa: S608 (made of constants)
        " SELECT p.account_id, p.id, p.transaction_id, p.amount, p.posted_at, t.key, t.kind, t.about, t.note"
        " FROM ledger.posting AS p JOIN ledger.transaction AS t ON t.id = p.transaction_id"
        + where
        + " ORDER BY p.posted_at DESC, p.id DESC LIMIT %(limit)s) AS p"
        + _AFTER_ENTRY
        + " ORDER BY p.posted_at DESC, p.id DESC",
        {**_params(filters), "account": account.id, "limit": limit},
    )
    return [as_entry(row, account.account, account.balance.currency) for row in rows]


async def list_transactions(tx: ReadTx, filters: Filters, *, limit: int) -> list[Transaction]:
    """Transactions that fit, newest first, with their lines."""
    where = _only(
        (filters.about, "about = %(about)s"),
        (filters.kind, "kind = %(kind)s"),
        (filters.since, "posted_at >= %(since)s"),
        (filters.until, "posted_at < %(until)s"),
        (filters.before, "(posted_at, id) < (%(at)s, %(id)s)"),
    )
    rows = await tx.all(
        "SELECT t.*, lines.* FROM (SELECT * FROM ledger.transaction"  # noqa: S608 (made of constants)
        + where
        + " ORDER BY posted_at DESC, id DESC LIMIT %(limit)s) AS t CROSS JOIN LATERAL ("
        " SELECT array_agg(a.kind ORDER BY p.id) AS kinds, array_agg(a.owner ORDER BY p.id) AS owners,"
        " array_agg(p.amount ORDER BY p.id) AS amounts FROM ledger.posting AS p"
        " JOIN ledger.account AS a ON a.id = p.account_id WHERE p.transaction_id = t.id) AS lines"
        " ORDER BY t.posted_at DESC, t.id DESC",
        {**_params(filters), "limit": limit},
    )
    return [as_transaction(row) for row in rows]


async def rates_of(tx: ReadTx, currencies: Sequence[str], *, since: date, until: date) -> list[Rate]:
    """What is quoted for these currencies on these days."""
    rows = await tx.all(
        "SELECT source, base, currency, on_date, rate FROM ledger.rate"
        " WHERE (currency = ANY(%s) OR base = ANY(%s)) AND on_date BETWEEN %s AND %s",
        (list(currencies), list(currencies), since, until),
    )
    return [Rate(**row) for row in rows]


def _only(*asked: tuple[object, LiteralString]) -> LiteralString:
    """The conditions that are asked for: one that is written as "or nothing is asked" makes a prepared plan scan."""
    said: list[LiteralString] = [text for value, text in asked if value is not None]
    return " WHERE " + " AND ".join(said) if said else ""


async def newest_rates(tx: ReadTx, *, since: date, until: date) -> list[Rate]:
    """Everything quoted on the newest day of each source within these days."""
    rows = await tx.all(
        "SELECT r.source, r.base, r.currency, r.on_date, r.rate FROM (SELECT source, max(on_date) AS on_date"
        " FROM ledger.rate WHERE on_date BETWEEN %s AND %s GROUP BY source) AS newest"
        " JOIN ledger.rate AS r USING (source, on_date)",
        (since, until),
    )
    return [Rate(**row) for row in rows]


async def first_posted(tx: ReadTx, account: Account) -> datetime | None:
    """When an account was first posted to, in any currency."""
    row = await tx.find(
        "SELECT min(p.posted_at) AS at FROM ledger.account AS a CROSS JOIN LATERAL (SELECT q.posted_at"
        " FROM ledger.posting AS q WHERE q.account_id = a.id ORDER BY q.posted_at, q.id LIMIT 1) AS p"
        " WHERE a.kind = %s AND a.owner = %s",
        (account.kind.value, account.owner),
    )
    return row["at"] if row else None


async def moved_about(tx: ReadTx, account: Account, since: datetime, until: datetime) -> list[UUID]:
    """What the postings of an account within [since, until) are about."""
    rows = await tx.all(
        "SELECT DISTINCT t.about FROM ledger.account AS a JOIN ledger.posting AS p ON p.account_id = a.id"
        " JOIN ledger.transaction AS t ON t.id = p.transaction_id WHERE a.kind = %s AND a.owner = %s"
        " AND p.posted_at >= %s AND p.posted_at < %s AND t.about IS NOT NULL",
        (account.kind.value, account.owner, since, until),
    )
    return [row["about"] for row in rows]


async def sums_about(tx: ReadTx, account: Account, abouts: Sequence[UUID], until: datetime) -> dict[UUID, int]:
    """Debits less credits of an account before `until`, by what they are about (minor units)."""
    rows = await tx.all(
        "SELECT t.about, sum(p.amount)::bigint AS amount FROM ledger.transaction AS t"
        " JOIN ledger.posting AS p ON p.transaction_id = t.id JOIN ledger.account AS a ON a.id = p.account_id"
        " WHERE t.about = ANY(%s) AND t.posted_at < %s AND a.kind = %s AND a.owner = %s GROUP BY t.about",
        (list(abouts), until, account.kind.value, account.owner),
    )
    return {row["about"]: row["amount"] for row in rows}


def _params(filters: Filters) -> dict[str, object]:
    at, last = filters.before or (None, 0)
    return {
        "about": filters.about,
        "kind": filters.kind,
        "since": filters.since,
        "until": filters.until,
        "at": at,
        "id": last,
    }


def _balance_from(row: Row) -> AccountBalance:
    account = Account(AccountKind(row["kind"]), row["owner"])
    return AccountBalance(row["id"], account, Money(row["balance"], row["currency"]))
