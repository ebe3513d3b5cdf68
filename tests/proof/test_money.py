"""However commands, crashes, lost answers and repeated messages fall together, the money adds up."""

import itertools
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import psycopg
import pytest

from hospes.entrypoints.wiring import open_runtime
from hospes.modules.payments.providers.port import Capabilities
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Auth, Settings
from tests.conftest import FixedClock, Servers
from tests.proof.gates import GatedDatabase, gate
from tests.proof.money import MoneyWalk
from tests.proof.money_sums import faults_of
from tests.proof.vendor import Vendor

pytestmark = pytest.mark.race
SEEDS = range(int(os.environ.get("HOSPES_PROOF_FROM", "0")), 10**6)[: int(os.environ.get("HOSPES_PROOF_MONEY", "5"))]
STEPS = 60
EVERYTHING = Capabilities(authorise=True, save_methods=True, transfers=True)
_names = itertools.count()


@asynccontextmanager
async def a_world(running: Servers) -> AsyncIterator[tuple[Runtime, FixedClock]]:
    """A runtime on a database of its own."""
    name, clock = f"money_{next(_names)}", FixedClock()
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE hospes STRATEGY FILE_COPY".encode())
        try:
            chosen = Settings(
                database_url=running.url(name),
                redis_url=running.valkey,
                data_dir=running.folder,
                auth=Auth(secret="a secret of forty-eight characters for the tests"),
            )
            async with open_runtime(chosen, clock=clock) as rt:
                yield rt, clock
        finally:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


async def _walked(
    running: Servers, seed: int, *, forgetful: bool = False, rewrite: Callable[[str], str] | None = None
) -> list[str]:
    """What a walk found."""
    async with a_world(running) as (rt, clock):
        vendor = Vendor(clock.now, can=EVERYTHING, forgetful=forgetful, gate=gate)
        rt.ports.payment_providers = {"vendor": vendor}
        gated = replace(rt, db=GatedDatabase(rt.db, rewrite))
        walk = await MoneyWalk(gated, clock, vendor, seed=seed).run(STEPS)
        if os.environ.get("HOSPES_PROOF_SAY"):
            print(seed, dict(sorted(walk.done.items())))
        return await faults_of(walk)


async def test_after_any_walk_the_money_adds_up(running: Servers) -> None:
    found = {seed: faults for seed in SEEDS if (faults := await _walked(running, seed))}
    assert found == {}


async def test_control_a_vendor_that_forgets_our_keys_charges_twice_and_a_walk_finds_it(running: Servers) -> None:
    found: list[str] = []
    for seed in range(10):
        found = await _walked(running, seed, forgetful=True)
        if any("the vendor has" in each for each in found):
            break
    assert any("the vendor has" in each for each in found), found
