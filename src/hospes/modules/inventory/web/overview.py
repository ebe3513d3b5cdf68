"""What a business sells by time and by departure, and whether it can be booked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode
from hospes.modules.inventory import facade, queries
from hospes.modules.inventory.contracts import Window
from hospes.modules.inventory.web.hours_form import DAYS
from hospes.modules.inventory.web.local import today_at
from hospes.platform.caller import require_caller
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()
MOST = 200
YEAR = timedelta(days=365)


@router.get("/host/schedule")
async def schedules(request: Request) -> Response:
    """Everything sold by time, with its hours in words, and everything sold by departure, with the next ones."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        every = await catalog.resources_of_business(tx, business.id)
        cards: list[dict[str, Any]] = []
        for each in [each for each in every if each.mode in (Mode.TIMED, Mode.DEPARTURE)][:MOST]:
            card: dict[str, Any] = {"sellable": each, "hours": [], "schedule": None, "next": None}
            if each.mode is Mode.TIMED:
                card["schedule"] = await facade.schedule_of(tx, each.resource_id)
                card["hours"] = words_of(card["schedule"].windows) if card["schedule"] else []
            else:
                today = today_at(each.zone, now)
                coming = await queries.list_departures(tx, each.resource_id, today, today + YEAR, now)
                card["next"] = [one for one in coming if one.status == "scheduled"]
            cards.append(card)
    return render(request, "inventory/host_schedules.html", {"cards": cards})


def words_of(windows: Sequence[Window]) -> list[str]:
    """Everyone's hours in words, days with the same hours together: `Mon to Fri 09:00–17:00`."""
    shared = [each for each in windows if each.unit_id is None]
    by_day = {
        day: ", ".join(f"{each.opens:%H:%M}–{each.closes:%H:%M}" for each in shared if each.weekday == day)
        for day in range(7)
    }
    runs: list[list[int]] = []
    for day in range(7):
        if not by_day[day]:
            continue
        if runs and runs[-1][-1] == day - 1 and by_day[runs[-1][0]] == by_day[day]:
            runs[-1].append(day)
        else:
            runs.append([day])
    return [f"{_span(run)} {by_day[run[0]]}" for run in runs]


def _span(run: list[int]) -> str:
    first, last = DAYS[run[0]][:3], DAYS[run[-1]][:3]
    return first if len(run) == 1 else f"{first} and {last}" if len(run) == 2 else f"{first} to {last}"
