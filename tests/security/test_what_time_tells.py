"""Nobody learns from the clock who has an account: the same work is done for those who have none.

Work is counted, not timed: calls of bcrypt, statements to the database, commands to Valkey.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import bcrypt
import httpx
import psycopg
import pytest
from redis.asyncio import Redis

from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import CodeSentRecently, LockedOut, WrongCredentials
from hospes.modules.identity.use_cases.ask_reset import ask_reset
from hospes.modules.identity.use_cases.log_in import log_in
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Lockout
from tests.builders.identity import PASSWORD, a_user, quick_hash
from tests.conftest import FixedClock

NOBODY = "nobody@example.com"
NEWCOMER = {
    "password": "Correct-horse-7",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_of_birth": "1990-05-31",
    "phone": "+34612345678",
}


@dataclass
class Work:
    """What was asked of others."""

    bcrypt: int = 0
    statements: list[str] = field(default_factory=list)
    valkey: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Counts at the drivers, so that nothing of ours is replaced."""
    done = Work()
    check, execute, pipelined = bcrypt.checkpw, psycopg.AsyncCursor.execute, Redis.execute_command

    def checked(*said: Any) -> bool:
        done.bcrypt += 1
        return check(*said)

    async def executed(self: Any, query: Any, *said: Any, **more: Any) -> Any:
        done.statements.append(re.sub(r"\s+", " ", str(query)))
        return await execute(self, query, *said, **more)

    async def commanded(self: Any, *said: Any, **more: Any) -> Any:
        done.valkey[str(said[0]).upper()] += 1
        return await pipelined(self, *said, **more)

    monkeypatch.setattr(bcrypt, "checkpw", checked)
    monkeypatch.setattr(psycopg.AsyncCursor, "execute", executed)
    monkeypatch.setattr(Redis, "execute_command", commanded)
    return done


async def measured(work: Work, doing: Callable[[], Any]) -> tuple[int, list[str], Counter[str]]:
    work.bcrypt, work.statements, work.valkey = 0, [], Counter()
    await doing()
    return work.bcrypt, work.statements, work.valkey


@pytest.fixture
async def ada(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx)


async def test_a_wrong_password_costs_the_same_for_an_account_and_for_nobody(
    runtime: Runtime, ada: User, work: Work
) -> None:
    """Through all of it: the first tries, the one that locks and tells the owner, and those after it."""

    async def attempt(email: str, number: int) -> None:
        with pytest.raises((WrongCredentials, LockedOut)):
            await log_in(
                runtime.db, runtime.valkey, Lockout(), email=email, password="Wrong-horse-7", device=b"x" * 32,
                came_from=f"198.51.100.{number}", now=runtime.clock.now(),
            )  # fmt: skip

    for number in range(8):
        costs = [await measured(work, lambda who=who, at=number: attempt(who, at)) for who in (ada.email, NOBODY)]
        assert costs[0] == costs[1], f"try {number + 1}"
        assert costs[0][0] == (1 if number < 5 else 0)
        assert costs[0][1], "the control: statements are seen"
        assert costs[0][2], "the control: commands are seen"


async def test_the_control_a_check_that_stops_at_unknown_addresses_would_be_seen(
    runtime: Runtime, ada: User, work: Work
) -> None:
    async def careless(email: str) -> None:
        async with runtime.db.read() as tx:
            known = await tx.find("SELECT password_hash FROM identity.user_account WHERE email_mark = %s", (b"x",))
        if email == ada.email or known:
            bcrypt.checkpw(b"x", quick_hash("x").encode())

    costs = [await measured(work, lambda email=email: careless(email)) for email in (ada.email, NOBODY)]
    assert (costs[0][0], costs[1][0]) == (1, 0)


async def test_asking_for_a_new_password_costs_the_same(runtime: Runtime, ada: User, work: Work) -> None:
    async def ask(email: str) -> None:
        async with runtime.db.write() as tx:
            try:
                await ask_reset(tx, email=email, now=runtime.clock.now())
            except CodeSentRecently:
                tx.forget_waiting()

    for _ in range(2):
        costs = [await measured(work, lambda email=email: ask(email)) for email in (ada.email, NOBODY)]
        assert costs[0] == costs[1]
        assert costs[0][1]


async def test_signing_up_says_that_an_address_is_taken_and_nothing_else(client: httpx.AsyncClient) -> None:
    """A decision (docs/security.md): the form helps who forgot. Not whose it is, nor how it stands."""
    said = set()
    async with client.app.state.runtime.db.write() as tx:  # type: ignore[attr-defined]
        people = [await a_user(tx, first_name="Zsofia", verified=verified) for verified in (True, False)]
        await tx.run("UPDATE identity.user_account SET status = 'suspended' WHERE id = %s", (people[1].id,))
    for user in people:
        answer = await client.post("/api/v1/auth/register", json={**NEWCOMER, "email": user.email.upper()})
        problem = answer.json()
        said.add((answer.status_code, problem["code"], problem["detail"], str(problem["errors"])))
        assert "Zsofia" not in answer.text
    assert len(said) == 1


async def test_guessing_codes_all_day_is_fifty_guesses_whoever_guesses_and_from_wherever(
    client: httpx.AsyncClient, clock: FixedClock
) -> None:
    """An attacker who asks for a code as often as that is allowed, and guesses until each is dead: of a million."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        ada = await a_user(tx)
    asked = 0
    for _ in range(24 * 4):
        async with rt.db.write() as tx:
            try:
                found = await ask_reset(tx, email=ada.email, now=clock.now())
            except CodeSentRecently:
                tx.forget_waiting()
                clock.at += timedelta(minutes=15)
                continue
        asked += 1
        bodies = [
            {"reset_id": str(found.challenge_id), "code": f"{n:06}", "password": "Another-battery-8"} for n in range(8)
        ]
        answers = await asyncio.gather(*(client.post("/api/v1/auth/reset-password", json=each) for each in bodies))
        assert {each.status_code for each in answers} == {422}
        clock.at += timedelta(minutes=15)
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT tries FROM identity.challenge")
    assert asked <= 10
    assert sum(min(row["tries"], 5) for row in rows) <= 50
    answer = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 200, "the owner got in meanwhile"
