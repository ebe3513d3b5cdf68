"""The process that embeds: there when it is asked, one for all, and never in the way of a question."""

import asyncio
import contextlib
import fcntl
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from hospes.modules.semantic.asking import ATTEMPTS, MOST_WAITING, Asking
from hospes.modules.semantic.embedder import ANOTHER_RUNS
from hospes.modules.semantic.errors import EmbedderAway
from tests.semantic.builders import needs_the_model

pytestmark = needs_the_model


def alike(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def embedders(asking: Asking) -> list[psutil.Process]:
    return [
        each
        for each in psutil.process_iter(["cmdline"])
        if str(asking.socket) in (each.info["cmdline"] or []) and each.status() != psutil.STATUS_ZOMBIE
    ]


async def test_what_means_the_same_lies_nearer_than_what_shares_a_word(asking: Asking) -> None:
    asked = await asking.question("place to sleep near the ocean")
    same, word = await asking.texts(["rooms on the beach", "a place to park near the airport"])
    assert alike(asked, same) > alike(asked, word) + 0.1


@pytest.mark.parametrize("text", ["", " ", "\x00", "😀", "x" * 10_000, "ﷺ" * 3_000, "\ud800", "سلام", "a\nb"])
async def test_any_text_has_a_vector_of_length_one(asking: Asking, text: str) -> None:
    (vector,) = await asking.texts([text.encode(errors="replace").decode()])
    assert len(vector) == 384
    assert alike(list(vector), list(vector)) == pytest.approx(1.0)


async def test_two_processes_that_ask_at_once_share_one_embedder(tmp_path: Path) -> None:
    async with contextlib.AsyncExitStack() as ends:
        one, other = Asking(tmp_path), Asking(tmp_path)
        ends.push_async_callback(one.close)
        ends.push_async_callback(other.close)
        first, second = await asyncio.gather(one.texts(["a"]), other.texts(["a"]))
        assert first == second
        await asyncio.wait_for(_until(lambda: len(embedders(one)) == 1), 10)


async def test_one_that_takes_long_to_start_is_waited_for(tmp_path: Path) -> None:
    """Another process has the lock and loads its model: who finds it taken does not give up, however often."""
    waits = Asking(tmp_path)
    async with contextlib.AsyncExitStack() as ends:
        ends.push_async_callback(waits.close)
        with (tmp_path / "embedder.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            asked = asyncio.create_task(waits.texts(["a"]))
            refused: set[int] = set()
            await asyncio.wait_for(_until(lambda: asked.done() or _ended(waits, refused) > ATTEMPTS), 20)
            assert not asked.done()
        assert len((await asked)[0]) == 384


async def test_one_that_cannot_start_is_tried_a_few_times(tmp_path: Path) -> None:
    away = Asking(tmp_path)
    away.socket.mkdir()  # nothing can listen there
    with pytest.raises(EmbedderAway, match="it did not start"):
        await away.texts(["a"])


def _ended(asking: Asking, refused: set[int]) -> int:
    """How many of its processes have ended because another one runs."""
    if asking._process is not None and asking._process.returncode == ANOTHER_RUNS:
        refused.add(asking._process.pid)
    return len(refused)


async def _until(happened: Callable[[], bool]) -> None:
    while not happened():
        await asyncio.sleep(0.01)


async def test_an_embedder_that_was_killed_is_replaced_by_the_next_question(tmp_path: Path) -> None:
    asking = Asking(tmp_path)
    before = await asking.texts(["a quiet house"])
    (process,) = embedders(asking)
    process.kill()
    assert await asking.texts(["a quiet house"]) == before
    assert embedders(asking)[0].pid != process.pid
    await asking.close()
    assert embedders(asking) == []


async def test_an_embedder_that_nobody_asks_ends_and_the_next_question_starts_another(tmp_path: Path) -> None:
    asking = Asking(tmp_path, idle_seconds=0.3)
    await asking.texts(["a"])
    (process,) = embedders(asking)
    await asyncio.to_thread(process.wait, 10)
    assert len((await asking.texts(["b"]))[0]) == 384
    await asking.close()


async def test_a_question_is_answered_while_a_batch_is_under_way(asking: Asking) -> None:
    worker = Asking(asking.socket.parent)
    await asking.question("warm")
    batch = asyncio.create_task(worker.texts(["a long text about a house by the sea " * 40] * 64))
    while asking._waiting or not batch.get_stack():
        await asyncio.sleep(0)
    await asyncio.sleep(0.1)
    await asking.question("something nobody has asked before")
    assert not batch.done()
    assert len(await batch) == 64
    worker._hang_up()


async def test_a_question_asked_again_is_not_embedded_again(asking: Asking) -> None:
    first = await asking.question("an attic  for two")
    assert await asking.question(" an attic for two ") is first


async def test_more_questions_than_may_wait_are_refused(asking: Asking) -> None:
    asked = [asking.question(f"question number {number}") for number in range(MOST_WAITING + 5)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in outcomes[:MOST_WAITING]] == [list] * MOST_WAITING
    assert [type(each) for each in outcomes[MOST_WAITING:]] == [EmbedderAway] * 5


async def test_a_folder_of_somebody_elses_is_not_used(tmp_path: Path) -> None:
    Asking(tmp_path / "deep" / ("x" * 90))
    assert tmp_path.joinpath("deep").exists() is False  # too long for a socket: it lies where short-lived things lie
