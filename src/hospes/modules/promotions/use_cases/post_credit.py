"""Movements of credit, as the person sees them and as the ledger keeps them, in the commit that moves them."""

from datetime import datetime
from uuid import UUID

from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Account, AccountKind, Line
from hospes.modules.promotions.contracts import HOST_FUND
from hospes.modules.promotions.store import credits
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def post_given(
    tx: WriteTx,
    lot_id: UUID,
    user_id: UUID,
    money: Money,
    *,
    fund: str,
    about: UUID | None = None,
    note: str,
    now: datetime,
) -> None:
    """Whoever gives pays, the wallet has it. What a business gives is about its booking: its payout is smaller."""
    await credits.insert_entry(tx, user_id, "given", money.amount, money.currency, note=note, now=now)
    of_host = about if fund.startswith(HOST_FUND) else None
    await _post(tx, f"credit_given:{lot_id}", "credit_given", of_host, _payer(fund), _wallet(user_id), money, now)


async def post_spent(tx: WriteTx, use_id: UUID, user_id: UUID, money: Money, *, about: UUID, now: datetime) -> None:
    """The wallet pays for a booking."""
    await credits.insert_entry(tx, user_id, "spent", -money.amount, money.currency, about=about, now=now)
    guest = Account(AccountKind.GUEST, str(user_id))
    await _post(tx, f"credit_spent:{use_id}", "credit_spent", about, _wallet(user_id), guest, money, now)


async def post_returned(
    tx: WriteTx, lot_id: UUID, user_id: UUID, money: Money, *, about: UUID, note: str, now: datetime
) -> None:
    """A booking gives credit back to the wallet."""
    await credits.insert_entry(tx, user_id, "returned", money.amount, money.currency, about=about, note=note, now=now)
    guest = Account(AccountKind.GUEST, str(user_id))
    await _post(tx, f"credit_returned:{lot_id}", "credit_returned", about, guest, _wallet(user_id), money, now)


async def post_expired(tx: WriteTx, lot_id: UUID, user_id: UUID, money: Money, *, fund: str, now: datetime) -> None:
    """What was not spent in time goes back to whoever gave it."""
    entry_id = await credits.insert_entry(tx, user_id, "expired", -money.amount, money.currency, now=now)
    key = f"credit_expired:{lot_id}:{entry_id}"
    await _post(tx, key, "credit_expired", None, _wallet(user_id), _payer(fund), money, now)


def _payer(fund: str) -> Account:
    business = fund.removeprefix(HOST_FUND)
    return Account(AccountKind.PLATFORM, fund) if business == fund else Account(AccountKind.HOST, business)


def _wallet(user_id: UUID) -> Account:
    return Account(AccountKind.WALLET, str(user_id))


async def _post(
    tx: WriteTx, key: str, kind: str, about: UUID | None, debit: Account, credit: Account, money: Money, now: datetime
) -> None:
    lines = (Line(debit, money.amount), Line(credit, -money.amount))
    await ledger.post(tx, key=key, kind=kind, about=about, lines=lines, currency=money.currency, now=now)
