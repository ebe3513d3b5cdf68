"""A process dies at every statement, commit and call of everything that moves money; afterwards everything adds up."""

from dataclasses import replace

import pytest

from hospes.platform.runtime import Runtime
from tests.conftest import FixedClock
from tests.proof.gates import GatedDatabase, Run, gate, through
from tests.proof.money_sums import faults_of
from tests.proof.scenes import SCENES, Scene, Stage
from tests.proof.vendor import Killed, Vendor

pytestmark = pytest.mark.race
MOST = 200
BY_NAME = {each.name: each for each in SCENES}


async def _played(rt: Runtime, clock: FixedClock, scene: Scene, **given: object) -> tuple[int, list[str]]:
    """How often the scene was killed, and what does not add up after all of that."""
    vendor = Vendor(clock.now, can=scene.can, gate=gate)
    rt.ports.payment_providers = {"vendor": vendor}
    stage = Stage(replace(rt, db=GatedDatabase(rt.db)), clock, vendor, **given)  # type: ignore[arg-type]
    await stage.open_business(scene.terms, units=scene.units, policy="moderate")
    await stage.welcome(1)
    died: dict[str, str] = {}
    for turn in range(1, MOST):
        await scene.ready(stage)
        run = Run(dies_at=turn)
        try:
            await through(lambda: scene.act(stage), run)
        except Killed:
            died[str(stage.made.id if stage.made else turn)] = f"{turn}: {run.passed[-1]}"
        await stage.rest()
        if not run.dead:
            break
    await stage.live_on(days=14)
    return len(died), [*await faults_of(stage), *([] if run.dead is False else ["it never came to its end"])]


@pytest.mark.parametrize("scene", SCENES, ids=lambda each: each.name)
async def test_after_a_death_at_any_gate_the_money_adds_up(runtime: Runtime, clock: FixedClock, scene: Scene) -> None:
    deaths, found = await _played(runtime, clock, scene)
    assert found == []
    assert deaths >= 4
