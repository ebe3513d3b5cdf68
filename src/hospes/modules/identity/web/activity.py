"""What was done: to oneself, for everybody; by anybody, for admins."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from hospes.modules.identity import facade
from hospes.modules.identity.policies.security_activity import said
from hospes.modules.identity.queries import accounts
from hospes.platform import audit
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx
from hospes.platform.ids import as_id
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()
_SHOWN = 30
Before = Annotated[UUID | None, Query()]
Text = Annotated[str, Query(max_length=320)]


@router.get("/account/activity")
async def activity_page(request: Request, before: Before = None) -> Response:
    """What has happened to the account, the latest first."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        found = await audit.list_entries(tx, subject=caller.user_id, before=before, limit=_SHOWN + 1)
    shown = [(each, said(each.action, each.data), _by(each, caller.user_id)) for each in found[:_SHOWN]]
    more = found[_SHOWN - 1].id if len(found) > _SHOWN else None
    return render(request, "identity/activity.html", {"shown": shown, "more": more, "before": before})


@router.get("/admin/audit")
async def audit_page(
    request: Request,
    who: Text = "",
    action: Annotated[str, Query(max_length=80)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    before: Before = None,
) -> Response:
    """Who did what to whom, by person (email address or id), action and days (in UTC), the latest first."""
    caller = require_caller(request)
    facade.require_deed(caller, facade.Deed.READ_AUDIT)
    first, last = _day(since), _day(until)
    async with runtime(request).db.read() as tx:
        person = await _person(tx, who.strip()) if who.strip() else None
        found = (
            []
            if who.strip() and person is None
            else await audit.list_entries(
                tx,
                person=person,
                action=action.strip(),
                since=first,
                until=last + timedelta(days=1) if last else None,
                before=before,
                limit=_SHOWN + 1,
            )
        )
        ids = {each for entry in found for each in (entry.actor_id, entry.acting_for, entry.subject_id) if each}
        people = await facade.users_by_id(tx, sorted(ids))
    context = {
        "shown": found[:_SHOWN],
        "people": people,
        "more": found[_SHOWN - 1].id if len(found) > _SHOWN else None,
        "before": before,
        "asked": {"who": who, "action": action, "since": since if first else "", "until": until if last else ""},
    }
    return render(request, "identity/audit.html", context)


def _by(entry: audit.AuditEntry, person: UUID) -> str:
    if entry.acting_for == person:
        return "an admin in your account"
    if entry.actor_id in (person, None):
        return ""
    return "an admin"


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return None


async def _person(tx: ReadTx, text: str) -> UUID | None:
    if known := as_id(text):
        return known
    found = await accounts.find_by_email(tx, text)
    return found.id if found else None
