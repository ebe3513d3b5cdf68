"""Guessing is slowed down for whoever guesses, from one place or many; the owner always has a way in."""

import asyncio
from datetime import datetime
from uuid import UUID

import pytest

from hospes.modules.identity import events, throttle
from hospes.modules.identity.contracts import SignedIn, User
from hospes.modules.identity.errors import LockedOut, WrongCredentials
from hospes.modules.identity.subscribers import end_lock
from hospes.modules.identity.use_cases.log_in import log_in
from hospes.modules.identity.use_cases.meet_device import meet_device
from hospes.modules.notifications.use_cases.tell_of_account import tell_of_account
from hospes.modules.notifications.use_cases.write_message import Desk
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Lockout
from tests.builders.identity import PASSWORD, a_user

RULE = Lockout()
WRONG = "Wrong-horse-7"
OWN, OTHER = b"o" * 32, b"x" * 32


@pytest.fixture
async def ada(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx)


async def attempt(
    rt: Runtime, email: str, password: str = WRONG, *, device: bytes | None = None, came_from: str = "203.0.113.1"
) -> str:
    try:
        found = await log_in(
            rt.db, rt.valkey, RULE, email=email, password=password, device=device, came_from=came_from,
            now=rt.clock.now(),
        )  # fmt: skip
    except (LockedOut, WrongCredentials) as refusal:
        return refusal.code
    assert isinstance(found, SignedIn)
    return "in"


async def attack(rt: Runtime, email: str) -> None:
    """From many addresses, until the account is locked."""
    for number in range(5):
        assert await attempt(rt, email, came_from=f"198.51.100.{number}") == "wrong_credentials"
    assert await attempt(rt, email, came_from="198.51.100.77") == "locked_out"


async def events_of(rt: Runtime, kind: str) -> list[UUID]:
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT aggregate_id FROM platform.outbox WHERE type = %s", (kind,))
    return [row["aggregate_id"] for row in rows]


async def test_many_addresses_together_lock_one_account_for_strangers(runtime: Runtime, ada: User) -> None:
    await attack(runtime, ada.email)
    assert await attempt(runtime, ada.email, PASSWORD, came_from="192.0.2.5") == "locked_out"
    assert await attempt(runtime, ada.email, PASSWORD, device=OTHER) == "locked_out"  # a browser of somebody else


async def test_the_owners_own_browser_is_let_in_while_strangers_are_locked_out(
    runtime: Runtime, ada: User, now: datetime
) -> None:
    async with runtime.db.write() as tx:
        await meet_device(tx, user_id=ada.id, token_hash=OWN, name="Firefox on Linux", now=now)
    await attack(runtime, ada.email)
    assert await attempt(runtime, ada.email, PASSWORD, device=OWN) == "in"
    assert await attempt(runtime, ada.email, PASSWORD) == "locked_out"  # and that opens no door to strangers


async def test_an_own_browser_has_five_tries_too(runtime: Runtime, ada: User, now: datetime) -> None:
    async with runtime.db.write() as tx:
        await meet_device(tx, user_id=ada.id, token_hash=OWN, name="Firefox on Linux", now=now)
    found = [await attempt(runtime, ada.email, device=OWN) for _ in range(7)]
    assert found == ["wrong_credentials"] * 5 + ["locked_out"] * 2
    assert await attempt(runtime, ada.email, PASSWORD) == "in"  # it locked itself only


async def test_somebody_elses_browser_opens_nothing(runtime: Runtime, ada: User, now: datetime) -> None:
    async with runtime.db.write() as tx:
        eve = await a_user(tx)
        await meet_device(tx, user_id=eve.id, token_hash=OTHER, name="Firefox on Linux", now=now)
    found = [await attempt(runtime, ada.email, device=OTHER) for _ in range(6)]
    assert found == ["wrong_credentials"] * 5 + ["locked_out"]


async def test_a_new_password_ends_the_lock_for_all_browsers(runtime: Runtime, ada: User, now: datetime) -> None:
    await attack(runtime, ada.email)
    event = Event(new_id(), events.PASSWORD_CHANGED, ada.id, {"user_id": str(ada.id), "how": "reset"}, now, 1)
    await end_lock(runtime, event)
    assert await attempt(runtime, ada.email, PASSWORD) == "in"


async def test_one_address_cannot_try_one_password_on_many_accounts(runtime: Runtime, ada: User) -> None:
    found = [await attempt(runtime, f"{number}@example.com", came_from="203.0.113.9") for number in range(32)]
    assert found == ["wrong_credentials"] * 30 + ["locked_out"] * 2
    assert await attempt(runtime, ada.email, PASSWORD, came_from="203.0.113.9") == "locked_out"
    assert await attempt(runtime, ada.email, PASSWORD, came_from="203.0.113.10") == "in"


async def test_an_account_of_ones_own_wipes_nothing_clean(runtime: Runtime, ada: User) -> None:
    for number in range(30):
        await attempt(runtime, f"{number}@example.com", came_from="203.0.113.9")
        if number % 4 == 0:
            assert await attempt(runtime, ada.email, PASSWORD, came_from="203.0.113.9") == "in"
    assert await attempt(runtime, "next@example.com", came_from="203.0.113.9") == "locked_out"


async def test_each_lock_of_a_day_lasts_longer(runtime: Runtime, ada: User) -> None:
    lasted = []
    for _ in range(6):
        await attack(runtime, ada.email)
        lasted.append(round(await runtime.valkey.ttl(f"account:locked:{ada.id}") / 60))
        await runtime.valkey.delete(f"account:locked:{ada.id}", f"failed:login:{ada.email}")  # its time is over
        await runtime.valkey.delete(*[f"failed:from:198.51.100.{number}" for number in range(5)])
    assert lasted == [15, 30, 60, 120, 240, 240]


async def test_the_owner_is_told_once_a_day_and_nobody_else_is(runtime: Runtime, ada: User) -> None:
    await attack(runtime, ada.email)
    assert await events_of(runtime, events.LOCKED_OUT) == [ada.id]
    await runtime.valkey.delete(f"account:locked:{ada.id}", f"failed:login:{ada.email}")
    await attack(runtime, ada.email)
    await attack(runtime, "nobody@example.com")
    assert await events_of(runtime, events.LOCKED_OUT) == [ada.id]


async def test_who_has_an_account_cannot_be_told_from_the_answers(runtime: Runtime, ada: User) -> None:
    heard = {}
    for email in (ada.email, "nobody@example.com"):
        said = []
        for number in range(8):
            try:
                await log_in(
                    runtime.db, runtime.valkey, RULE, email=email, password=WRONG, came_from=f"192.0.2.{number}",
                    device=OTHER, now=runtime.clock.now(),
                )  # fmt: skip
            except (LockedOut, WrongCredentials) as refusal:
                said.append((refusal.code, refusal.detail, refusal.status))
        heard[email] = said
    assert heard[ada.email] == heard["nobody@example.com"]


async def test_of_many_guesses_at_once_from_many_addresses_five_are_answered(runtime: Runtime, ada: User) -> None:
    guesses = [attempt(runtime, ada.email, came_from=f"192.0.2.{number}") for number in range(20)]
    answers = await asyncio.gather(*guesses)
    assert (answers.count("wrong_credentials"), answers.count("locked_out")) == (5, 15)


async def test_the_keys_are_the_ones_that_are_promised(runtime: Runtime, ada: User) -> None:
    await attack(runtime, ada.email)
    assert await runtime.valkey.exists(f"failed:login:{ada.email}", f"account:locked:{ada.id}") == 2
    assert throttle.Attempt("a@example.com", None, "2001:db8:1:2:3::4").counters == [
        "failed:login:a@example.com",
        "failed:from:2001:db8:1:2::/64",
    ]


async def test_the_letter_says_what_still_works(runtime: Runtime, ada: User, now: datetime) -> None:
    async with runtime.db.write() as tx:
        event = Event(new_id(), events.LOCKED_OUT, ada.id, {"user_id": str(ada.id)}, now, 1)
        await tell_of_account(tx, event, Desk("https://stay.example", event.id, now))
        (letter,) = await tx.all("SELECT kind, subject, plain AS text FROM notifications.message")
    assert (letter["kind"], letter["subject"]) == ("locked_out", "Wrong passwords for your account")
    assert "Browsers you have signed in with before are not concerned." in letter["text"]
    assert "https://stay.example/forgot" in letter["text"]
