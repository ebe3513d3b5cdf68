"""How a request is given its caller."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fastapi import Request
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from hospes.modules.identity import facade, sessions, tokens
from hospes.modules.identity.contracts import User
from hospes.platform.caller import Caller
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user


@pytest.fixture
async def ada(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx, roles=("guest", "host"))


@pytest.fixture
async def cut_off(runtime: Runtime) -> AsyncIterator[Runtime]:
    """The same runtime with its Valkey gone."""
    nowhere = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    yield replace(runtime, valkey=nowhere)
    await nowhere.aclose()


def a_request(**headers: str) -> Request:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": raw})


async def test_a_bearer_token_needs_neither_valkey_nor_database(cut_off: Runtime, runtime: Runtime, ada: User) -> None:
    await facade.open_token_keys(runtime)
    token = tokens.sign_access_token(ada, cut_off.ports.token_keys, now=cut_off.clock.now())
    resolved = await facade.resolve_caller(a_request(authorization=f"bearer {token}"), cut_off)
    assert resolved.caller == Caller(ada.id, ada.email, "Ada Lovelace", frozenset({"guest", "host"}), "token")
    assert resolved.session_state == "token"


async def test_a_refused_token_makes_a_visitor_even_beside_a_good_cookie(runtime: Runtime, ada: User) -> None:
    now = runtime.clock.now()
    session = await sessions.open_session(runtime.valkey, ada, ip_address="", user_agent="", lasts=60, now=now)
    await facade.open_token_keys(runtime)
    old = tokens.sign_access_token(ada, runtime.ports.token_keys, now=now - timedelta(hours=1))
    request = a_request(authorization=f"Bearer {old}", cookie=f"hospes_session={session.id}")
    resolved = await facade.resolve_caller(request, runtime)
    assert (resolved.caller, resolved.session_state) == (None, "token_refused")


async def test_a_session_cookie_makes_its_person_with_the_token_of_the_session(
    runtime: Runtime, ada: User, now: datetime
) -> None:
    session = await sessions.open_session(runtime.valkey, ada, ip_address="", user_agent="", lasts=60, now=now)
    request = a_request(cookie=f"hospes_session={session.id}; hospes_csrf={'v' * 43}")
    resolved = await facade.resolve_caller(request, runtime)
    assert resolved.caller == Caller(ada.id, ada.email, "Ada Lovelace", frozenset({"guest", "host"}), "session")
    assert (resolved.csrf_token, resolved.session_state) == (session.csrf_token, "live")


async def test_while_valkey_is_away_a_session_is_a_visitor_who_is_told_so(cut_off: Runtime) -> None:
    request = a_request(cookie=f"hospes_session={'x' * 43}; hospes_csrf={'v' * 43}")
    assert await facade.resolve_caller(request, cut_off) == (None, "v" * 43, "unavailable")


async def test_a_session_that_has_ended_is_a_visitor(runtime: Runtime) -> None:
    resolved = await facade.resolve_caller(a_request(cookie=f"hospes_session={'x' * 43}"), runtime)
    assert (resolved.caller, resolved.session_state) == (None, "expired")


async def test_a_visitor_keeps_the_token_of_their_cookie_or_gets_a_fresh_one(runtime: Runtime) -> None:
    carried = secrets.token_urlsafe(32)
    assert await facade.resolve_caller(a_request(cookie=f"hospes_csrf={carried}"), runtime) == (None, carried, "none")
    first = await facade.resolve_caller(a_request(cookie="hospes_csrf=chosen-by-somebody"), runtime)
    second = await facade.resolve_caller(a_request(), runtime)
    assert len({first.csrf_token, second.csrf_token, "chosen-by-somebody"}) == 3
    assert len(first.csrf_token) == len(second.csrf_token) == 43
