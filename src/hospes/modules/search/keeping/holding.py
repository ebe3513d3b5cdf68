"""How a process starts from files of a kind, has the next one made, and goes over to it: the same for every kind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from hospes.modules.search.keeping.builders import Work, build_apart
from hospes.modules.search.keeping.building import worth_a_file, worth_a_process
from hospes.modules.search.keeping.container import UnfitSnapshot
from hospes.modules.search.keeping.snapshot import Generations
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Holding(Generic[T]):
    """Which of these files a process is at. `generation`: of the one it has gone over to, 0 for none; who goes over to
    something else does so within `replacing`."""

    def __init__(self, rt: Runtime, files: Generations[T]) -> None:
        self.files = files
        self.generation = 0
        self.replacing = asyncio.Lock()
        self._rt = rt
        self._unfit = 0

    async def begin(self, adopt: Callable[[], Awaitable[bool]], build: Callable[[], Awaitable[bool]]) -> bool:
        """As `Generations.begin`; False too where there is to be no file, or none can be written."""
        try:
            return await worth_a_file(self._rt.db, self._rt.settings) and await self.files.begin(adopt, build)
        except OSError as fault:
            self._without(fault)
        return False

    async def adopt(self, go_over: Callable[[], Awaitable[None]]) -> bool:
        """Go over to the newest file when there is a younger one; answers whether there was, and was fit.

        `go_over` raises `UnfitSnapshot` for one that is not."""
        newest = self._younger()
        if not newest:
            return False
        async with self.replacing:
            try:
                await go_over()
            except UnfitSnapshot as unfit:
                self._unfit = newest  # it will not become any better
                log.warning("search.snapshot_unfit", of=self.files.kind.name, generation=newest, reason=unfit.reason)
                return False
        return True

    async def renew(self, build: Callable[[], Awaitable[bool]]) -> bool:
        """Build the next file, unless another process of this host is at it or has just done so.

        False where there is to be no file, or none can be written."""
        try:
            if not await worth_a_file(self._rt.db, self._rt.settings):
                return False
            with self.files.building() as mine:
                if mine and not self._younger():
                    await build()
        except OSError as fault:
            self._without(fault)
            return False
        return True

    async def build(
        self, module: str, work: Work, here: Callable[[], Awaitable[None]], adopt: Callable[[], Awaitable[bool]]
    ) -> bool:
        """The next file, as its only builder: of much by a module in a process of its own, else, or when that fails, by
        `here`. Then go over to it, and answer whether that could be done. Raises `OSError`."""
        if await worth_a_process(self._rt.db) and await build_apart(module, work) and await adopt():
            return True
        await here()
        return await adopt()

    def _younger(self) -> int:
        """The newest file, if it is younger than what is held and not known to be unfit; else 0."""
        newest = self.files.newest()
        return newest if newest > max(self.generation, self._unfit) else 0

    def _without(self, fault: OSError) -> None:
        log.warning("search.without_snapshot", of=self.files.kind.name, reason=str(fault))
