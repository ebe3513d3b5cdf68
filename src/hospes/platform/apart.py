"""Heavy work for the processor, in a process of its own: in a thread it would share the interpreter with the loop, and
whoever looks at a screen would wait for it."""

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from hospes.platform.embedded import dies_with_parent

P = ParamSpec("P")
T = TypeVar("T")

_pools: list[ProcessPoolExecutor] = []


async def apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` answers, one at a time; it and all it is given must be picklable.

    A process that was killed is replaced once; the second time the `BrokenProcessPool` is raised.
    """
    try:
        return await asyncio.wrap_future(_pool().submit(work, *args, **kwargs))
    except BrokenProcessPool:
        _pools.clear()
        return await asyncio.wrap_future(_pool().submit(work, *args, **kwargs))


def _pool() -> ProcessPoolExecutor:
    if not _pools:
        _pools.append(ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_settle_down))
    return _pools[0]


def _settle_down() -> None:
    """Behind everybody else, deaf to the terminal's Ctrl-C, and gone with its parent."""
    os.nice(10)
    dies_with_parent()()


async def run_apart(module: str, given: bytes) -> int:
    """`python -m module` with this on its standard input; answers its exit status. It ends when the caller gives up,
    and with its parent."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE, preexec_fn=dies_with_parent()
    )
    try:
        await process.communicate(given)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0
