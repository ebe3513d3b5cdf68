"""A walk through the core: steps of commands that start together, and after each step everything that must hold."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from hospes.entrypoints.invariants import breaches
from hospes.platform.db import Database
from hospes.platform.errors import HospesError
from tests.proof.commands import COMMANDS, Act, Draw, Known, Whole
from tests.proof.world import START, World, a_world

TOGETHER = (1, 2, 3, 4, 6)


@dataclass
class Walked:
    """What was done: commands by name and outcome, and the first step after which something did not hold."""

    outcomes: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    broken: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    @property
    def commands(self) -> int:
        """How many were executed."""
        return self.outcomes.total()


class Walk:
    """One walk of one seed in a world of its own."""

    def __init__(self, database: Database, seed: int) -> None:
        self.database = database
        self.draw = Random(seed)
        self.known = Known(START)
        self.walked = Walked()
        self.world: World | None = None

    async def run(self, steps: int) -> Walked:
        """Walk until something breaks or the steps are done."""
        async with self.database.write() as tx:
            self.world = await a_world(tx)
        for _ in range(steps):
            await self.step()
            if self.walked.broken:
                break
        return self.walked

    async def step(self) -> None:
        """Commands that start together, one connection each; then time goes on, and everything is looked at."""
        assert self.world is not None
        drawn = self.draw.choices(list(COMMANDS), list(COMMANDS.values()), k=self.draw.choice(TOGETHER))
        if self.draw.random() < 0.3:
            drawn = [drawn[0]] * len(drawn)  # all of one kind: the hardest rivals
        acts = [(each, each(self.world, self.known, self.draw)) for each in drawn]
        barrier = asyncio.Barrier(len(acts))
        outcomes = await asyncio.gather(*(self._one(name, act, barrier) for name, act in acts))
        self.walked.outcomes.update(outcomes)
        self.walked.steps += 1
        self.known.now += timedelta(minutes=self.draw.choice((0, 0, 1, 5, 16, 60, 60 * 12)))
        async with self.database.read() as tx:
            self.walked.broken = await breaches(tx)

    async def _one(self, command: Draw, act: Act, barrier: asyncio.Barrier) -> str:
        if isinstance(act, Whole):
            return await self._whole(command, act, barrier)
        first, *rest = act if isinstance(act, tuple) else (act,)
        try:
            async with self.database.write() as tx:
                await tx.find("SELECT 1 AS ready")
                await barrier.wait()
                await first(tx)
            for step in rest:
                async with self.database.write() as tx:
                    await step(tx)
        except HospesError as refusal:
            return f"{command.__name__}: {refusal.code}"
        return f"{command.__name__}: done"

    async def _whole(self, command: Draw, act: Whole, barrier: asyncio.Barrier) -> str:
        await barrier.wait()
        try:
            await act.run(self.database)
        except HospesError as refusal:
            return f"{command.__name__}: {refusal.code}"
        return f"{command.__name__}: done"
