"""Asks the process that embeds, and starts it when there is none. What was asked lately is remembered."""

import asyncio
import hashlib
import os
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import orjson
import structlog

from hospes.modules.semantic import watching
from hospes.modules.semantic.contracts import Vector
from hospes.modules.semantic.embedder import ANOTHER_RUNS, MOST_LINE
from hospes.modules.semantic.errors import EmbedderAway
from hospes.platform.embedded import LONGEST_SOCKET_PATH, dies_with_parent

log = structlog.get_logger(__name__)
START_SECONDS = 20.0
START_PAUSE = 0.5  # between two starts, while another one loads its model or ends
QUESTION_SECONDS = 5.0
BATCH_SECONDS = 60.0
REMEMBERED = 1_000  # questions; 3 MB
MOST_WAITING = 50  # questions of this process
ATTEMPTS = 4
MOST_QUESTION = 300  # characters of a question that count


class Asking:
    """One connection of this process, one request at a time. `idle_seconds`: when an embedder started here ends."""

    def __init__(self, folder: Path, *, idle_seconds: float | None = None) -> None:
        self.socket = _socket(folder)
        self._idle = [] if idle_seconds is None else [str(idle_seconds)]
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._one_by_one = asyncio.Lock()
        self._waiting = 0
        self._remembered: OrderedDict[str, Vector] = OrderedDict()

    async def question(self, text: str) -> Vector:
        """The vector of a question. Raises `EmbedderAway` when it does not come soon, or too many wait."""
        key = " ".join(text.split())[:MOST_QUESTION]
        if key not in self._remembered:
            if self._waiting >= MOST_WAITING:
                raise EmbedderAway("too many questions wait")
            (vector,) = await self._ask([key], urgent=True, seconds=QUESTION_SECONDS)
            self._remembered[key] = vector
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        self._remembered.move_to_end(key)
        return self._remembered[key]

    async def texts(self, texts: Sequence[str]) -> list[Vector]:
        """The vectors of texts, when there is time. Raises `EmbedderAway`."""
        return await self._ask(texts, urgent=False, seconds=BATCH_SECONDS)

    async def close(self) -> None:
        """Hang up; a process started here ends, and others start their own when they need one."""
        self._hang_up()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def _ask(self, texts: Sequence[str], *, urgent: bool, seconds: float) -> list[Vector]:
        line = orjson.dumps({"texts": list(texts), "urgent": urgent}) + b"\n"
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds), self._one_by_one:
                answer = await self._exchange(line)
        except TimeoutError as fault:
            watching.UP.set(0)
            raise EmbedderAway(f"no answer within {seconds:g} seconds") from fault
        except EmbedderAway:
            watching.UP.set(0)
            raise
        finally:
            self._waiting -= 1
        watching.UP.set(1)
        if "vectors" not in answer:
            raise EmbedderAway("too much waits there")
        return list(answer["vectors"])

    async def _exchange(self, line: bytes) -> dict[str, list[Vector]]:
        """A few times at most: what answered a minute ago may have ended since, or end now."""
        for attempt in range(ATTEMPTS):
            whole = False
            try:
                reader, writer = await self._connected()
                writer.write(line)
                await writer.drain()
                answer = await reader.readline()
                whole = answer.endswith(b"\n")
                if whole:
                    return dict(orjson.loads(answer))
            except ConnectionError as fault:
                log.info("semantic.embedder_gone", reason=str(fault))
            finally:
                if not whole:
                    self._hang_up()  # also when the caller gave up: the answer would be taken for the next one's
            await asyncio.sleep(0.1 * attempt)
        raise EmbedderAway("it hung up")

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._open is None:
            self._open = await self._reached() or await self._started()
        return self._open

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        try:
            return await asyncio.open_unix_connection(self.socket, limit=MOST_LINE)
        except (FileNotFoundError, ConnectionRefusedError):
            return None

    async def _started(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Start one, also when another process does so now: only one of them stays, and it is waited for."""
        clock = asyncio.get_running_loop().time
        until, failed, again = clock() + START_SECONDS, 0, 0.0
        while failed < ATTEMPTS and clock() < until:
            if clock() >= again and (self._process is None or self._process.returncode is not None):
                await self._start()
                again = clock() + START_PAUSE
            await asyncio.sleep(0.05)
            if found := await self._reached():
                return found
            if self._process is not None and self._process.returncode not in (None, ANOTHER_RUNS):
                self._process, failed = None, failed + 1
        raise EmbedderAway("it did not start")

    async def _start(self) -> None:
        log.info("semantic.embedder_starts", socket=str(self.socket))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hospes.modules.semantic.embedder", str(self.socket), *self._idle,
            stdin=asyncio.subprocess.DEVNULL, preexec_fn=dies_with_parent(),
        )  # fmt: skip

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None


def _socket(folder: Path) -> Path:
    """In the folder, or where the system keeps what is short-lived when the path would be too long; ours alone."""
    place = folder.absolute() / "embedder.sock"
    if len(os.fsencode(place)) > LONGEST_SOCKET_PATH:
        short = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
        place = Path(tempfile.gettempdir()) / f"hospes-{os.getuid()}-{short}" / "embedder.sock"
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = place.parent.stat()
    if told.st_uid != os.getuid():
        raise EmbedderAway(f"{place.parent} belongs to somebody else")
    place.parent.chmod(0o700)
    return place
