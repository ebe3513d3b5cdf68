"""Jobs exist exactly if their transaction commits; periodic work takes turns; the dead are relieved."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hospes.platform.errors import Conflict
from hospes.platform.jobs import (
    Backoff,
    Order,
    Periodic,
    Task,
    defer,
    defer_many,
    retry_stalled,
    run_waiting,
    take_turn,
)
from hospes.platform.runtime import Runtime
from tests.conftest import NOW


class Notebook:
    """Tasks that write down what they were called with."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.tasks = [Task("tests.note", "default", self.note), Task("tests.other", "other", self.note)]

    async def note(self, _: Runtime, *, text: str) -> None:
        self.written.append(text)


async def test_a_job_runs_once_its_transaction_is_committed(runtime: Runtime) -> None:
    book = Notebook()
    async with runtime.db.write() as tx:
        await defer(tx, "tests.note", text="a")
        await run_waiting(runtime, book.tasks)
        assert book.written == []
    await run_waiting(runtime, book.tasks)
    await run_waiting(runtime, book.tasks)
    assert book.written == ["a"]


async def test_a_job_of_a_transaction_that_rolled_back_never_runs(runtime: Runtime) -> None:
    book = Notebook()
    with suppress(Conflict):
        async with runtime.db.write() as tx:
            await defer(tx, "tests.note", text="a")
            raise Conflict("No.")
    await run_waiting(runtime, book.tasks)
    assert book.written == []


async def test_a_job_waits_for_its_time_and_a_worker_for_other_queues_leaves_it(runtime: Runtime) -> None:
    book = Notebook()
    async with runtime.db.write() as tx:
        later = Order("tests.note", {"text": "tomorrow"}, schedule_at=NOW + timedelta(days=365 * 10))
        await defer_many(tx, [later, Order("tests.other", {"text": "other"}, queue="other")])
    await run_waiting(runtime, book.tasks, queues=["default"])
    assert book.written == []
    await run_waiting(runtime, book.tasks)
    assert book.written == ["other"]


async def test_a_job_whose_worker_died_is_given_back(runtime: Runtime) -> None:
    book = Notebook()
    async with runtime.db.write() as tx:
        job_id = await defer(tx, "tests.note", text="a")
        await tx.run("UPDATE public.procrastinate_jobs SET status = 'doing' WHERE id = %s", (job_id,))
    await run_waiting(runtime, book.tasks)
    assert book.written == []
    await retry_stalled(runtime)
    await run_waiting(runtime, book.tasks)
    assert book.written == ["a"]


async def test_of_several_workers_one_takes_each_turn(runtime: Runtime) -> None:
    ran = 0

    async def count(_: Runtime) -> None:
        nonlocal ran
        ran += 1
        await asyncio.sleep(0.05)

    work = Periodic("tests.count", 0.4, count)
    turns = await asyncio.gather(*(take_turn(runtime, work) for _ in range(4)))
    assert (sum(turns), ran) == (1, 1)
    assert await take_turn(runtime, work) is False
    await asyncio.sleep(0.45)
    assert await take_turn(runtime, work) is True
    assert ran == 2


def test_waiting_doubles_up_to_five_minutes_and_ends_after_three_days() -> None:
    class Failed:
        attempts = 0

    def wait(attempts: int) -> float | None:
        Failed.attempts = attempts
        decision = Backoff().get_retry_decision(exception=Conflict(), job=Failed())  # type: ignore[arg-type]
        if decision is None or decision.retry_at is None:
            return None
        return round((decision.retry_at - datetime.now(UTC)).total_seconds())

    assert [wait(n) for n in (0, 1, 2, 8, 9, 500)] == [1, 2, 4, 256, 300, 300]
    assert wait(900) is None
