"""What other modules may ask the ledger."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fastapi import Request

from hospes.modules.ledger import queries, store
from hospes.modules.ledger.contracts import CURRENCY_COOKIE, Account, Display, Entry, Line, Transaction
from hospes.modules.ledger.errors import UnbalancedTransaction
from hospes.modules.ledger.queries import first_posted, moved_about, sums_about
from hospes.modules.ledger.use_cases.convert import convert
from hospes.modules.ledger.use_cases.displayed import displayed
from hospes.modules.ledger.use_cases.import_rates import import_rates
from hospes.platform.caller import find_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.runtime import runtime

__all__ = [
    "about",
    "balance",
    "convert",
    "display_for",
    "displayed",
    "entries",
    "first_posted",
    "import_rates",
    "moved_about",
    "post",
    "post_later",
    "sums_about",
]


async def display_for(request: Request) -> Display | None:
    """The currency somebody has chosen (their account's before the cookie's), for the templates (`display`) too.

    None when none was chosen, or it has no rates.
    """
    caller = find_caller(request)
    chosen = caller.currency if caller and caller.currency else request.cookies.get(CURRENCY_COOKIE, "")
    request.state.display = await displayed(runtime(request), chosen)
    found: Display | None = request.state.display
    return found


async def post(
    tx: WriteTx,
    *,
    key: str,
    kind: str,
    about: UUID | None,
    lines: Sequence[Line],
    currency: str,
    now: datetime,
    note: str = "",
) -> bool:
    """Add one transaction, in one statement with whatever waits; answers False when `key` was posted before.

    Amounts are minor units of `currency`, debit above zero, and sum to zero (else `UnbalancedTransaction`; the database
    checks again at the commit). Lines of zero are left out; with none left nothing is posted (False).
    """
    said = _said(lines)
    if not said:
        return False
    return bool(await tx.run_together(store.POST, store.as_params(key, kind, about, said, currency, note, now)))


async def post_later(
    tx: WriteTx,
    *,
    key: str,
    kind: str,
    about: UUID | None,
    lines: Sequence[Line],
    currency: str,
    now: datetime,
    note: str = "",
) -> None:
    """As `post`, riding with the next statement or the commit: no round trip of its own, and no answer."""
    said = _said(lines)
    if said:
        await tx.run_later(store.POST, store.as_params(key, kind, about, said, currency, note, now))


async def balance(tx: ReadTx, account: Account, currency: str) -> int:
    """Debits less credits of an account, in minor units; 0 for one that was never posted to."""
    return await queries.balance(tx, account, currency)


async def entries(
    tx: ReadTx, account: Account, currency: str, *, before: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Entry]:
    """The latest postings of an account, newest first, with its balance after each; go on `before` the last one's
    (posted_at, id)."""
    return await queries.entries(tx, account, currency, before=before, limit=limit)


async def about(tx: ReadTx, about: UUID) -> list[Transaction]:
    """All that was posted about a booking or a change, oldest first."""
    return await queries.about(tx, about)


def _said(lines: Sequence[Line]) -> list[Line]:
    if sum(line.amount for line in lines):
        raise UnbalancedTransaction(f"These lines do not sum to zero: {lines}")
    return [line for line in lines if line.amount]
