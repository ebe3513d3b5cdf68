"""The ledger for admins: accounts with balances, an account's entries with a running balance, transactions."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import facade as identity
from hospes.modules.ledger import queries
from hospes.modules.ledger.contracts import AccountKind, Line
from hospes.modules.ledger.errors import AccountUnknown
from hospes.modules.ledger.http import account_key, read_cursor
from hospes.modules.ledger.policies.wording import KINDS, PLATFORM
from hospes.platform import paging
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.ids import as_id
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/ledger", include_in_schema=False)
_SHOWN = 50
_PEOPLE = (AccountKind.GUEST, AccountKind.WALLET, AccountKind.DEPOSIT)
Text = Annotated[str, Query(max_length=100)]


@router.get("")
async def accounts(request: Request, kind: Text = "", owner: Text = "", cursor: Text | None = None) -> Response:
    """Accounts and what is on them."""
    identity.require_deed(require_caller(request), identity.Deed.READ_LEDGER)
    chosen = AccountKind(kind) if kind in set(AccountKind) else None
    key = paging.decode(cursor, 3)
    after = (str(key[0]), str(key[1]), str(key[2])) if key else None
    async with runtime(request).db.read() as tx:
        found = await queries.list_accounts(
            tx, kind=chosen, owner=owner.strip() or None, currency=None, after=after, limit=_SHOWN + 1
        )
        names = await _names(tx, [Line(each.account, 0) for each in found])
    last = paging.encode(account_key(found[_SHOWN - 1])) if len(found) > _SHOWN else ""
    context = {"accounts": found[:_SHOWN], "names": names, "kind": chosen or "", "owner": owner, "words": KINDS}
    return render(request, "ledger/accounts.html", {**context, "next_href": _more(request, last)})


@router.get("/accounts/{account_id}")
async def account(
    request: Request, account_id: int, since: Text = "", until: Text = "", cursor: Text | None = None
) -> Response:
    """What moved on an account, newest first, with its balance after each."""
    identity.require_deed(require_caller(request), identity.Deed.READ_LEDGER)
    first, end = _instant(since), _instant(until, timedelta(days=1))
    filters = queries.Filters(since=first, until=end, before=read_cursor(cursor))
    async with runtime(request).db.read() as tx:
        seen = await queries.find_account(tx, min(max(account_id, 0), 2**62))
        if seen is None:
            raise AccountUnknown
        entries = await queries.list_entries(tx, seen, filters, limit=_SHOWN + 1)
        names = await _names(tx, [Line(seen.account, 0)])
    last = entries[_SHOWN - 1] if len(entries) > _SHOWN else None
    context: dict[str, Any] = {
        "account": seen,
        "entries": entries[:_SHOWN],
        "names": names,
        "words": KINDS,
        "since": since if first else "",
        "until": until if end else "",
        "next_href": _more(request, paging.encode([last.posted_at, last.id]) if last else ""),
    }
    return render(request, "ledger/account.html", context)


@router.get("/transactions")
async def transactions(
    request: Request,
    about: Text = "",
    kind: Text = "",
    since: Text = "",
    until: Text = "",
    cursor: Text | None = None,
) -> Response:
    """Transactions with their lines; all of a booking when `about` names one."""
    identity.require_deed(require_caller(request), identity.Deed.READ_LEDGER)
    subject = as_id(about.strip())
    filters = queries.Filters(
        subject, kind.strip() or None, _instant(since), _instant(until, timedelta(days=1)), read_cursor(cursor)
    )
    unreadable = bool(about.strip()) and subject is None
    async with runtime(request).db.read() as tx:
        found = [] if unreadable else await queries.list_transactions(tx, filters, limit=_SHOWN + 1)
        names = await _names(tx, [line for each in found for line in each.lines])
    last = found[_SHOWN - 1] if len(found) > _SHOWN else None
    context: dict[str, Any] = {
        "transactions": found[:_SHOWN],
        "names": names,
        "words": KINDS,
        "typed": {"about": about, "kind": kind, "since": since, "until": until},
        "error": "This is not the id of a booking." if unreadable else "",
        "next_href": _more(request, paging.encode([last.posted_at, last.id]) if last else ""),
    }
    return render(request, "ledger/transactions.html", context, 422 if unreadable else 200)


async def _names(tx: ReadTx, lines: list[Line]) -> dict[str, str]:
    """Owners in words, as far as they are people of ours or the platform's own accounts."""
    asked = {line.account.owner for line in lines if line.account.kind in _PEOPLE}
    ids = [each for owner in asked if (each := as_id(owner))]
    people = await identity.users_by_id(tx, ids) if ids else {}
    said = {str(key): f"{user.first_name} {user.last_name}".strip() or user.email for key, user in people.items()}
    return {**PLATFORM, **said}


def _instant(text: str, later: timedelta = timedelta()) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time(), UTC) + later
    except (ValueError, OverflowError):
        return None


def _more(request: Request, cursor: str) -> str:
    """The address of the next page, with the same filters; empty after the last."""
    if not cursor:
        return ""
    kept = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return f"{request.url.path}?{urlencode({**kept, 'cursor': cursor})}"
