"""Movements of credit, as the person sees them and as the ledger keeps them, in the commit that moves them."""

from datetime import datetime
from uuid import UUID

from hospes.modules.promotions.store import credits
from hospes.platform.db import WriteTx
from hospes.platform.money import Money


async def post_given(
    tx: WriteTx, lot_id: UUID, user_id: UUID, money: Money, *, fund: str, note: str, now: datetime
) -> None:
    """The platform gives: its promotions or goodwill pay, the wallet has it."""
    await credits.insert_entry(tx, user_id, "given", money.amount, money.currency, note=note, now=now)


async def post_spent(tx: WriteTx, use_id: UUID, user_id: UUID, money: Money, *, about: UUID, now: datetime) -> None:
    """The wallet pays for a booking."""
    await credits.insert_entry(tx, user_id, "spent", -money.amount, money.currency, about=about, now=now)


async def post_returned(
    tx: WriteTx, lot_id: UUID, user_id: UUID, money: Money, *, about: UUID, note: str, now: datetime
) -> None:
    """A booking gives credit back to the wallet."""
    await credits.insert_entry(tx, user_id, "returned", money.amount, money.currency, about=about, note=note, now=now)


async def post_expired(tx: WriteTx, lot_id: UUID, user_id: UUID, money: Money, *, fund: str, now: datetime) -> None:
    """What was not spent in time goes back to whoever gave it."""
    await credits.insert_entry(tx, user_id, "expired", -money.amount, money.currency, now=now)
