"""The process that embeds, one a host: `python -m hospes.modules.semantic.embedder SOCKET`.

The model takes 200 MB, so that neither API processes nor workers load it. They ask over a Unix socket: a line of JSON
with `texts` and `urgent`, answered by a line with `vectors`. Questions have a thread of their own and texts of places
another one behind everybody else, so that no question waits for a batch. It ends with its parent, or when nobody has
asked for a while; who asks next starts another one.
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson

from hospes.modules.semantic.providers.minilm import MiniLM

IDLE_SECONDS = 900.0
MOST_TEXTS = 64
MOST_LINE = 2**20
MOST_WAITING = 64
ANOTHER_RUNS = 3


class Embedder:
    """Answers on a socket until it is idle."""

    def __init__(self, model: MiniLM) -> None:
        self._model = model
        self._quick = ThreadPoolExecutor(1)
        self._patient = ThreadPoolExecutor(1, initializer=_behind_everybody)
        self._waiting = 0
        self._asked = time.monotonic()

    async def serve(self, socket: Path, *, idle_seconds: float) -> None:
        """Until nobody asks any more, or a signal says so."""
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        server = await asyncio.start_unix_server(self._answer, socket, limit=MOST_LINE)
        while not stop.is_set() and time.monotonic() - self._asked < idle_seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), min(idle_seconds, 5.0))
        server.close()  # without waiting until all have hung up: they ask another one

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # ValueError: a line that is too long, or no JSON; cancelled: when all ends
        with contextlib.suppress(ConnectionError, ValueError, asyncio.CancelledError):
            while line := await reader.readline():
                writer.write(orjson.dumps(await self._vectors(orjson.loads(line))) + b"\n")
                await writer.drain()
        writer.close()

    async def _vectors(self, asked: dict[str, list[str]]) -> dict[str, object]:
        texts = asked["texts"][:MOST_TEXTS]
        if self._waiting >= MOST_WAITING:
            return {"busy": True}
        pool = self._quick if asked.get("urgent") else self._patient
        loop = asyncio.get_running_loop()
        self._waiting += 1
        try:
            vectors = [await loop.run_in_executor(pool, self._model.vector, text) for text in texts]
        finally:
            self._waiting -= 1
            self._asked = time.monotonic()
        return {"vectors": vectors}


def _behind_everybody() -> None:
    """Of this thread alone, where the system knows such."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 15)


def main(socket: Path, idle_seconds: float) -> int:
    """The exit status; `ANOTHER_RUNS` when there is one already."""
    with socket.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return ANOTHER_RUNS
        socket.unlink(missing_ok=True)  # what a killed one has left
        asyncio.run(Embedder(MiniLM()).serve(socket, idle_seconds=idle_seconds))
        socket.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else IDLE_SECONDS))
