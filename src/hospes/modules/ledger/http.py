"""The ledger as admins see it: accounts with balances, transactions with lines. Nothing here writes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from hospes.modules.identity import facade as identity
from hospes.modules.ledger import queries
from hospes.modules.ledger import schemas as s
from hospes.modules.ledger.contracts import AccountBalance, AccountKind
from hospes.modules.ledger.errors import AccountUnknown
from hospes.platform import paging
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/api/v1/admin/ledger", tags=["admin"])
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/accounts")
async def list_accounts(
    request: Request,
    kind: AccountKind | None = None,
    owner: Annotated[str, Query(max_length=100)] = "",
    currency: Annotated[str, Query(pattern="^([A-Z]{3})?$")] = "",
    cursor: str | None = None,
    limit: Limit = 50,
) -> s.LedgerAccountsOut:
    """Accounts and their balances. For admins."""
    identity.require_deed(require_caller(request), identity.Deed.READ_LEDGER)
    key = paging.decode(cursor, 3)
    after = (str(key[0]), str(key[1]), str(key[2])) if key else None
    async with runtime(request).db.read() as tx:
        found = await queries.list_accounts(
            tx, kind=kind, owner=owner or None, currency=currency or None, after=after, limit=limit + 1
        )
    return s.LedgerAccountsOut(
        items=[s.account_out(each) for each in found[:limit]],
        next_cursor=paging.encode(account_key(found[limit - 1])) if len(found) > limit else None,
    )


@router.get("/transactions")
async def list_transactions(
    request: Request,
    account_id: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    about: UUID | None = None,
    kind: Annotated[str, Query(max_length=60)] = "",
    since: datetime | None = None,
    until: Annotated[datetime | None, Query(description="Exclusive.")] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> s.LedgerTransactionsOut:
    """Transactions, newest first; of one account its own lines with its balance after each. For admins."""
    identity.require_deed(require_caller(request), identity.Deed.READ_LEDGER)
    filters = queries.Filters(about, kind or None, since, until, read_cursor(cursor))
    async with runtime(request).db.read() as tx:
        if account_id is None:
            found = await queries.list_transactions(tx, filters, limit=limit + 1)
            items = [s.transaction_out(each) for each in found[:limit]]
            last = (found[limit - 1].posted_at, found[limit - 1].id) if len(found) > limit else None
        else:
            account = await queries.find_account(tx, account_id)
            if account is None:
                raise AccountUnknown
            entries = await queries.list_entries(tx, account, filters, limit=limit + 1)
            items = [s.entry_out(each) for each in entries[:limit]]
            last = (entries[limit - 1].posted_at, entries[limit - 1].id) if len(entries) > limit else None
    return s.LedgerTransactionsOut(items=items, next_cursor=paging.encode(list(last)) if last else None)


def account_key(each: AccountBalance) -> list[str]:
    """What accounts are sorted by."""
    return [each.account.kind.value, each.account.owner, each.balance.currency]


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    """The sort key of a transaction or an entry; raises `CursorInvalid`."""
    key = paging.decode(cursor, 2)
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[0])), int(key[1])
    except ValueError as fault:
        raise paging.CursorInvalid("Start again from the first page.", fields={"cursor": "cannot be read"}) from fault
