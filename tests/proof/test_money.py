"""However commands, crashes, lost answers and repeated messages fall together, the money adds up."""

import itertools
import os

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hospes.entrypoints.wiring import open_runtime
from hospes.platform.settings import Auth, Settings
from tests.conftest import FixedClock, Servers
from tests.proof.money import MoneyWalk
from tests.proof.vendor import Vendor

pytestmark = pytest.mark.race
WALKS = int(os.environ.get("HOSPES_PROOF_MONEY", "5"))
STEPS = 60
_names = itertools.count()


async def _walked(running: Servers, seed: int, *, forgetful: bool = False) -> list[str]:
    """What a walk found, on a database of its own."""
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
                vendor = Vendor(clock.now, forgetful=forgetful)
                rt.ports.payment_providers = {"vendor": vendor}
                walk = await MoneyWalk(rt, clock, vendor, seed).run(STEPS)
                if os.environ.get("HOSPES_PROOF_SAY"):
                    print(seed, dict(sorted(walk.done.items())))
                return await walk.faults()
        finally:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@settings(max_examples=WALKS, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(seed=st.integers(0, 10**6))
async def test_after_any_walk_the_money_adds_up(running: Servers, seed: int) -> None:
    assert await _walked(running, seed) == []


async def test_control_a_vendor_that_forgets_our_keys_charges_twice_and_a_walk_finds_it(running: Servers) -> None:
    found: list[str] = []
    for seed in range(10):
        found = await _walked(running, seed, forgetful=True)
        if any("the vendor has" in each for each in found):
            break
    assert any("the vendor has" in each for each in found), found
