"""Whatever goes wrong is answered by a problem document a program can read, or a page a person can."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import psycopg
import pytest

from hospes.modules.identity import sessions
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user

PROBLEM = "application/problem+json"
REGISTER = "/api/v1/auth/register"
PERSON = {
    "email": "ada@example.com",
    "password": "Correct-horse-7",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_of_birth": "1990-05-31",
    "phone": "+34 612 345 678",
}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == PROBLEM, answer.text
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code), answer.text
    assert said["type"] == f"/problems/{code}"
    assert said["title"]
    assert said["detail"]
    assert said["instance"] == answer.request.url.path
    assert said["request_id"] == answer.headers["x-request-id"]
    return said


async def test_an_unknown_address_and_method_are_problems(client: httpx.AsyncClient) -> None:
    problem(await client.get("/api/v1/nothing"), 404, "not_found")
    problem(await client.delete("/api/v1/auth/login"), 405, "method_not_allowed")


async def test_a_page_that_is_not_there_is_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    problem(await client.get("/nothing", headers={"Accept": "application/json"}), 404, "not_found")


async def test_signing_in_is_asked_of_people_and_refused_to_programs(client: httpx.AsyncClient) -> None:
    answer = await client.get("/account?tab=1", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/account%3Ftab%3D1")
    problem(await client.get("/api/v1/users/me"), 401, "unauthorized")


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"", b"[" * 5000])
async def test_a_body_that_is_not_json_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(REGISTER, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == PROBLEM


async def test_a_faulty_field_is_named_with_a_sentence(client: httpx.AsyncClient) -> None:
    said = problem(await client.post(REGISTER, json={**PERSON, "first_name": 5}), 422, "invalid")
    assert said["errors"] == [{"field": "first_name", "message": "Please enter text."}]


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
async def test_a_character_no_field_can_hold_is_refused(client: httpx.AsyncClient, text: str) -> None:
    body = json.dumps({**PERSON, "first_name": text}).encode()
    answer = await client.post(REGISTER, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == PROBLEM


async def test_a_body_above_one_megabyte_is_refused_whether_it_says_so_or_not(client: httpx.AsyncClient) -> None:
    problem(await client.post(REGISTER, content=b" " * 10_000_000), 413, "too_large")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000

    answer = await client.post(REGISTER, content=chunks(), headers={"Content-Type": "application/json"})
    problem(answer, 413, "too_large")


async def test_every_answer_carries_its_id_and_protects_the_browser(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz", headers={"X-Request-Id": "mine-7"})
    assert answer.headers["x-request-id"] == "mine-7"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    policy = (await client.get("/login")).headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    other = await client.get("/healthz")
    assert other.headers["x-request-id"] not in ("", "mine-7")


async def test_requests_are_counted_by_route(client: httpx.AsyncClient) -> None:
    await client.get("/api/v1/users/me")
    text = (await client.get("/metrics")).text
    assert 'hospes_http_requests_total{method="GET",route="/api/v1/users/me",status="401"}' in text


async def test_ready_says_what_is_ready(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "valkey": "ok", "index": "ok"}


async def test_a_session_alone_does_not_vouch_for_an_unsafe_api_call(client: httpx.AsyncClient) -> None:
    app: Any = client._transport
    rt: Runtime = app.app.state.runtime
    async with rt.db.write() as tx:
        user = await a_user(tx)
    session = await sessions.open_session(
        rt.valkey, user, ip_address="-", user_agent="-", lasts=600, now=rt.clock.now()
    )
    client.cookies.set("hospes_session", session.id)
    problem(await client.post("/api/v1/users/me/become-host"), 403, "csrf_failed")
    answer = await client.post("/api/v1/users/me/become-host", headers={"X-CSRF-Token": session.csrf_token})
    assert answer.status_code == 200


async def test_a_database_that_restarts_fails_requests_cleanly_and_only_for_a_moment(client: httpx.AsyncClient) -> None:
    app: Any = client._transport
    rt: Runtime = app.app.state.runtime

    async def log_in(name: str) -> httpx.Response:
        return await client.post("/api/v1/auth/login", json={"email": f"{name}@example.com", "password": "x"})

    assert (await log_in("nobody")).status_code == 401
    with psycopg.connect(rt.db.url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    statuses = []
    for number in range(20):
        answer = await log_in(f"nobody{number}")
        statuses.append(answer.status_code)
        if answer.status_code == 503:
            problem(answer, 503, "busy")
            assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.05)
    assert set(statuses) <= {401, 503}
    assert statuses[-5:] == [401] * 5


async def test_what_a_code_means_can_be_read(client: httpx.AsyncClient) -> None:
    answer = await client.get("/problems/idempotency_in_flight")
    assert answer.status_code == 200
    assert "has not been answered yet" in answer.text
    assert (await client.get("/problems/nonsense")).status_code == 404
