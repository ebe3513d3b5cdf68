"""Events reach subscribers at least once and in order, and every process's tail exactly once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from hospes.platform.db import Database, WriteTx
from hospes.platform.errors import Conflict
from hospes.platform.housekeeping import forget_relayed_events
from hospes.platform.ids import new_id
from hospes.platform.jobs import run_waiting
from hospes.platform.outbox import Event, publish
from hospes.platform.relay import URGENT_QUEUE, relay_once, subscriber_tasks
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber, once_per_event
from hospes.platform.tail import EventTail
from tests.conftest import NOW, FixedClock


class Recorder:
    """A subscriber that remembers, and may fail at first."""

    def __init__(self, *types: str, failures: int = 0) -> None:
        self.seen: list[Event] = []
        self.failures = failures
        self.subscriber = Subscriber("tests.recorder", types, self.handle)

    async def handle(self, _: Runtime, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise Conflict("Not yet.")
        self.seen.append(event)

    def numbers(self) -> list[int]:
        return [event.data["n"] for event in self.seen]


async def say(rt: Runtime, aggregate: UUID, *numbers: int, type: str = "thing.said") -> None:
    for number in numbers:
        async with rt.db.write() as tx:
            await publish(tx, type, aggregate, {"n": number}, now=NOW)


async def undone(rt: Runtime, act: Callable[[WriteTx], Awaitable[object]]) -> None:
    """Do it in a transaction that dies just before its commit."""
    with suppress(ConnectionError):
        async with rt.db.write() as tx:
            await act(tx)
            raise ConnectionError


async def relay(rt: Runtime, *subscribers: Subscriber) -> int:
    async with rt.db.write() as tx:
        return await relay_once(tx, subscribers, now=rt.clock.now())


async def test_a_committed_event_reaches_its_subscriber_as_it_was_written(runtime: Runtime) -> None:
    recorder, thing = Recorder("thing.said"), new_id()
    await say(runtime, thing, 1)
    await say(runtime, thing, 2, type="thing.else")
    assert await relay(runtime, recorder.subscriber) == 2
    await run_waiting(runtime, subscriber_tasks([recorder.subscriber]))
    (event,) = recorder.seen
    assert (event.type, event.aggregate_id, event.data, event.occurred_at) == ("thing.said", thing, {"n": 1}, NOW)
    assert await relay(runtime, recorder.subscriber) == 0


async def test_an_event_of_a_transaction_that_rolled_back_never_was(runtime: Runtime) -> None:
    await undone(runtime, lambda tx: publish(tx, "thing.said", new_id(), {"n": 1}, now=NOW))
    assert await relay(runtime, Recorder("thing.said").subscriber) == 0


async def test_events_of_one_thing_come_in_order_even_when_the_first_fails_at_first(runtime: Runtime) -> None:
    recorder, thing = Recorder("thing.said", failures=1), new_id()
    await say(runtime, thing, 1, 2, 3)
    await relay(runtime, recorder.subscriber)
    tasks = subscriber_tasks([recorder.subscriber])
    await run_waiting(runtime, tasks)
    assert recorder.numbers() == []  # 1 failed, and 2 and 3 wait for it
    await asyncio.sleep(1.1)
    await run_waiting(runtime, tasks)
    assert recorder.numbers() == [1, 2, 3]


async def test_a_failing_thing_does_not_hold_up_another(runtime: Runtime) -> None:
    recorder = Recorder("thing.said", failures=1)
    await say(runtime, new_id(), 1)
    await say(runtime, new_id(), 2)
    await relay(runtime, recorder.subscriber)
    await run_waiting(runtime, subscriber_tasks([recorder.subscriber]))
    assert recorder.numbers() == [2]


async def test_a_relay_that_dies_before_its_commit_loses_and_repeats_nothing(runtime: Runtime) -> None:
    recorder, thing = Recorder("thing.said"), new_id()
    await say(runtime, thing, 1)
    await undone(runtime, lambda tx: relay_once(tx, [recorder.subscriber], now=NOW))
    assert await relay(runtime, recorder.subscriber) == 1
    await run_waiting(runtime, subscriber_tasks([recorder.subscriber]))
    assert recorder.numbers() == [1]


async def test_only_one_relay_hands_on_at_a_time(runtime: Runtime) -> None:
    await say(runtime, new_id(), 1)
    async with runtime.db.write() as first, runtime.db.write() as second:
        assert await relay_once(first, [], now=NOW) == 1
        assert await relay_once(second, [], now=NOW) == 0


@pytest.mark.parametrize(("urgent", "served"), [(True, ["b"]), (False, [])])
async def test_an_urgent_subscriber_does_not_stand_behind_the_others(
    runtime: Runtime, urgent: bool, served: list[str]
) -> None:
    seen: list[str] = []

    async def note_a(_: Runtime, __: Event) -> None:
        seen.append("a")

    async def note_b(_: Runtime, __: Event) -> None:
        seen.append("b")

    both = (
        Subscriber("tests.a", ("thing.said",), note_a),
        Subscriber("tests.b", ("thing.asked",), note_b, urgent=urgent),
    )
    await say(runtime, new_id(), 1, 2)
    await say(runtime, new_id(), 3, type="thing.asked")
    await relay(runtime, *both)
    await run_waiting(runtime, subscriber_tasks(both), queues=[URGENT_QUEUE])
    assert seen == served
    await run_waiting(runtime, subscriber_tasks(both))
    assert sorted(seen) == ["a", "a", "b"]


async def test_a_subscriber_can_tell_that_it_has_done_an_event(runtime: Runtime) -> None:
    event = Event(new_id(), "thing.said", new_id(), {}, NOW)
    for expected in (True, False):
        async with runtime.db.write() as tx:
            assert await once_per_event(tx, "tests.a", event) is expected
    async with runtime.db.write() as tx:
        assert await once_per_event(tx, "tests.b", event) is True


async def test_handed_on_events_are_kept_for_a_week(runtime: Runtime, clock: FixedClock) -> None:
    await say(runtime, new_id(), 1)
    await relay(runtime)
    await say(runtime, new_id(), 2)
    for days, left in ((6, 2), (8, 1)):
        clock.at = NOW.replace(day=1 + days)
        await forget_relayed_events(runtime)
        async with runtime.db.read() as tx:
            assert await tx.find("SELECT count(*) AS n FROM platform.outbox") == {"n": left}


class Listening:
    """A tail with what it delivered."""

    def __init__(self, db: Database) -> None:
        self.tail = EventTail(db)
        self.seen: list[int] = []
        self.tail.listen(self.hear)

    async def hear(self, events: Sequence[Event]) -> None:
        self.seen += [event.data["n"] for event in events]


async def test_the_tail_delivers_what_is_committed_after_its_mark_once(runtime: Runtime) -> None:
    listening = Listening(runtime.db)
    await say(runtime, new_id(), 1)
    await listening.tail.mark()
    await say(runtime, new_id(), 2, 3)
    assert await listening.tail.poll() == 2
    assert await listening.tail.poll() == 0
    assert listening.seen == [2, 3]


async def open_and_publish(rt: Runtime, number: int, publish_now: asyncio.Event, commit_now: asyncio.Event) -> None:
    async with rt.db.write() as tx:
        await publish_now.wait()
        await publish(tx, "thing.said", new_id(), {"n": number}, now=NOW)
        await tx.flush()
        await commit_now.wait()


async def late_commit(rt: Runtime, between: Any) -> None:
    """One transaction takes its id and row first and commits last; `between` runs before, amid and after."""
    start, finish = asyncio.Event(), asyncio.Event()
    start.set()
    slow = asyncio.create_task(open_and_publish(rt, 1, start, finish))
    await asyncio.sleep(0.1)  # the slow one has its id
    await say(rt, new_id(), 2)
    await between()
    finish.set()
    await slow
    await between()


async def test_the_tail_does_not_miss_a_transaction_that_commits_late_nor_wait_for_it(runtime: Runtime) -> None:
    listening = Listening(runtime.db)
    await listening.tail.mark()
    seen_amid: list[int] = []

    async def between() -> None:
        await listening.tail.poll()
        seen_amid.extend(listening.seen if not seen_amid else [])

    await late_commit(runtime, between)
    assert seen_amid == [2]
    assert listening.seen == [2, 1]


async def test_control_a_cursor_on_the_id_misses_the_late_commit(runtime: Runtime) -> None:
    seen: list[int] = []
    cursor = 0

    async def between() -> None:
        nonlocal cursor
        async with runtime.db.read() as tx:
            rows = await tx.all("SELECT id, data FROM platform.outbox WHERE id > %s ORDER BY id", (cursor,))
        for row in rows:
            cursor = row["id"]
            seen.append(row["data"]["n"])

    await late_commit(runtime, between)
    assert seen == [2]


async def test_the_tail_sees_every_event_of_many_rivals_once(runtime: Runtime) -> None:
    listening = Listening(runtime.db)
    await listening.tail.mark()
    done = False

    async def watch() -> None:
        while not done:
            await listening.tail.poll()

    async def write(first: int) -> None:
        for number in range(first, first + 20):
            async with runtime.db.write() as tx:
                await publish(tx, "thing.said", new_id(), {"n": number}, now=NOW)
                await asyncio.sleep(0.001 * (number % 3))

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(write(100 * rival) for rival in range(8)))
    done = True
    await watching
    await listening.tail.poll()
    assert sorted(listening.seen) == sorted(100 * rival + n for rival in range(8) for n in range(20))


async def test_a_running_tail_delivers_within_a_second(runtime: Runtime) -> None:
    tail = EventTail(runtime.db)
    await tail.start()
    try:
        thing = new_id()
        with tail.queue(types=["thing.said"], aggregate_id=thing) as queue:
            await say(runtime, new_id(), 1)
            await say(runtime, thing, 2, type="thing.else")
            await say(runtime, thing, 3)
            event = await asyncio.wait_for(queue.get(), 1)
        assert event.data == {"n": 3}
        assert queue.empty()
    finally:
        await tail.stop()


async def test_a_listener_that_fails_does_not_silence_the_others(runtime: Runtime) -> None:
    listening = Listening(runtime.db)

    async def fails(_: Sequence[Event]) -> None:
        raise LookupError("lost")

    listening.tail.listen(fails)
    later: list[Event] = []

    async def hears(events: Sequence[Event]) -> None:
        later.extend(events)

    stop = listening.tail.listen(hears)
    await listening.tail.mark()
    await say(runtime, new_id(), 1)
    await listening.tail.poll()
    stop()
    await say(runtime, new_id(), 2)
    await listening.tail.poll()
    assert [event.data["n"] for event in later] == [1]
    assert listening.seen == [1, 2]


async def test_publishing_belongs_to_the_transaction(tx: WriteTx) -> None:
    await publish(tx, "thing.said", new_id(), {"n": 1}, now=NOW)
    assert await tx.find("SELECT data FROM platform.outbox") == {"data": {"n": 1}}
