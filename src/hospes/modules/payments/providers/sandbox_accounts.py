"""The sandbox vendor's accounts that are paid to, its transfers, and the report of all its books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from hospes.modules.payments.providers.port import AccountOrder, DisputeNews, ReportLine
from hospes.modules.payments.providers.sandbox_books import SandboxBooks, ref
from hospes.platform.db import WriteTx
from hospes.platform.money import Money

DISPUTED_AFTER = timedelta(minutes=1)
DECIDED_AFTER = timedelta(days=3)
EVIDENCE_WITHIN = timedelta(days=2)

_LINES: LiteralString = """
SELECT l.ref, l.key, l.kind, l.amount, l.currency, l.at FROM (
  SELECT c.id AS ref, c.idempotency_key AS key, 'charge' AS kind,
         COALESCE(c.captured, c.amount) AS amount, c.currency, COALESCE(e.created_at, c.created_at) AS at
    FROM sandbox.charge c LEFT JOIN sandbox.ending e ON e.charge_id = c.id WHERE c.status = 'succeeded'
  UNION ALL
  SELECT r.id, r.idempotency_key, 'refund', -r.amount, c.currency, r.created_at
    FROM sandbox.refund r JOIN sandbox.charge c ON c.id = r.charge_id
  UNION ALL
  SELECT t.id, t.idempotency_key, 'transfer', -t.amount, t.currency, t.created_at FROM sandbox.transfer t
  UNION ALL
  SELECT r.id, r.idempotency_key, 'reverse', r.amount, t.currency, r.created_at
    FROM sandbox.reversal r JOIN sandbox.transfer t ON t.id = r.transfer_id
) AS l WHERE l.at >= %s AND l.at < %s ORDER BY l.at, l.ref
"""
_DISPUTED: LiteralString = """
  SELECT c.id, c.idempotency_key, COALESCE(c.captured, c.amount) AS amount, c.currency, c.created_at,
         CASE WHEN e.words LIKE '%%winning_evidence%%' THEN 'won' ELSE split_part(t.behaviour, ':', 2) END AS ends
    FROM sandbox.charge c JOIN sandbox.token t ON t.id = c.token LEFT JOIN sandbox.evidence e ON e.charge_id = c.id
   WHERE t.behaviour LIKE 'dispute:%%' AND c.status = 'succeeded' AND c.created_at >= %s AND c.created_at <= %s
   ORDER BY c.created_at
"""


@dataclass(frozen=True, slots=True)
class BookedTransfer:
    """A transfer, or the reversal of one, as the vendor keeps it."""

    id: str
    amount: Money


class SandboxAccounts:
    """Accounts, transfers and reports, in the same books."""

    def __init__(self, books: SandboxBooks) -> None:
        self._db = books.db
        self._now = books.now

    async def open(self, order: AccountOrder) -> str:
        """The account of this key; opened now unless it was before."""
        async with self._db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.account (id, idempotency_key, email, country, page, created_at)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (idempotency_key) DO NOTHING",
                (ref("acct"), str(order.key), order.email, order.country, order.page, self._now()),
            )
            row = await tx.find("SELECT a.id FROM sandbox.account a WHERE a.idempotency_key = %s", (str(order.key),))
        assert row is not None
        return str(row["id"])

    async def enable(self, account: str) -> str | None:
        """Its owner has given all that was asked; answers the page to go back to."""
        async with self._db.write() as tx:
            row = await tx.find("UPDATE sandbox.account SET enabled = true WHERE id = %s RETURNING page", (account,))
        return str(row["page"]) if row else None

    async def state(self, account: str) -> tuple[bool, str] | None:
        """Whether it is enabled, and its page."""
        async with self._db.read() as tx:
            row = await tx.find("SELECT a.enabled, a.page FROM sandbox.account a WHERE a.id = %s", (account,))
        return (bool(row["enabled"]), str(row["page"])) if row else None

    async def transfer(self, key: UUID, account: str, amount: Money, about: str) -> BookedTransfer | None:
        """The transfer of this key; booked now unless it was before. None when the account cannot be paid to."""
        async with self._db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.transfer (id, idempotency_key, account_id, amount, currency, about, created_at)"
                " SELECT %s, %s, a.id, %s, %s, %s, %s FROM sandbox.account a WHERE a.id = %s AND a.enabled"
                " ON CONFLICT (idempotency_key) DO NOTHING",
                (ref("tr"), str(key), amount.amount, amount.currency, about, self._now(), account),
            )
            return await _transfer(tx, key)

    async def reverse(self, key: UUID, transfer: str, amount: Money) -> BookedTransfer | None:
        """The reversal of this key; None when the transfer has not that much left."""
        async with self._db.write() as tx:
            row = await tx.find("SELECT t.currency FROM sandbox.transfer t WHERE t.id = %s FOR UPDATE", (transfer,))
            known = await _reversal(tx, key)
            if known or row is None or row["currency"] != amount.currency or amount.amount <= 0:
                return known
            moved = await tx.find(
                "UPDATE sandbox.transfer SET reversed = reversed + %s WHERE id = %s AND reversed + %s <= amount"
                " RETURNING id",
                (amount.amount, transfer, amount.amount),
            )
            if moved is None:
                return None
            await tx.run(
                "INSERT INTO sandbox.reversal (id, idempotency_key, transfer_id, amount, created_at)"
                " VALUES (%s, %s, %s, %s, %s)",
                (ref("trr"), str(key), transfer, amount.amount, self._now()),
            )
            return await _reversal(tx, key)

    async def find(self, key: UUID, kind: str) -> BookedTransfer | None:
        """The transfer or reversal of this key."""
        async with self._db.write() as tx:
            return await (_transfer(tx, key) if kind == "transfer" else _reversal(tx, key))

    async def report(self, since: datetime, until: datetime) -> list[ReportLine]:
        """Every movement in [since, until), oldest first."""
        async with self._db.read() as tx:
            rows = await tx.all(_LINES, (since, until))
            disputed = await tx.all(_DISPUTED, (since - DISPUTED_AFTER - DECIDED_AFTER, until))
        lines = [_line(row) for row in rows] + [line for row in disputed for line in _lines_of_dispute(row)]
        return sorted((line for line in lines if since <= line.at < until), key=lambda line: line.at)

    async def disputes(self, since: datetime) -> Sequence[DisputeNews]:
        """What the banks of the disputing cards have done since then."""
        now = self._now()
        async with self._db.read() as tx:
            rows = await tx.all(_DISPUTED, (since - DISPUTED_AFTER - DECIDED_AFTER, now - DISPUTED_AFTER))
        return [_news(row, now) for row in rows]

    async def keep_evidence(self, key: UUID, dispute: str, words: str, files: int) -> bool:
        """Whether it is kept: once a dispute, while the bank has not decided; the same key again is kept already."""
        charge, now = f"ch_{dispute.removeprefix('dp_')}", self._now()
        async with self._db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.evidence (charge_id, idempotency_key, words, files, created_at)"
                " SELECT c.id, %s, %s, %s::integer, %s FROM sandbox.charge c WHERE c.id = %s AND c.created_at > %s"
                " ON CONFLICT DO NOTHING",
                (str(key), words, files, now, charge, now - DISPUTED_AFTER - DECIDED_AFTER),
            )
            row = await tx.find(
                "SELECT 1 AS kept FROM sandbox.evidence e WHERE e.charge_id = %s AND e.idempotency_key = %s",
                (charge, str(key)),
            )
        return row is not None


def _news(row: dict[str, Any], now: datetime) -> DisputeNews:
    decided = now >= row["created_at"] + DISPUTED_AFTER + DECIDED_AFTER
    return DisputeNews(
        ref=f"dp_{row['id'].removeprefix('ch_')}",
        charge_ref=row["id"],
        charge_key=UUID(row["idempotency_key"]),
        amount=Money(row["amount"], row["currency"]),
        status=row["ends"] if decided else "open",
        reason="fraudulent" if row["ends"] == "lost" else "product_not_received",
        evidence_due=row["created_at"] + EVIDENCE_WITHIN,
    )


def _lines_of_dispute(row: dict[str, Any]) -> list[ReportLine]:
    news = _news(row, row["created_at"])
    opened = row["created_at"] + DISPUTED_AFTER
    amount, free = news.amount, Money(0, news.amount.currency)
    taken = ReportLine(news.ref, news.charge_key, "dispute", Money(-amount.amount, amount.currency), free, opened)
    if row["ends"] == "lost":
        return [taken]
    return [taken, ReportLine(news.ref, news.charge_key, "dispute", amount, free, opened + DECIDED_AFTER)]


def _line(row: dict[str, Any]) -> ReportLine:
    currency = row["currency"]
    return ReportLine(
        row["ref"], UUID(row["key"]), row["kind"], Money(row["amount"], currency), Money(0, currency), row["at"]
    )


async def _transfer(tx: WriteTx, key: UUID) -> BookedTransfer | None:
    row = await tx.find(
        "SELECT t.id, t.amount, t.currency FROM sandbox.transfer t WHERE t.idempotency_key = %s", (str(key),)
    )
    return BookedTransfer(row["id"], Money(row["amount"], row["currency"])) if row else None


async def _reversal(tx: WriteTx, key: UUID) -> BookedTransfer | None:
    row = await tx.find(
        "SELECT r.id, r.amount, t.currency FROM sandbox.reversal r JOIN sandbox.transfer t ON t.id = r.transfer_id"
        " WHERE r.idempotency_key = %s",
        (str(key),),
    )
    return BookedTransfer(row["id"], Money(row["amount"], row["currency"])) if row else None
