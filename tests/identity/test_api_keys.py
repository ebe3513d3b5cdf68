"""Keys of partners' programs: how they are kept, what they open, and when they stop."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from psycopg.errors import CheckViolation

from hospes.entrypoints.app import create_app
from hospes.modules.identity import partner_keys, sessions
from hospes.modules.identity.contracts import User
from hospes.modules.identity.policies.scopes import NAMES, SCOPES, allows, needed_for
from hospes.modules.identity.use_cases.make_api_key import make_api_key, revoke_api_key
from hospes.modules.identity.use_cases.suspend_account import suspend_account
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings
from tests.builders.identity import a_user
from tests.conftest import FixedClock
from tests.security.walking import every_route

FORM = re.compile(r"hk_live_[a-z2-7]{8}_[a-z2-7]{52}")
KEYS = "/api/v1/users/me/api-keys"
ALL = sorted(NAMES)
# What a key may never do, whatever is added to the table of scopes.
NEVER = re.compile(
    r"/api/v1/(auth|users|admin|sandbox|webhooks)(/.*)?|.*(payout-account|members|invitations|refund"
    r"|goodwill|damages|commission|methods|split|intent|confirm|verify|identity|impersonat).*"
)


def _rt(client: httpx.AsyncClient) -> Runtime:
    found: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return found


async def _a_key(rt: Runtime, *scopes: str, user: User | None = None, **said: Any) -> tuple[User, UUID, str]:
    async with rt.db.write() as tx:
        user = user or await a_user(tx, roles=("guest", "host"))
        key, written = await make_api_key(
            tx,
            user_id=user.id,
            name="Channel manager",
            scopes=list(scopes) or ["read:bookings"],
            lasts_days=said.pop("lasts_days", 365),
            now=rt.clock.now(),
            **said,
        )
    return user, key.id, written


async def _signed_in(client: httpx.AsyncClient, roles: tuple[str, ...] = ("guest",)) -> User:
    rt = _rt(client)
    async with rt.db.write() as tx:
        user = await a_user(tx, roles=roles)
    now = rt.clock.now()
    session = await sessions.open_session(rt.valkey, user, ip_address="", user_agent="", lasts=9_000, now=now)
    client.cookies.set("hospes_session", session.id)
    client.headers["X-CSRF-Token"] = session.csrf_token
    return user


def _with(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def _told(rt: Runtime) -> None:
    """The process hears of what was committed, as it does by itself every 50 ms."""
    while await rt.ports.tail.poll():
        await asyncio.sleep(0)


@pytest.fixture
async def other(settings: Settings, clock: FixedClock, client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Another process on the same database."""
    app = create_app(settings, clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
            opened.app = app  # type: ignore[attr-defined]
            yield opened


async def test_a_key_is_shown_once_and_kept_as_a_hash(client: httpx.AsyncClient) -> None:
    user = await _signed_in(client)
    body = {"name": "  Channel\tmanager ", "scopes": ["read:bookings"], "lasts_days": 30}
    made = await client.post(KEYS, json=body)
    assert made.status_code == 201
    key, listed = made.json()["key"], made.json()["listed"]
    assert FORM.fullmatch(key)
    assert (listed["starts_with"], listed["live"], listed["per_minute"]) == (key[:17], True, 300)
    assert made.headers["cache-control"] == "no-store"
    seen = (await client.get(KEYS)).text
    assert key[:17] in seen
    assert key[17:] not in seen
    async with _rt(client).db.read() as tx:
        rows = await tx.all("SELECT k::text AS row FROM identity.api_key AS k")
        rows += await tx.all("SELECT o::text AS row FROM platform.outbox AS o")
        rows += await tx.all("SELECT a::text AS row FROM platform.audit_entry AS a")
        note = await tx.find("SELECT data FROM platform.audit_entry WHERE subject_id = %s", (user.id,))
    assert not any(key[17:] in row["row"] for row in rows)
    assert note is not None
    assert note["data"] == {"key_id": listed["id"], "prefix": key[8:16], "scopes": ["read:bookings"]}


async def test_control_the_search_finds_a_key_that_is_kept_in_the_open_and_the_table_refuses_one(
    client: httpx.AsyncClient,
) -> None:
    rt = _rt(client)
    _, key_id, key = await _a_key(rt)
    async with rt.db.write() as tx:
        await tx.run("UPDATE identity.api_key SET name = %s WHERE id = %s", (key[17:], key_id))
        row = await tx.find("SELECT k::text AS row FROM identity.api_key AS k")
    assert row is not None
    assert key[17:] in row["row"]
    with pytest.raises(CheckViolation, match="api_key_is_kept_as_a_hash"):
        async with rt.db.write() as tx:
            await tx.run("UPDATE identity.api_key SET secret_hash = %s WHERE id = %s", (key.encode(), key_id))


async def test_a_key_acts_for_its_person_as_far_as_its_scopes_go(client: httpx.AsyncClient) -> None:
    _, _, key = await _a_key(_rt(client), "read:bookings")
    assert (await client.get("/api/v1/bookings", headers=_with(key))).status_code == 200
    refused = await client.get("/api/v1/payments", headers=_with(key))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["needed"] == ["read:money"]
    closed = await client.get("/api/v1/users/me", headers=_with(key))
    assert (closed.status_code, closed.json()["needed"]) == (403, [])


async def test_control_the_person_themselves_may_do_what_their_key_may_not(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    assert (await client.get("/api/v1/payments")).status_code == 200
    assert (await client.get("/api/v1/users/me")).status_code == 200


async def test_a_key_with_no_scopes_gets_nowhere(client: httpx.AsyncClient) -> None:
    rt = _rt(client)
    _, key_id, key = await _a_key(rt, per_minute=6_000)
    async with rt.db.write() as tx:
        await tx.run("UPDATE identity.api_key SET scopes = '{}' WHERE id = %s", (key_id,))
    answers = {}
    for method, template, path in every_route(client.app):  # type: ignore[attr-defined]
        if not template.startswith(("/media", "/healthz", "/readyz", "/metrics")):
            answer = await client.request(method, path, headers=_with(key))
            answers[method, template] = (answer.status_code, "scope_missing" in answer.text or "may not" in answer.text)
    assert len(answers) > 250
    assert {each for each, said in answers.items() if said != (403, True)} == set()


async def test_a_key_with_every_scope_never_touches_credentials_roles_keys_or_where_money_goes(
    client: httpx.AsyncClient,
) -> None:
    _, _, key = await _a_key(_rt(client), *ALL, per_minute=6_000)
    walked = 0
    for method, template, path in every_route(client.app):  # type: ignore[attr-defined]
        if NEVER.fullmatch(template) or (template.startswith(("/account", "/admin", "/login", "/confirm", "/pay"))):
            answer = await client.request(method, path, headers=_with(key))
            assert answer.status_code == 403, (method, template)
            walked += 1
    assert walked > 120


def test_every_route_of_the_table_exists(settings: Settings) -> None:
    templates = {
        (method, re.sub(r"{[^}]+}[^/]*", "{}", template)) for method, template, _ in every_route(create_app(settings))
    }
    for scope in SCOPES:
        for _, paths in scope.routes:
            for path in paths:
                methods = {method for method, template in templates if template == f"/api/v1{path}"}
                assert any(scope.name in needed_for(method, f"/api/v1{path}") for method in methods), path


def test_head_is_as_get_and_what_is_not_named_is_closed() -> None:
    assert allows({"read:bookings"}, "HEAD", "/api/v1/bookings")
    assert not allows({"read:bookings"}, "POST", "/api/v1/bookings")
    assert not allows(NAMES, "GET", "/api/v1/anything/new")


@pytest.mark.parametrize(
    "change", [lambda key: key[:-1], lambda key: key[:-1] + ("a" if key[-1] != "a" else "b"), lambda key: key + "a"]
)
async def test_a_key_that_is_not_quite_right_opens_nothing(client: httpx.AsyncClient, change: Any) -> None:
    _, _, key = await _a_key(_rt(client))
    assert (await client.get("/api/v1/bookings", headers=_with(key))).status_code == 200
    assert (await client.get("/api/v1/bookings", headers=_with(change(key)))).status_code == 401


async def test_a_revoked_key_is_refused_at_once_in_its_process_and_in_the_other(
    client: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    user = await _signed_in(client)
    _, key_id, key = await _a_key(_rt(client), user=user)
    for each in (client, other):
        assert (await each.get("/api/v1/bookings", headers=_with(key))).status_code == 200
    assert (await client.delete(f"{KEYS}/{key_id}")).status_code == 204
    assert (await client.get("/api/v1/bookings", headers=_with(key))).status_code == 401
    await _told(_rt(other))
    assert (await other.get("/api/v1/bookings", headers=_with(key))).status_code == 401


async def test_control_a_process_that_does_not_hear_of_it_believes_the_key_for_half_a_minute(
    client: httpx.AsyncClient, other: httpx.AsyncClient, clock: FixedClock
) -> None:
    rt = _rt(other)
    await rt.ports.tail.stop()
    user, key_id, key = await _a_key(rt)
    assert (await other.get("/api/v1/bookings", headers=_with(key))).status_code == 200
    async with _rt(client).db.write() as tx:
        await revoke_api_key(tx, user_id=user.id, key_id=key_id, now=clock.now())
    assert (await other.get("/api/v1/bookings", headers=_with(key))).status_code == 200
    clock.at += timedelta(seconds=31)
    assert (await other.get("/api/v1/bookings", headers=_with(key))).status_code == 401


async def test_what_is_read_while_a_revocation_arrives_is_not_remembered(runtime: Runtime) -> None:
    keys = partner_keys.keys_of(runtime)
    user, key_id, key = await _a_key(runtime)
    seen = keys._changes
    known = await partner_keys._read(runtime, key[8:16], runtime.clock.now())
    assert known is not None
    keys.forget_person(user.id)
    keys._keep(key[8:16], known, seen)
    async with runtime.db.write() as tx:
        await revoke_api_key(tx, user_id=user.id, key_id=key_id, now=runtime.clock.now())
    assert await keys.caller_of(runtime, key, address="a") is None


async def test_a_suspended_persons_keys_open_nothing(client: httpx.AsyncClient) -> None:
    rt = _rt(client)
    user, _, key = await _a_key(rt)
    assert (await client.get("/api/v1/bookings", headers=_with(key))).status_code == 200
    async with rt.db.write() as tx:
        admin = await a_user(tx, roles=("guest", "admin"))
        await suspend_account(tx, user_id=user.id, reason="Fraud", actor=admin.id, now=rt.clock.now())
    await _told(rt)
    assert (await client.get("/api/v1/bookings", headers=_with(key))).status_code == 401


async def test_a_key_runs_out(client: httpx.AsyncClient, clock: FixedClock) -> None:
    _, _, key = await _a_key(_rt(client), lasts_days=30)
    clock.at += timedelta(days=30, seconds=-1)
    assert (await client.get("/api/v1/bookings", headers=_with(key))).status_code == 200
    clock.at += timedelta(seconds=1)
    assert (await client.get("/api/v1/bookings", headers=_with(key))).status_code == 401


async def test_a_key_of_an_admin_is_no_admins_key(client: httpx.AsyncClient) -> None:
    rt = _rt(client)
    async with rt.db.write() as tx:
        admin = await a_user(tx, roles=("guest", "admin"))
    _, _, key = await _a_key(rt, *ALL, user=admin)
    caller = await partner_keys.keys_of(rt).caller_of(rt, key, address="a")
    assert caller is not None
    assert (caller.roles, caller.via, caller.confirmed_at) == (frozenset({"guest"}), "key", None)


async def test_a_replaced_key_is_good_for_a_day_more_and_is_replaced_once(
    client: httpx.AsyncClient, clock: FixedClock
) -> None:
    user = await _signed_in(client)
    _, key_id, old = await _a_key(_rt(client), user=user)
    made = await client.post(f"{KEYS}/{key_id}/rotate")
    assert made.status_code == 201
    new = made.json()["key"]
    assert made.json()["listed"]["rotated_from"] == str(key_id)
    again = await client.post(f"{KEYS}/{key_id}/rotate")
    assert (again.status_code, again.json()["code"]) == (409, "api_key_not_live")
    clock.at += timedelta(hours=24, seconds=-1)
    assert [(await client.get("/api/v1/bookings", headers=_with(each))).status_code for each in (old, new)] == [200] * 2
    clock.at += timedelta(seconds=1)
    answers = [(await client.get("/api/v1/bookings", headers=_with(each))).status_code for each in (old, new)]
    assert answers == [401, 200]


async def test_making_a_key_needs_the_password_of_the_last_ten_minutes(
    client: httpx.AsyncClient, clock: FixedClock
) -> None:
    await _signed_in(client)
    clock.at += timedelta(minutes=10)
    stale = await client.post(KEYS, json={"name": "x", "scopes": ["read:bookings"]})
    assert (stale.status_code, stale.json()["code"]) == (403, "step_up_needed")


async def test_every_fault_of_a_key_is_named_at_once(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    body = {"name": " ", "scopes": ["read:everything"], "lasts_days": 0, "per_minute": 6001}
    refused = await client.post(KEYS, json=body)
    assert refused.status_code == 422
    assert {each["field"] for each in refused.json()["errors"]} == {"name", "scopes", "lasts_days", "per_minute"}


async def test_a_name_that_cannot_be_shown_is_a_fault_of_the_name(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    refused = await client.post(KEYS, json={"name": "\x87 key", "scopes": ["read:bookings"]})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["name"]


async def test_somebody_elses_key_is_not_there(client: httpx.AsyncClient) -> None:
    _, key_id, _ = await _a_key(_rt(client))
    await _signed_in(client)
    assert (await client.delete(f"{KEYS}/{key_id}")).status_code == 404
    assert (await client.post(f"{KEYS}/{key_id}/rotate")).status_code == 404
    assert (await client.get(f"/account/keys/{key_id}/revoke")).status_code == 404


async def test_twenty_keys_are_enough(client: httpx.AsyncClient) -> None:
    user = await _signed_in(client)
    for _ in range(20):
        await _a_key(_rt(client), user=user)
    refused = await client.post(KEYS, json={"name": "x", "scopes": ["read:bookings"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_api_keys")


async def test_use_is_noted_behind_the_request(client: httpx.AsyncClient, clock: FixedClock) -> None:
    rt = _rt(client)
    _, key_id, key = await _a_key(rt)
    await client.get("/api/v1/bookings", headers=_with(key))
    assert partner_keys.keys_of(rt).used == {key_id: clock.now()}
    async with rt.db.read() as tx:
        before = await tx.find("SELECT last_used_at FROM identity.api_key")
    await partner_keys.note_uses(rt)
    async with rt.db.read() as tx:
        after = await tx.find("SELECT last_used_at FROM identity.api_key")
    assert (before, after) == ({"last_used_at": None}, {"last_used_at": clock.now()})


async def test_a_key_has_a_limit_of_its_own(client: httpx.AsyncClient) -> None:
    rt = _rt(client)
    user, _, key = await _a_key(rt, per_minute=3)
    _, _, second = await _a_key(rt, user=user, per_minute=3)
    answers = [(await client.get("/api/v1/bookings", headers=_with(key))).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert (await client.get("/api/v1/bookings", headers=_with(second))).status_code == 200


async def test_who_tries_keys_by_chance_is_not_looked_up_for_ever(runtime: Runtime, clock: FixedClock) -> None:
    keys = partner_keys.keys_of(runtime)
    _, _, good = await _a_key(runtime)
    for count in range(partner_keys.MISSES_A_MINUTE):
        letters = f"{count:08b}".replace("0", "a").replace("1", "b")
        assert await keys.caller_of(runtime, f"hk_live_{letters}_{'a' * 52}", address="203.0.113.9") is None
    assert await keys.caller_of(runtime, good, address="203.0.113.9") is None, "not even looked for"
    assert await keys.caller_of(runtime, good, address="203.0.113.10") is not None
    clock.at += timedelta(minutes=1)
    assert await keys.caller_of(runtime, good, address="203.0.113.9") is not None


async def test_a_key_is_made_shown_and_revoked_on_pages(client: httpx.AsyncClient) -> None:
    await _signed_in(client)
    csrf = client.headers["X-CSRF-Token"]
    empty = await client.post("/account/keys/new", data={"csrf_token": csrf, "name": "Till", "lasts_days": "0"})
    assert empty.status_code == 422
    assert 'value="Till"' in empty.text
    assert "Choose at least one thing" in empty.text
    said = {"csrf_token": csrf, "name": "Till", "lasts_days": "0", "scopes": ["read:bookings", "read:money"]}
    shown = await client.post("/account/keys/new", data=said)
    key = FORM.search(shown.text)
    assert key is not None
    listed = await client.get("/account/keys")
    assert "Till" in listed.text
    assert key[0] not in listed.text
    (key_id,) = set(re.findall(r"/account/keys/([0-9a-f-]{36})/revoke", listed.text))
    done = await client.post(f"/account/keys/{key_id}/revoke", data={"csrf_token": csrf})
    assert (done.status_code, done.headers["location"]) == (303, "/account/keys")
    assert (await client.get("/api/v1/bookings", headers=_with(key[0]))).status_code == 401
