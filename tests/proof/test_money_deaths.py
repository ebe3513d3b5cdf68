"""A process dies at every commit and call, before and after, of everything that moves money: all adds up afterwards.

`HOSPES_PROOF_STATEMENTS=1` kills it before every single statement too.
"""

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.payments import queries
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.modules.payments.use_cases.record_attempt import RUN_ATTEMPT
from hospes.modules.payments.use_cases.run_attempt import begin_call, call_provider
from hospes.modules.payments.use_cases.settle_attempt import settle_attempt
from hospes.platform.runtime import Runtime
from tests.conftest import FixedClock
from tests.proof.gates import GatedDatabase, Run, gate, through
from tests.proof.money_sums import faults_of
from tests.proof.money_world import SWEEPERS, TASKS
from tests.proof.scenes import SCENES, Scene, Stage
from tests.proof.vendor import Killed, Vendor

pytestmark = pytest.mark.race
MOST = 200
EVERY_STATEMENT = bool(os.environ.get("HOSPES_PROOF_STATEMENTS"))
CHARGE = next(each for each in SCENES if each.name == "a charge is made")


async def _played(rt: Runtime, clock: FixedClock, scene: Scene, **given: Any) -> tuple[list[str], list[str]]:
    """Where the scene was killed, and what does not add up after all of that."""
    vendor = Vendor(clock.now, can=scene.can, gate=gate)
    rt.ports.payment_providers = {"vendor": vendor}
    stage = Stage(replace(rt, db=GatedDatabase(rt.db)), clock, vendor, **given)
    await stage.open_business(scene.terms, units=scene.units, policy="moderate")
    await stage.welcome(1)
    died: list[str] = []
    for turn in range(1, MOST):
        await scene.ready(stage)
        run = Run(dies_at=turn, edges=not EVERY_STATEMENT)
        try:
            await through(lambda: scene.act(stage), run)
        except Killed:
            died.append(run.passed[-1])
        await stage.rest()
        if not run.dead:
            break
    assert len(died) == turn - 1
    await stage.live_on(days=14)
    return died, await faults_of(stage)


@pytest.mark.parametrize("scene", SCENES, ids=lambda each: each.name)
async def test_after_a_death_at_any_gate_the_money_adds_up(runtime: Runtime, clock: FixedClock, scene: Scene) -> None:
    died, found = await _played(runtime, clock, scene)
    assert found == []
    assert {"commit", "committed"} <= set(died)


async def test_a_charge_is_killed_before_and_after_the_call_and_each_commit(
    runtime: Runtime, clock: FixedClock
) -> None:
    died, _ = await _played(runtime, clock, CHARGE)
    assert [each for each in died if not each.startswith("sql")] == [
        *("commit", "committed", "charge", "charge, done", "commit", "committed")
    ]


async def test_a_charge_that_is_looked_at_only_after_its_booking_expired_is_found_too(
    runtime: Runtime, clock: FixedClock
) -> None:
    _, found = await _played(runtime, clock, CHARGE, pause=timedelta(hours=2))
    assert found == []


async def test_control_without_the_reconciler_money_that_was_taken_is_known_to_nobody(
    runtime: Runtime, clock: FixedClock
) -> None:
    sweepers = tuple(each for each in SWEEPERS if each is not reconcile)
    _, found = await _played(runtime, clock, CHARGE, sweepers=sweepers)
    assert any("the vendor has 20000, we 0" in each for each in found), found
    assert any("not over" in each for each in found), found


async def test_control_called_first_and_recorded_afterwards_money_is_kept_without_a_booking(
    runtime: Runtime, clock: FixedClock
) -> None:
    """The wrong order: the attempt looks untouched, is cancelled with its booking, and the money
    of the call that was made is never looked for."""

    async def call_then_record(rt: Runtime, *, attempt_id: str) -> None:
        name = UUID(attempt_id)
        async with rt.db.read() as tx:
            attempt = await queries.find_attempt(tx, name)
            assert attempt is not None
            payment = await queries.find_payment(tx, attempt.payment_id)
        assert payment is not None
        answer = await call_provider(rt, payment, attempt)
        if await begin_call(rt, name) is not None:
            async with rt.db.write() as tx:
                await settle_attempt(tx, name, answer, rt.clock.now())

    wrong = {**TASKS, RUN_ATTEMPT: call_then_record}
    _, found = await _played(runtime, clock, CHARGE, tasks=wrong, pause=timedelta(hours=2))
    assert any("the vendor has 20000, we 0" in each for each in found), found
