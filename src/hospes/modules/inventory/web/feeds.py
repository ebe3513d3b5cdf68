"""Calendars of other sites: how fresh they are, what they meet, asking now; and the address of the own one."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.modules.inventory.errors import FeedAddressRefused, FeedExists, FeedNotFound, TooManyFeeds
from hospes.modules.inventory.http.feeds import PAUSE_SECONDS, export_url
from hospes.modules.inventory.policies.feeds import FeedConflict, FeedResult
from hospes.modules.inventory.queries.feeds import (
    count_spans,
    find_export_secret,
    find_feed,
    list_conflicts,
    list_feeds,
)
from hospes.modules.inventory.use_cases.add_feed import add_feed
from hospes.modules.inventory.use_cases.export_calendar import rotate_export
from hospes.modules.inventory.use_cases.refresh_feed import refresh_feed
from hospes.modules.inventory.use_cases.remove_feed import remove_feed
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Invalid
from hospes.platform.ids import as_id
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/feeds")
MOST = 200
RESULTS: dict[str, tuple[str, str]] = {
    FeedResult.WAITING: ("Not asked yet", "plain"),
    FeedResult.GOOD: ("Up to date", "good"),
    FeedResult.UNCHANGED: ("Up to date", "good"),
    FeedResult.PARTIAL: ("Read in part", "wait"),
    FeedResult.SUSPICIOUS: ("Much is missing: nothing let go", "wait"),
    FeedResult.FAILED: ("Could not be read", "bad"),
}


@router.get("")
async def overview(request: Request) -> Response:
    """Everything that has a calendar other sites can fill, the troubled ones marked."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        if business is None:
            return RedirectResponse("/host", 303)
        cards: list[dict[str, Any]] = []
        for each in (await catalog.resources_of_business(tx, business.id))[:MOST]:
            if each.mode is Mode.DEPARTURE:
                continue
            feeds = await list_feeds(tx, each.resource_id)
            worst = [feed for feed in feeds if RESULTS[feed.result][1] in ("bad", "wait")]
            cards.append({"sellable": each, "feeds": feeds, "worst": worst})
    return render(request, "inventory/host_feeds.html", {"cards": cards, "results": RESULTS})


@router.get("/{resource_id}")
async def feeds(request: Request, resource_id: UUID) -> Response:
    """The imports of one thing, and its export address."""
    return await _show(request, resource_id, {}, {}, 200)


@router.post("/{resource_id}")
async def add(request: Request, resource_id: UUID) -> Response:
    """Import another calendar; it is asked within a minute."""
    caller, rt = require_caller(request), runtime(request)
    typed = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    url = typed.get("url", "")[:2000]
    url = "https://" + url[9:] if url.lower().startswith("webcal://") else url
    errors: dict[str, str] = {}
    if not 1 <= len(typed.get("name", "")) <= 100:
        errors["name"] = "Give it a name, such as Airbnb."
    if len(url) < 8:
        errors["url"] = "Paste the address the other site gives for its calendar."
    unit_id = as_id(typed.get("unit_id", ""))
    try:
        if not errors:
            await rt.ports.calendars.check(url)
            async with rt.db.write() as tx:
                await add_feed(
                    tx, caller, resource_id, name=typed["name"], url=url, unit_id=unit_id, now=rt.clock.now()
                )
    except (FeedAddressRefused, FeedExists, TooManyFeeds, Invalid) as refusal:
        errors = dict(refusal.fields) or {"url": refusal.detail or refusal.title}
    if errors:
        return await _show(request, resource_id, typed, errors, 422)
    return _back(resource_id, "Imported from now on. It is asked within a minute.")


@router.post("/{resource_id}/export")
async def rotate(request: Request, resource_id: UUID) -> Response:
    """A new secret address; the old one leads nowhere from now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await rotate_export(tx, caller, resource_id, now=rt.clock.now())
    return _back(resource_id, "This is the address now. An older one no longer works.")


@router.post("/{resource_id}/{feed_id}/refresh")
async def refresh(request: Request, resource_id: UUID, feed_id: UUID) -> Response:
    """Ask the other site now; with `force` its answer is believed even if much is missing."""
    caller, rt = require_caller(request), runtime(request)
    forced = (await request.form()).get("force") == "yes"
    async with rt.db.write() as tx:
        await _mine(tx, caller, resource_id)
        feed = await find_feed(tx, feed_id)
        if feed is None or feed.resource_id != resource_id:
            raise FeedNotFound()
    if feed.tried_at is not None and 0 <= (rt.clock.now() - feed.tried_at).total_seconds() < PAUSE_SECONDS:
        return _back(resource_id, "This calendar was asked a moment ago. Wait a little.")
    await refresh_feed(rt.db, rt.ports.calendars, rt.clock, feed_id, forced=forced)
    async with rt.db.write() as tx:
        feed = await find_feed(tx, feed_id)
    return _back(resource_id, RESULTS[feed.result][0] + "." if feed else "It is no longer imported.")


@router.post("/{resource_id}/{feed_id}/remove")
async def remove(request: Request, resource_id: UUID, feed_id: UUID) -> Response:
    """Import it no longer; what it kept off sale is free again."""
    caller, rt = require_caller(request), runtime(request)
    said = "No longer imported. What it kept off sale is free again."
    try:
        async with rt.db.write() as tx:
            await remove_feed(tx, caller, resource_id, feed_id, now=rt.clock.now())
    except FeedNotFound as refusal:
        said = refusal.detail or refusal.title
    return _back(resource_id, said)


async def _show(
    request: Request, resource_id: UUID, typed: dict[str, str], errors: dict[str, str], status: int
) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:  # not read(): a replica may not have what was just changed
        sellable = await _mine(tx, caller, resource_id)
        found = await list_feeds(tx, resource_id)
        ids = [each.id for each in found]
        counts = await count_spans(tx, ids, now)
        conflicts = await list_conflicts(tx, ids, now)
        secret = await find_export_secret(tx, resource_id)
        units = [each for each in (await catalog.units_of(tx, [resource_id]))[resource_id] if each.active]
    context: dict[str, Any] = {
        "sellable": sellable,
        "feeds": [
            {
                "feed": each,
                "said": RESULTS[each.result],
                "asked": ago(each.tried_at, now),
                "fresh": ago(each.succeeded_at, now),
                "busy": counts.get(each.id, 0),
                "conflicts": [_conflict(one, sellable.zone) for one in conflicts if one.feed_id == each.id],
            }
            for each in found
        ],
        "units": [(each.id, each.name) for each in units] if len(units) > 1 and not sellable.pooled else [],
        "export": export_url(request, secret) if secret else "",
        "typed": typed,
        "errors": errors,
    }
    return render(request, "inventory/host_feed.html", context, status)


async def _mine(tx: ReadTx, caller: Caller, resource_id: UUID) -> Sellable:
    sellable = await catalog.get_sellable(tx, resource_id)
    await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    return sellable


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago, in words."""
    if at is None:
        return "never"
    minutes = int((now - at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'} ago"
    return f"{minutes // 60} hours ago" if minutes < 2880 else f"{minutes // 1440} days ago"


def _conflict(each: FeedConflict, zone: str) -> dict[str, str]:
    span, info = each.span, ZoneInfo(zone)
    if span.first_day and span.last_day:
        when = f"{span.first_day:%-d %b} to {span.last_day:%-d %b}"
    else:
        when = f"{span.starts_at.astimezone(info):%-d %b %H:%M} to {span.ends_at.astimezone(info):%-d %b %H:%M}"
    return {"when": when, "summary": span.summary, "detail": each.detail}


def _back(resource_id: UUID, said: str) -> Response:
    response = RedirectResponse(f"/host/feeds/{resource_id}", 303)
    flash(response, said)
    return response
