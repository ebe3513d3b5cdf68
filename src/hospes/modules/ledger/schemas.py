"""The wire forms of the ledger."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from hospes.modules.ledger.contracts import AccountBalance, Entry, Transaction


class MoneyOut(BaseModel):
    """Minor units; above zero a debit."""

    amount: int
    currency: str


class LedgerAccountOut(BaseModel):
    """An account in one currency."""

    id: int
    kind: str
    owner: str
    balance: MoneyOut


class LedgerAccountsOut(BaseModel):
    """A page of accounts, by kind, owner and currency."""

    items: list[LedgerAccountOut]
    next_cursor: str | None


class LineOut(BaseModel):
    """One side of a transaction."""

    kind: str
    owner: str
    amount: MoneyOut


class LedgerTransactionOut(BaseModel):
    """A transaction; the lines sum to zero. With an account asked for, `balance` is the account's after it."""

    id: int
    key: str
    kind: str
    about: UUID | None
    note: str
    posted_at: datetime
    lines: list[LineOut]
    balance: MoneyOut | None = None


class LedgerTransactionsOut(BaseModel):
    """A page of transactions, newest first."""

    items: list[LedgerTransactionOut]
    next_cursor: str | None


def account_out(each: AccountBalance) -> LedgerAccountOut:
    """An account and its balance."""
    return LedgerAccountOut(
        id=each.id,
        kind=each.account.kind,
        owner=each.account.owner,
        balance=MoneyOut(amount=each.balance.amount, currency=each.balance.currency),
    )


def transaction_out(each: Transaction) -> LedgerTransactionOut:
    """A transaction with all its lines."""
    return LedgerTransactionOut(
        id=each.id,
        key=each.key,
        kind=each.kind,
        about=each.about,
        note=each.note,
        posted_at=each.posted_at,
        lines=[
            LineOut(
                kind=line.account.kind,
                owner=line.account.owner,
                amount=MoneyOut(amount=line.amount, currency=each.currency),
            )
            for line in each.lines
        ],
    )


def entry_out(each: Entry) -> LedgerTransactionOut:
    """An account's own line of a transaction, and its balance after it."""
    line = LineOut(
        kind=each.account.kind,
        owner=each.account.owner,
        amount=MoneyOut(amount=each.money.amount, currency=each.money.currency),
    )
    return LedgerTransactionOut(
        id=each.transaction_id,
        key=each.key,
        kind=each.kind,
        about=each.about,
        note=each.note,
        posted_at=each.posted_at,
        lines=[line],
        balance=MoneyOut(amount=each.balance, currency=each.money.currency),
    )
