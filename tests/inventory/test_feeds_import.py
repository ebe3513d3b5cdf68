"""What other sites have sold is off sale here; what they give back is free again; a doubtful answer deletes nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.booking import events as booking_events
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.catalog.events import RESOURCE_UNITS_CHANGED
from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind
from hospes.modules.inventory.errors import FeedNotFound, FeedUnreadable
from hospes.modules.inventory.policies.feeds import Feed, FeedContents, FeedResult, next_try
from hospes.modules.inventory.providers.ical import read_feed
from hospes.modules.inventory.queries.feeds import find_feed, list_conflicts
from hospes.modules.inventory.store import feeds as feed_store
from hospes.modules.inventory.subscribers import SUBSCRIBERS, follow_freed
from hospes.modules.inventory.use_cases.export_calendar import export_calendar, rotate_export
from hospes.modules.inventory.use_cases.import_feed import import_feed
from hospes.modules.inventory.use_cases.refresh_due_feeds import refresh_due_feeds
from hospes.modules.inventory.use_cases.refresh_feed import refresh_feed
from hospes.modules.inventory.use_cases.remove_feed import remove_feed
from hospes.platform.caller import Caller
from hospes.platform.db import Database, ReadTx, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.catalog import a_resource
from tests.builders.feeds import ScriptedSource, event, ics, stay
from tests.builders.inventory import JULY_1, JULY_4, ask_of, counted
from tests.conftest import FixedClock

HOUR = timedelta(hours=1)


async def a_feed(tx: WriteTx, sellable: Sellable, now: datetime, unit_id: UUID | None = None) -> Feed:
    url, waiting = f"https://other.example/{new_id()}.ics", FeedResult.WAITING
    feed = Feed(new_id(), sellable.resource_id, unit_id, "Other", url, waiting, "", *[None] * 5, 0, now, now)  # type: ignore[arg-type]
    assert await feed_store.insert_feed(tx, feed)
    return feed


async def bring(tx: WriteTx, feed: Feed, now: datetime, *events: str, **more: Any) -> FeedResult:
    contents = read_feed(ics(*events), zone="Europe/Paris", now=now)
    return await import_feed(tx, feed.id, contents, now=now, **more)


async def external(tx: ReadTx, sellable: Sellable) -> list[str]:
    """Live external claims: first night, departure."""
    claims = await facade.claims_between(tx, [sellable.resource_id], date(2026, 1, 1), date(2029, 1, 1))
    return [f"{each.first_night:%m%d}-{each.departure:%m%d}" for each in claims if each.kind is ClaimKind.EXTERNAL]


async def told(tx: ReadTx, sellable: Sellable) -> list[dict[str, Any]]:
    rows = await tx.all(
        "SELECT data FROM platform.outbox WHERE type = 'calendar.imported' AND aggregate_id = %s ORDER BY id",
        (sellable.resource_id,),
    )
    return [row["data"] for row in rows]


def days(first: int, nights: int, uid: str = "one@other", **more: str) -> str:
    return stay(date(2026, 7, first), nights, uid=uid, **more)


async def test_new_ones_are_claimed_changed_ones_moved_and_gone_ones_let_go(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    assert await bring(tx, feed, now, days(1, 3), days(10, 2, "two")) is FeedResult.GOOD
    assert await external(tx, sellable) == ["0701-0704", "0710-0712"]
    assert not await facade.is_available(tx, ask_of(sellable), now=now)
    await bring(tx, feed, now, days(2, 3), days(20, 1, "three"))
    assert await external(tx, sellable) == ["0702-0705", "0720-0721"]
    assert [(each["arrival"], each["departure"]) for each in await told(tx, sellable)] == [
        ("2026-07-01", "2026-07-12"),
        ("2026-07-01", "2026-07-21"),
    ]


async def test_the_same_again_changes_nothing(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3))
    before = await tx.all("SELECT * FROM inventory.claim WHERE resource_id = %s", (sellable.resource_id,))
    await bring(tx, feed, now + HOUR, days(1, 3))
    await import_feed(tx, feed.id, None, now=now + HOUR)
    assert await tx.all("SELECT * FROM inventory.claim WHERE resource_id = %s", (sellable.resource_id,)) == before
    assert len(await told(tx, sellable)) == 1


async def test_a_site_that_gives_new_uids_every_day_moves_no_claim(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, *(days(1 + 5 * each, 2, f"monday-{each}") for each in range(6)))
    before = await tx.all("SELECT id FROM inventory.claim WHERE released_at IS NULL ORDER BY id")
    assert await bring(tx, feed, now, *(days(1 + 5 * each, 2, f"tuesday-{each}") for each in range(6))) == "good"
    assert await tx.all("SELECT id FROM inventory.claim WHERE released_at IS NULL ORDER BY id") == before


@pytest.mark.parametrize("answer", [b"", b"<html>Login</html>", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", None, ics()])
async def test_an_empty_or_failed_feed_deletes_nothing(db: Database, clock: FixedClock, answer: bytes | None) -> None:
    async with db.write() as tx:
        sellable = await a_resource(tx)
        feed = await a_feed(tx, sellable, clock.now())
    source = ScriptedSource(ics(days(1, 3), days(10, 2, "two")))
    assert await refresh_feed(db, source, clock, feed.id) is FeedResult.GOOD
    source.says = FeedUnreadable("The address could not be reached.") if answer is None else answer
    clock.at += HOUR
    result = await refresh_feed(db, source, clock, feed.id)
    assert result is (FeedResult.SUSPICIOUS if answer == ics() else FeedResult.FAILED)
    async with db.read() as tx:
        assert await external(tx, sellable) == ["0701-0704", "0710-0712"]
        assert not await facade.is_available(tx, ask_of(sellable), now=clock.now())


async def test_control_taken_at_its_word_an_empty_answer_would_delete_everything(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3), days(10, 2, "two"))
    await import_feed(tx, feed.id, FeedContents(()), forced=True, now=now)
    assert await external(tx, sellable) == []


async def test_sudden_emptiness_is_believed_after_an_hour(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3))
    for minutes, result, left in ((15, "suspicious", 1), (30, "suspicious", 1), (74, "suspicious", 1), (75, "good", 0)):
        assert await bring(tx, feed, now + timedelta(minutes=minutes)) == result
        assert len(await external(tx, sellable)) == left


async def test_an_emptiness_that_passes_is_forgotten(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3))
    assert await bring(tx, feed, now + HOUR) == "suspicious"
    assert await bring(tx, feed, now + 2 * HOUR, days(1, 3)) == "good"
    assert await bring(tx, feed, now + 3 * HOUR) == "suspicious"


async def test_when_most_of_many_are_gone_at_once_they_are_kept_and_new_ones_are_claimed(
    tx: WriteTx, now: datetime
) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, *(days(1 + 2 * each, 1, str(each)) for each in range(8)))
    assert await bring(tx, feed, now, days(1, 1, "0"), days(20, 1, "new")) == "suspicious"
    assert len(await external(tx, sellable)) == 9
    assert await bring(tx, feed, now, days(1, 1, "0"), days(20, 1, "new"), forced=True) == "good"
    assert await external(tx, sellable) == ["0701-0702", "0720-0721"]


async def test_a_feed_with_an_entry_nobody_can_read_adds_but_lets_nothing_go(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3), days(10, 2, "two"))
    odd = event("DTSTART:soon", uid="odd")
    assert await bring(tx, feed, now, days(1, 3), days(20, 1, "three"), odd) == "partial"
    assert await external(tx, sellable) == ["0701-0704", "0710-0712", "0720-0721"]
    found = await find_feed(tx, feed.id)
    assert found is not None
    assert found.detail.startswith("Some entries could not be read, so nothing was let go: odd")


async def test_what_meets_our_own_booking_is_told_and_the_rest_is_claimed(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    booking = new_id()
    await facade.claim(
        tx, ask_of(sellable, date(2026, 7, 5), date(2026, 7, 8)), kind=ClaimKind.BOOKING, owner_id=booking, now=now
    )
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 20, summary="Not available"))
    assert await external(tx, sellable) == ["0701-0705", "0708-0721"]
    (conflict,) = await list_conflicts(tx, [feed.id], now)
    assert conflict.detail == "Taken here as well: 2026-07-05 to 2026-07-08."
    await facade.release(tx, booking, now=now)
    await import_feed(tx, feed.id, None, now=now + HOUR)
    assert await external(tx, sellable) == ["0701-0705", "0705-0708", "0708-0721"]
    assert await list_conflicts(tx, [feed.id], now) == []


async def test_nights_freed_here_are_claimed_at_once_for_who_has_them_elsewhere(
    runtime: Runtime, clock: FixedClock
) -> None:
    booking = new_id()
    async with runtime.db.write() as tx:
        sellable = await a_resource(tx)
        await facade.claim(tx, ask_of(sellable), kind=ClaimKind.BOOKING, owner_id=booking, now=clock.now())
        feed = await a_feed(tx, sellable, clock.now())
        await bring(tx, feed, clock.now(), days(1, 3))
        await facade.release(tx, booking, now=clock.now())
    event = Event(new_id(), "booking.cancelled", booking, {"resource_id": str(sellable.resource_id)}, clock.now())
    for _ in range(2):
        await follow_freed(runtime, event)
    async with runtime.db.read() as tx:
        assert await external(tx, sellable) == ["0701-0704"]
        assert await list_conflicts(tx, [feed.id], clock.now()) == []
        assert len(await told(tx, sellable)) == 1


def test_the_facts_that_free_something_are_those_booking_publishes() -> None:
    published = {value for name, value in vars(booking_events).items() if name.isupper()}
    assert set(SUBSCRIBERS[-1].types) - published == {RESOURCE_UNITS_CHANGED}


async def test_the_same_nights_as_a_booking_are_told_as_perhaps_that_booking(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    await facade.claim(tx, ask_of(sellable), kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3))
    (conflict,) = await list_conflicts(tx, [feed.id], now)
    assert conflict.detail.startswith("The same nights are taken here: perhaps by this very stay")
    assert await external(tx, sellable) == []


async def test_two_that_overlap_in_one_feed_are_claimed_once_and_no_night_is_left_open(
    tx: WriteTx, now: datetime
) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 5), days(4, 5, "two"))
    assert await external(tx, sellable) == ["0701-0706", "0706-0709"]
    assert await list_conflicts(tx, [feed.id], now) == []
    await bring(tx, feed, now, days(4, 5, "two"))
    assert await external(tx, sellable) == ["0704-0706", "0706-0709"]


async def test_a_pooled_resource_loses_one_place_for_each(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx, pooled=True, units=2)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3), days(2, 3, "two"), days(3, 1, "three"))
    assert await counted(tx, sellable.resource_id) == [1, 2, 2, 1]
    (conflict,) = [each async for each in _covered(tx, feed)]
    assert conflict == "These nights are off sale already."
    await bring(tx, feed, now, days(2, 3, "two"))
    assert await counted(tx, sellable.resource_id) == [0, 1, 1, 1]


async def _covered(tx: ReadTx, feed: Feed) -> Any:
    for row in await tx.all(
        "SELECT detail FROM inventory.feed_span WHERE feed_id = %s AND state = 'covered'", (feed.id,)
    ):
        yield row["detail"]


async def test_of_several_units_each_takes_one_and_a_feed_of_one_unit_takes_that(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx, units=3)
    everywhere, second = await a_feed(tx, sellable, now), await a_feed(tx, sellable, now, sellable.unit_ids[1])
    await bring(tx, second, now, days(1, 3))
    await bring(tx, everywhere, now, days(1, 3, "a"), days(2, 1, "b"))
    rows = await tx.all("SELECT unit_id FROM inventory.claim WHERE kind = 'external' ORDER BY created_at, id")
    assert [row["unit_id"] for row in rows] == [sellable.unit_ids[1], sellable.unit_ids[0], sellable.unit_ids[2]]


@pytest.mark.parametrize(
    ("starts", "ends", "nights"),
    [
        ("20260701T150000", "20260704T110000", ["0701-0704"]),
        ("20260701T100000", "20260701T103000", ["0630-0701"]),
        ("20260701T113000", "20260701T140000", []),
        ("20260701T120000", "20260701T180000", ["0701-0702"]),
        ("20260701T100000", "20260701T160000", ["0630-0702"]),
    ],
)
async def test_an_event_with_times_takes_the_nights_whose_stays_it_touches(
    tx: WriteTx, now: datetime, starts: str, ends: str, nights: list[str]
) -> None:
    sellable = await a_resource(tx)  # check-in 15:00, check-out 11:00
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, event(f"DTSTART:{starts}", f"DTEND:{ends}"))
    assert await external(tx, sellable) == nights


async def test_a_season_without_an_end_is_claimed_for_two_years_and_grows_by_the_month(
    tx: WriteTx, now: datetime
) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    closed = event("DTSTART;VALUE=DATE:20200101", "DTEND;VALUE=DATE:20291231")
    await bring(tx, feed, now, closed)
    await bring(tx, feed, now + timedelta(days=20), closed)
    assert await external(tx, sellable) == ["0531-0701"]
    await bring(tx, feed, now + timedelta(days=35), closed)
    assert await external(tx, sellable) == ["0531-0701", "0701-0801"]


async def test_what_is_past_may_be_forgotten_over_there(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx)
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, days(1, 3), days(10, 2, "two"))
    later = datetime(2026, 7, 8, tzinfo=UTC)
    assert await bring(tx, feed, later, days(10, 2, "two")) == "good"
    assert await external(tx, sellable) == ["0701-0704", "0710-0712"]


async def test_appointments_elsewhere_take_their_time_around_our_own(tx: WriteTx, now: datetime) -> None:
    sellable = await a_resource(tx, mode="timed", kind="PROFESSIONAL")
    feed = await a_feed(tx, sellable, now)
    await bring(tx, feed, now, event("DTSTART:20260701T090000", "DTEND:20260701T120000"))
    moved = event("DTSTART:20260701T130000", "DTEND:20260701T160000")
    await bring(tx, feed, now, moved)
    claims = await facade.claims_between(tx, [sellable.resource_id], JULY_1, JULY_4)
    assert [(f"{each.starts_at:%H:%M}", f"{each.ends_at:%H:%M}") for each in claims] == [("11:00", "14:00")]


async def test_our_own_export_read_back_claims_nothing_and_another_listing_follows_it(
    tx: WriteTx, now: datetime
) -> None:
    for pooled in (False, True):
        sellable, other = await a_resource(tx, pooled=pooled), await a_resource(tx)
        await facade.claim(tx, ask_of(sellable), kind=ClaimKind.BOOKING, owner_id=new_id(), now=now)
        caller = Caller(sellable.owner_id, "", "", frozenset(), "token")
        text = await export_calendar(tx, await rotate_export(tx, caller, sellable.resource_id, now=now), now=now)
        contents = read_feed(text.encode(), zone="Europe/Paris", now=now)
        assert len(contents.spans) == 1
        for target, claimed in ((sellable, []), (other, ["0701-0704"])):
            feed = await a_feed(tx, target, now)
            await import_feed(tx, feed.id, contents, now=now)
            assert await external(tx, target) == claimed


async def test_a_feed_that_is_removed_lets_go_of_what_it_kept(tx: WriteTx, now: datetime) -> None:
    for pooled in (False, True):
        sellable = await a_resource(tx, pooled=pooled)
        feed = await a_feed(tx, sellable, now)
        await bring(tx, feed, now, days(1, 3), days(10, 2, "two"))
        caller = Caller(sellable.owner_id, "", "", frozenset(), "token")
        with pytest.raises(FeedNotFound):
            await remove_feed(tx, caller, sellable.resource_id, new_id(), now=now)
        await remove_feed(tx, caller, sellable.resource_id, feed.id, now=now)
        assert await external(tx, sellable) == []
        assert (await told(tx, sellable))[-1]["departure"] == "2026-07-12"
        with pytest.raises(FeedNotFound):
            await import_feed(tx, feed.id, None, now=now)


def test_the_wait_doubles_with_each_failure_up_to_six_hours(now: datetime) -> None:
    waits = [(next_try(now, failures) - now).total_seconds() / 60 for failures in (0, 1, 2, 3, 4, 5, 9, 500)]
    assert waits == [15, 30, 60, 120, 240, 360, 360, 360]


async def test_due_feeds_are_asked_with_their_tags_and_others_wait(db: Database, clock: FixedClock) -> None:
    async with db.write() as tx:
        sellable = await a_resource(tx)
        feed = await a_feed(tx, sellable, clock.now())
    source = ScriptedSource(ics(days(1, 3)), etag='"1"')
    assert await refresh_due_feeds(db, source, clock) == 1
    assert await refresh_due_feeds(db, source, clock) == 0
    clock.at += timedelta(minutes=15)
    source.says = None
    assert await refresh_due_feeds(db, source, clock) == 1
    clock.at += timedelta(minutes=15)
    source.says = FeedUnreadable("No.")
    assert await refresh_due_feeds(db, source, clock) == 1
    assert source.asked == [(feed.url, None), (feed.url, '"1"'), (feed.url, '"1"')]
    async with db.read() as tx:
        found = await find_feed(tx, feed.id)
    assert found is not None
    assert (found.result, found.detail, found.failures, found.etag) == (FeedResult.FAILED, "No.", 1, '"1"')
    assert found.next_try_at - clock.now() == timedelta(minutes=30)
    assert found.succeeded_at == clock.now() - timedelta(minutes=15)
