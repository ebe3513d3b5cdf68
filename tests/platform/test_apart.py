"""Heavy work is done in another process, which may be killed."""

import os
import signal
import time

import pytest

from hospes.platform.apart import apart


def kill_myself_once(flag: str) -> str:
    """Dies at the first call."""
    if not os.path.exists(flag):
        with open(flag, "w"):
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(5)
    return "done"


async def test_the_work_is_done_by_somebody_else_who_stands_behind() -> None:
    assert await apart(os.getpid) != os.getpid()
    assert await apart(os.nice, 0) >= min(os.nice(0) + 10, 19)


async def test_what_the_work_raises_is_raised_here() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await apart(int, "x")


async def test_a_process_that_was_killed_is_replaced(tmp_path: os.PathLike[str]) -> None:
    assert await apart(kill_myself_once, os.path.join(tmp_path, "flag")) == "done"
    assert await apart(abs, -3) == 3
