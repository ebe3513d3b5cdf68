"""Bring what another site sells into ours: busy times come, move and go; nothing goes on a doubtful answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import store
from hospes.modules.inventory.contracts import Claim
from hospes.modules.inventory.errors import FeedNotFound
from hospes.modules.inventory.events import CALENDAR_IMPORTED
from hospes.modules.inventory.policies.feeds import (
    BusySpan,
    Changes,
    Feed,
    FeedContents,
    FeedResult,
    SpanState,
    StoredSpan,
    believed,
    compare,
    describe,
    is_suspicious,
    owner_in,
    window,
)
from hospes.modules.inventory.queries.feeds import (
    list_claims_of_spans,
    list_feeds_left_over,
    list_owners_at,
    list_spans,
)
from hospes.modules.inventory.store import feeds as feed_store
from hospes.modules.inventory.use_cases.claim_busy import Taker, claim_busy, wanted_nights
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish

Tags = tuple[str | None, str | None]


@dataclass(slots=True)
class _Import:
    """One import at work, and the days it has touched."""

    feed: Feed
    taker: Taker
    since: datetime
    now: datetime
    days: set[date] = field(default_factory=set)

    def touch(self, claims: Iterable[Claim]) -> None:
        for claim in claims:
            self.days |= {claim.first_night, claim.departure}


async def import_feed(
    tx: WriteTx,
    feed_id: UUID,
    contents: FeedContents | None,
    *,
    tags: Tags = (None, None),
    forced: bool = False,
    now: datetime,
) -> FeedResult:
    """Make the claims of a feed follow its `contents` (None: nothing has changed over there; what could not be claimed
    before is tried again). All in this transaction; raises `FeedNotFound`.

    Gone busy times are let go only after an answer that could be read whole. When all of them, or most of many, are
    gone at once, that must have been seen for an hour first. `forced` (the host insists) lets go at once.
    """
    feed = await feed_store.lock_feed(tx, feed_id)
    if feed is None:
        raise FeedNotFound()
    at_work, stored = await _begin(tx, feed, now)
    if contents is None:
        await _take_again(tx, at_work, stored)
        result = FeedResult.UNCHANGED
        kept = (feed.etag, feed.last_modified)
        await feed_store.note_answer(tx, feed.id, result, None, kept, feed.suspected_at, now)
    else:
        changes = compare(stored, await _foreign(tx, at_work.taker, contents.spans), since=at_work.since)
        result = await _apply(tx, at_work, changes, contents, tags, forced=forced)
    await _tell(tx, at_work)
    return result


async def take_left_over(tx: WriteTx, resource_id: UUID, *, now: datetime) -> None:
    """Something here has become free: claim it at once for the busy times elsewhere that could not have it before."""
    for feed_id in await list_feeds_left_over(tx, resource_id, now):
        feed = await feed_store.lock_feed(tx, feed_id)
        if feed is not None:
            at_work, stored = await _begin(tx, feed, now)
            await _take_again(tx, at_work, stored)
            await _tell(tx, at_work)


async def _begin(tx: WriteTx, feed: Feed, now: datetime) -> tuple[_Import, list[StoredSpan]]:
    """The feed is locked; its resource's several claims queue up, as in `claim_several`."""
    sellable = await catalog.get_sellable(tx, feed.resource_id)
    await store.lock_keys(tx, [str(feed.resource_id)])
    units = (feed.unit_id,) if feed.unit_id else sellable.unit_ids
    taker = Taker(sellable, units, window(now, sellable.zone), now)
    since = datetime.combine(taker.within[0], time(), ZoneInfo(sellable.zone))
    return _Import(feed, taker, since, now), await list_spans(tx, feed.id, since)


async def _take_again(tx: WriteTx, at_work: _Import, stored: Sequence[StoredSpan]) -> None:
    if any(each.state is not SpanState.CLAIMED for each in stored):
        await _lock_nights(tx, at_work, [each.span for each in stored])
    await _take_all(tx, at_work, [(each, each.span) for each in stored])


async def _foreign(tx: WriteTx, taker: Taker, spans: Sequence[BusySpan]) -> list[BusySpan]:
    """Without what was told to the other site from here, and without what takes no night here."""
    owners = {span.key: owner for span in spans if (owner := owner_in(span.uid)) is not None}
    here = taker.sellable.resource_id
    ours = {here, *await list_owners_at(tx, here, set(owners.values()))}
    theirs = [each for each in spans if owners.get(each.key) not in ours]
    return [each for each in theirs if not taker.nightly or wanted_nights(taker, each)]


async def _apply(
    tx: WriteTx, at_work: _Import, changes: Changes, contents: FeedContents, tags: Tags, *, forced: bool
) -> FeedResult:
    feed, now = at_work.feed, at_work.now
    suspicious = is_suspicious(changes) and not believed(feed.suspected_at, now, forced=forced)
    doubtful = suspicious or (bool(contents.skipped) and not forced)
    pairs = [*changes.same, *changes.moved]
    touched = [*(each.span for each in changes.gone), *changes.added, *(old.span for old, _ in pairs)]
    await _lock_nights(tx, at_work, [*touched, *(new for _, new in pairs)])
    if not doubtful:
        for old in changes.gone:
            await _let_go(tx, at_work, old)
            await feed_store.delete_span(tx, old.id)
    for old, span in changes.moved:
        await _let_go(tx, at_work, old)
        await feed_store.update_span(tx, old.id, span)
    for old, span in changes.same:
        if old.span != span:
            await feed_store.update_span(tx, old.id, span)
    fresh = [(new_id(), span) for span in changes.added]
    await feed_store.insert_spans(tx, feed.id, fresh)
    kept = [(each, each.span) for each in changes.gone] if doubtful else []
    await _take_all(tx, at_work, [*changes.same, *changes.moved, *kept], fresh)
    result, detail = describe(contents, waiting=len(changes.gone) if suspicious else 0)
    since = (feed.suspected_at or now) if suspicious else None
    whole = tags if result is FeedResult.GOOD else (None, None)
    await feed_store.note_answer(tx, feed.id, result, detail, whole, since, now)
    return result


async def _lock_nights(tx: WriteTx, at_work: _Import, spans: Iterable[BusySpan]) -> None:
    """Counters are locked in one order before any moves, so that a rival for some of them never waits crosswise."""
    sellable = at_work.taker.sellable
    if not (at_work.taker.nightly and sellable.pooled):
        return
    nights = {night for span in spans for night in wanted_nights(at_work.taker, span)}
    if nights:
        await store.lock_nights(tx, sellable.resource_id, min(nights), max(nights), sellable.capacity)


async def _let_go(tx: WriteTx, at_work: _Import, old: StoredSpan) -> None:
    at_work.touch((await list_claims_of_spans(tx, [old.id])).get(old.id, []))
    await store.release_owner(tx, old.id, at_work.now)


async def _take_all(
    tx: WriteTx,
    at_work: _Import,
    stored: Sequence[tuple[StoredSpan, BusySpan]],
    fresh: Sequence[tuple[UUID, BusySpan]] = (),
) -> None:
    """In the order of time, so that of two that overlap the earlier one is taken whole."""
    wanted = [*((old.id, span) for old, span in stored), *fresh]
    states = {old.id: (old.state, old.detail) for old, _ in stored}
    held = await list_claims_of_spans(tx, [span_id for span_id, _ in wanted])
    zone = ZoneInfo(at_work.taker.sellable.zone)
    for span_id, span in sorted(wanted, key=lambda each: (each[1].starts_at, each[0])):
        taken = await claim_busy(tx, at_work.taker, span_id, span, held.get(span_id, []))
        if states.get(span_id) != (taken.state, taken.detail):
            await feed_store.set_span_state(tx, span_id, taken.state, taken.detail)
        if taken.changed:
            at_work.days |= {each.astimezone(zone).date() for each in (span.starts_at, span.ends_at)}


async def _tell(tx: WriteTx, at_work: _Import) -> None:
    if at_work.days:
        first, last = min(at_work.days), max(at_work.days)
        data = {
            "resource_id": str(at_work.feed.resource_id),
            "feed_id": str(at_work.feed.id),
            "arrival": first.isoformat(),
            "departure": max(last, first + timedelta(days=1)).isoformat(),
        }
        await publish(tx, CALENDAR_IMPORTED, at_work.feed.resource_id, data, now=at_work.now)
