"""What runs in the background ends, also when it misses that it should."""

import asyncio
from contextlib import suppress

from hospes.platform.ending import end_tasks


async def deaf_to_the_first_call() -> None:
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(60)
    await asyncio.sleep(60)


async def test_a_task_that_misses_its_cancellation_is_told_again() -> None:
    once, again = asyncio.create_task(deaf_to_the_first_call()), asyncio.create_task(deaf_to_the_first_call())
    await asyncio.sleep(0)
    once.cancel()  # the control: it goes on
    await asyncio.sleep(0.01)
    assert not once.done()
    await end_tasks([again], again_seconds=0.01)
    assert again.cancelled()
    await end_tasks([once, None, again], again_seconds=0.01)
    assert once.cancelled()
