"""Browser sessions and the counters of wrong passwords, in a real Valkey."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hospes.modules.identity import sessions, throttle
from hospes.modules.identity.contracts import AccountStatus, SignedIn, User
from hospes.modules.identity.errors import AccountNotActive, LockedOut, TooManyRequests, WrongCredentials
from hospes.modules.identity.use_cases.log_in import log_in
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Lockout, RateLimit
from tests.builders.identity import PASSWORD, a_user

SEVEN_DAYS = 7 * 24 * 3600
LOCKOUT = Lockout(attempts=5, duration=900)
RATE = RateLimit(ttl=60, limit=600)


@pytest.fixture
async def ada(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx, roles=("guest", "host"))


@pytest.fixture
async def nowhere() -> AsyncIterator[Redis]:
    """A Valkey that does not answer."""
    client = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    yield client
    await client.aclose()


async def opened(runtime: Runtime, user: User, now: datetime) -> sessions.Session:
    return await sessions.open_session(
        runtime.valkey, user, ip_address="192.0.2.7", user_agent="Test/1", lasts=SEVEN_DAYS, now=now
    )


async def test_a_session_is_kept_under_the_specified_names(runtime: Runtime, ada: User, now: datetime) -> None:
    session = await opened(runtime, ada, now)
    kept = json.loads(await runtime.valkey.get(f"session:{session.id}"))
    metadata = kept.pop("metadata")
    assert kept == {
        "userId": str(ada.id),
        "email": ada.email,
        "roles": ["guest", "host"],
        "createdAt": now.isoformat(),
        "lastActivity": now.isoformat(),
        "ipAddress": "192.0.2.7",
        "userAgent": "Test/1",
    }
    assert metadata == {
        "name": "Ada Lovelace",
        "csrfToken": session.csrf_token,
        "publicId": session.public_id,
        "currentRole": "guest",
        "preferences": {"language": "en", "timeZone": "UTC", "currency": None},
        "confirmedAt": now.isoformat(),
    }
    assert await runtime.valkey.ttl(f"session:{session.id}") in range(SEVEN_DAYS - 5, SEVEN_DAYS + 1)
    assert await runtime.valkey.sismember(f"user:sessions:{ada.id}", session.id)


async def test_every_use_of_a_session_starts_its_7_days_anew(runtime: Runtime, ada: User, now: datetime) -> None:
    session = await opened(runtime, ada, now)
    await runtime.valkey.expire(f"session:{session.id}", 60)
    later = now + timedelta(minutes=2)
    assert await sessions.find_session(runtime.valkey, session.id, lasts=SEVEN_DAYS, now=later) == replace(
        session, last_activity=later
    )
    assert await runtime.valkey.ttl(f"session:{session.id}") > SEVEN_DAYS - 5
    kept = json.loads(await runtime.valkey.get(f"session:{session.id}"))
    assert kept["lastActivity"] == later.isoformat()


async def test_a_closed_session_is_gone_and_an_open_one_stays(runtime: Runtime, ada: User, now: datetime) -> None:
    closed, other = await opened(runtime, ada, now), await opened(runtime, ada, now)
    await sessions.close_session(runtime.valkey, closed.id)
    assert await sessions.find_session(runtime.valkey, closed.id, lasts=SEVEN_DAYS, now=now) is None
    assert await sessions.find_session(runtime.valkey, other.id, lasts=SEVEN_DAYS, now=now) == other
    assert not await runtime.valkey.sismember(f"user:sessions:{ada.id}", closed.id)


async def test_a_session_closed_while_it_is_used_does_not_come_back(runtime: Runtime, ada: User, now: datetime) -> None:
    session = await opened(runtime, ada, now)
    raw = await runtime.valkey.get(f"session:{session.id}")
    await sessions.close_session(runtime.valkey, session.id)
    assert not await sessions._replace(runtime.valkey, session.id, raw, raw)
    assert await runtime.valkey.exists(f"session:{session.id}") == 0


async def test_roles_granted_later_reach_every_session(runtime: Runtime, ada: User, now: datetime) -> None:
    first, second, gone = [await opened(runtime, ada, now) for _ in range(3)]
    await runtime.valkey.delete(f"session:{gone.id}")
    promoted = replace(ada, roles=frozenset({"guest", "host", "admin"}), last_name="King")
    assert await sessions.refresh_sessions(runtime.valkey, promoted) == 2
    for session in (first, second):
        found = await sessions.find_session(runtime.valkey, session.id, lasts=SEVEN_DAYS, now=now)
        assert found == replace(session, roles=promoted.roles, name="Ada King")
    assert not await runtime.valkey.sismember(f"user:sessions:{ada.id}", gone.id)


@pytest.mark.parametrize("session_id", ["", "x", "x" * 43, "é" * 43, "../" * 14 + "x", "x" * 10_000])
async def test_an_id_that_was_never_given_opens_nothing(runtime: Runtime, now: datetime, session_id: str) -> None:
    assert await sessions.find_session(runtime.valkey, session_id, lasts=SEVEN_DAYS, now=now) is None
    await sessions.close_session(runtime.valkey, session_id)


async def test_what_is_no_session_is_read_as_none(runtime: Runtime, now: datetime) -> None:
    await runtime.valkey.set(f"session:{'y' * 43}", '{"userId": 7}')
    assert await sessions.find_session(runtime.valkey, "y" * 43, lasts=SEVEN_DAYS, now=now) is None


async def test_the_right_password_signs_in_whatever_the_case_of_the_address(runtime: Runtime, ada: User) -> None:
    found = await log_in(runtime.db, runtime.valkey, LOCKOUT, email=f" {ada.email.upper()} ", password=PASSWORD)
    assert found == SignedIn(ada)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(runtime: Runtime, ada: User) -> None:
    answers = []
    for email in (ada.email, f"{new_id()}@example.com"):
        with pytest.raises(WrongCredentials) as refused:
            await log_in(runtime.db, runtime.valkey, LOCKOUT, email=email, password="Wrong-horse-7")
        answers.append((refused.value.code, refused.value.detail, refused.value.fields))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("known", [True, False])
async def test_after_5_wrong_passwords_even_the_right_one_waits_15_minutes(
    runtime: Runtime, ada: User, known: bool
) -> None:
    email = ada.email if known else f"{new_id()}@example.com"
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            await log_in(runtime.db, runtime.valkey, LOCKOUT, email=email, password="Wrong-horse-7")
    with pytest.raises(LockedOut) as refused:
        await log_in(runtime.db, runtime.valkey, LOCKOUT, email=email, password=PASSWORD)
    assert refused.value.status == 429
    assert 890 <= refused.value.retry_after <= 900
    assert "15 minutes" in refused.value.detail
    assert await runtime.valkey.ttl(f"failed:login:{email}") > 890
    assert await runtime.valkey.exists(f"account:locked:{ada.id}") == int(known)


async def test_four_wrong_passwords_are_forgiven_by_the_right_one(runtime: Runtime, ada: User) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(WrongCredentials):
                await log_in(runtime.db, runtime.valkey, LOCKOUT, email=ada.email, password="Wrong-horse-7")
        assert await log_in(runtime.db, runtime.valkey, LOCKOUT, email=ada.email, password=PASSWORD) == SignedIn(ada)


async def test_of_many_guesses_at_once_only_five_are_answered(runtime: Runtime, ada: User) -> None:
    guesses = [
        log_in(runtime.db, runtime.valkey, LOCKOUT, email=ada.email, password=f"Wrong-horse-{number}")
        for number in range(20)
    ]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(answer, WrongCredentials) for answer in answers) == 5
    assert sum(isinstance(answer, LockedOut) for answer in answers) == 15


async def test_a_suspended_person_is_told_so_only_with_the_right_password(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        user = await a_user(tx, status=AccountStatus.SUSPENDED)
    with pytest.raises(WrongCredentials):
        await log_in(runtime.db, runtime.valkey, LOCKOUT, email=user.email, password="Wrong-horse-7")
    with pytest.raises(AccountNotActive):
        await log_in(runtime.db, runtime.valkey, LOCKOUT, email=user.email, password=PASSWORD)


async def test_without_valkey_passwords_are_still_checked(runtime: Runtime, ada: User, nowhere: Redis) -> None:
    assert await log_in(runtime.db, nowhere, LOCKOUT, email=ada.email, password=PASSWORD) == SignedIn(ada)
    for _ in range(6):
        with pytest.raises(WrongCredentials):
            await log_in(runtime.db, nowhere, LOCKOUT, email=ada.email, password="Wrong-horse-7")


async def test_without_valkey_a_session_says_so(nowhere: Redis, now: datetime) -> None:
    with pytest.raises(RedisError):
        await sessions.find_session(nowhere, "x" * 43, lasts=SEVEN_DAYS, now=now)


async def test_one_address_has_600_attempts_a_minute(runtime: Runtime, now: datetime, nowhere: Redis) -> None:
    address = "198.51.100.7"
    at = now.replace(second=20)
    await runtime.valkey.set(f"rate:auth:{address}:{int(at.timestamp()) // 60}", 599)
    await throttle.count_request(runtime.valkey, RATE, address, now=at)
    with pytest.raises(TooManyRequests) as refused:
        await throttle.count_request(runtime.valkey, RATE, address, now=at)
    assert refused.value.retry_after == 40
    await throttle.count_request(runtime.valkey, RATE, address, now=at + timedelta(seconds=40))
    await throttle.count_request(nowhere, RATE, address, now=at)
