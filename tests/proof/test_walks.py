"""Nothing is sold twice on any path: random walks over all commands, and what they find when a guard is gone."""

import os

import pytest

from hospes.platform.db import Database
from tests.proof.walk import Walk

pytestmark = pytest.mark.race
SEEDS = range(int(os.environ.get("HOSPES_PROOF_WALKS", "6")))
STEPS = int(os.environ.get("HOSPES_PROOF_STEPS", "60"))


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_every_step_of_a_walk_everything_holds(db: Database, seed: int) -> None:
    walked = await Walk(db, seed).run(STEPS)
    assert walked.broken == {}
    assert walked.steps == STEPS
    done = {name.split(":")[0] for name in walked.outcomes if name.endswith(": done")}
    assert {"book", "hold", "pay", "cancel", "refresh"} <= done


GUARDS = {
    "no two claims of a unit at one time": "ALTER TABLE inventory.claim DROP CONSTRAINT claim_one_holder_at_a_time",
    "no night above capacity": "ALTER TABLE inventory.night_count DROP CONSTRAINT night_never_above_capacity",
}
WITHOUT_COUNTING = """
CREATE FUNCTION inventory.forget_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.claimed := OLD.claimed; RETURN NEW; END $$;
CREATE TRIGGER forget BEFORE UPDATE ON inventory.{table} FOR EACH ROW
  WHEN (NEW.claimed > OLD.claimed) EXECUTE FUNCTION inventory.forget_count()
"""


async def _finds(db: Database, sql: str) -> set[str]:
    async with db.write() as tx:
        await tx.conn.execute(sql.encode())
    found: set[str] = set()
    for seed in range(12):
        found |= set((await Walk(db, seed).run(60)).broken)
        if found:
            break
    return found


async def test_control_without_the_constraint_a_walk_finds_a_unit_sold_twice(db: Database) -> None:
    found = await _finds(db, "ALTER TABLE inventory.claim DROP CONSTRAINT claim_one_holder_at_a_time")
    assert "no two claims of a unit at one time" in found


@pytest.mark.parametrize(
    ("table", "invariant"),
    [("night_count", "counters equal the claims"), ("departure", "no departure above capacity")],
)
async def test_control_without_counting_a_walk_finds_too_much_sold(db: Database, table: str, invariant: str) -> None:
    assert invariant in await _finds(db, WITHOUT_COUNTING.format(table=table))


FORGETFUL = """
CREATE FUNCTION inventory.keep_external() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.released_at := NULL; RETURN NEW; END $$;
CREATE TRIGGER keep BEFORE UPDATE ON inventory.claim FOR EACH ROW
  WHEN (OLD.kind = 'external' AND NEW.released_at IS NOT NULL) EXECUTE FUNCTION inventory.keep_external()
"""
LOSING = """
CREATE FUNCTION inventory.lose_external() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.released_at := NEW.created_at; RETURN NEW; END $$;
CREATE TRIGGER lose BEFORE INSERT ON inventory.claim FOR EACH ROW
  WHEN (NEW.kind = 'external' AND NEW.unit_id IS NOT NULL) EXECUTE FUNCTION inventory.lose_external()
"""


@pytest.mark.parametrize(
    ("sql", "invariant"),
    [
        (FORGETFUL, "every imported claim ahead belongs to a busy time elsewhere"),
        (LOSING, "what is sold elsewhere and was claimed is held here"),
    ],
)
async def test_control_an_import_that_forgets_or_loses_claims_is_found(db: Database, sql: str, invariant: str) -> None:
    assert invariant in await _finds(db, sql)
