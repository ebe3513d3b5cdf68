"""Calendars of other sites that a host imports, and the address under which the own one is exported."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory.errors import FeedNotFound
from hospes.modules.inventory.policies.feeds import Feed, FeedConflict
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
from hospes.platform.caller import require_caller
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.errors import TooMany
from hospes.platform.idempotency import Answer, once
from hospes.platform.runtime import runtime

PAUSE_SECONDS = 10

router = APIRouter()


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FeedIn(_In):
    """Another site's calendar; `unit_id` names the room it is for, otherwise each busy time takes any one."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    url: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=2000)]
    unit_id: UUID | None = None


class RefreshIn(_In):
    """`force`: believe the answer even if much is missing, or some of it cannot be read."""

    force: bool = False


class ConflictOut(BaseModel):
    """A busy time elsewhere that meets a hold or booking here."""

    summary: str
    starts_at: datetime
    ends_at: datetime
    first_day: date | None
    last_day: date | None = Field(description="The day after the last one.")
    detail: str


class FeedOut(BaseModel):
    """A feed and how it fares. `result`: waiting, good, unchanged, partial, suspicious or failed."""

    id: UUID
    resource_id: UUID
    unit_id: UUID | None
    name: str
    url: str
    result: str
    detail: str
    tried_at: datetime | None
    succeeded_at: datetime | None
    next_try_at: datetime
    failures: int
    busy: int = Field(description="Busy times that are not over.")
    conflicts: list[ConflictOut]


class FeedsOut(BaseModel):
    """The feeds of a resource, and its export address once there is one."""

    items: list[FeedOut]
    export_url: str | None


class ExportOut(BaseModel):
    """Where other sites fetch this calendar. Keep it to yourself."""

    url: str


@router.get("/resources/{resource_id}/feeds", name="list_feeds")
async def list_all(request: Request, resource_id: UUID) -> FeedsOut:
    """The calendars imported for a resource of the caller's: when each was asked, what came of it, what it meets."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
        items = await _shown(tx, await list_feeds(tx, resource_id), rt.clock.now())
        secret = await find_export_secret(tx, resource_id)
    return FeedsOut(items=items, export_url=export_url(request, secret) if secret else None)


@router.post("/resources/{resource_id}/feeds", name="add_feed", status_code=201, response_model=FeedOut)
async def add(request: Request, resource_id: UUID, body: FeedIn) -> Response:
    """Import a calendar; it is asked within a minute. An Idempotency-Key is welcome."""
    caller, rt = require_caller(request), runtime(request)
    url = "https://" + body.url[9:] if body.url.lower().startswith("webcal://") else body.url
    async with rt.db.read() as tx:  # names are looked up for those only whose part it is
        sellable = await catalog.get_sellable(tx, resource_id)
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.LISTINGS)
    await rt.ports.calendars.check(url)

    async def handler(tx: WriteTx) -> Answer:
        feed = await add_feed(
            tx, caller, resource_id, name=body.name, url=url, unit_id=body.unit_id, now=rt.clock.now()
        )
        location = {"Location": f"/api/v1/resources/{resource_id}/feeds/{feed.id}"}
        return Answer(201, _out(feed, 0, []).model_dump(mode="json"), location)

    return await once(request, rt, handler, required=False)


@router.get("/resources/{resource_id}/feeds/{feed_id}", name="get_feed")
async def get(request: Request, resource_id: UUID, feed_id: UUID) -> FeedOut:
    """One feed."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        sellable = await catalog.get_sellable(tx, resource_id)
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
        feed = await _find(tx, resource_id, feed_id)
        return (await _shown(tx, [feed], rt.clock.now()))[0]


@router.delete("/resources/{resource_id}/feeds/{feed_id}", name="remove_feed", status_code=204)
async def remove(request: Request, resource_id: UUID, feed_id: UUID) -> None:
    """Import it no longer; what it kept off sale is free again."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await remove_feed(tx, caller, resource_id, feed_id, now=rt.clock.now())


@router.post("/resources/{resource_id}/feeds/{feed_id}/refresh", name="refresh_feed")
async def refresh(request: Request, resource_id: UUID, feed_id: UUID, body: RefreshIn | None = None) -> FeedOut:
    """Ask the other site now and wait for the answer (10 s)."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:  # not read(): a replica may not have it yet
        sellable = await catalog.get_sellable(tx, resource_id)
        await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
        feed = await _find(tx, resource_id, feed_id)
    if feed.tried_at is not None and 0 <= (rt.clock.now() - feed.tried_at).total_seconds() < PAUSE_SECONDS:
        raise TooMany("This calendar was asked a moment ago.", retry_after=PAUSE_SECONDS)
    await refresh_feed(rt.db, rt.ports.calendars, rt.clock, feed_id, forced=body is not None and body.force)
    async with rt.db.write() as tx:
        return (await _shown(tx, [await _find(tx, resource_id, feed_id)], rt.clock.now()))[0]


@router.post("/resources/{resource_id}/export-address", name="rotate_export_address")
async def rotate(request: Request, resource_id: UUID) -> ExportOut:
    """A new secret address for this calendar; the old one leads nowhere from now on."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        secret = await rotate_export(tx, caller, resource_id, now=rt.clock.now())
    return ExportOut(url=export_url(request, secret))


def export_url(request: Request, secret: str) -> str:
    """The whole address of an export."""
    base = runtime(request).settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}/calendars/{secret}.ics"


async def _find(tx: ReadTx, resource_id: UUID, feed_id: UUID) -> Feed:
    feed = await find_feed(tx, feed_id)
    if feed is None or feed.resource_id != resource_id:
        raise FeedNotFound()
    return feed


async def _shown(tx: ReadTx, feeds: list[Feed], now: datetime) -> list[FeedOut]:
    ids = [each.id for each in feeds]
    counts = await count_spans(tx, ids, now)
    conflicts: dict[UUID, list[FeedConflict]] = {}
    for each in await list_conflicts(tx, ids, now):
        conflicts.setdefault(each.feed_id, []).append(each)
    return [_out(each, counts.get(each.id, 0), conflicts.get(each.id, [])) for each in feeds]


def _out(feed: Feed, busy: int, conflicts: list[FeedConflict]) -> FeedOut:
    return FeedOut(
        id=feed.id,
        resource_id=feed.resource_id,
        unit_id=feed.unit_id,
        name=feed.name,
        url=feed.url,
        result=feed.result,
        detail=feed.detail,
        tried_at=feed.tried_at,
        succeeded_at=feed.succeeded_at,
        next_try_at=feed.next_try_at,
        failures=feed.failures,
        busy=busy,
        conflicts=[
            ConflictOut(
                summary=each.span.summary,
                starts_at=each.span.starts_at,
                ends_at=each.span.ends_at,
                first_day=each.span.first_day,
                last_day=each.span.last_day,
                detail=each.detail,
            )
            for each in conflicts
        ],
    )
