"""Ends what runs in the background of a process."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def end_tasks(tasks: Iterable[asyncio.Task[Any] | None], *, again_seconds: float = 0.5) -> None:
    """Cancel them until all have ended; None and what has ended is passed over.

    Once is not enough: a cancellation can get lost while a pool hands a connection over (psycopg_pool, Python 3.11)."""
    left = {task for task in tasks if task is not None and not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again_seconds)
