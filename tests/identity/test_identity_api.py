"""What an API client can do with accounts and tokens."""

import asyncio
from typing import Any

import httpx
import pytest

from hospes.modules.identity.contracts import User
from tests.builders.identity import PASSWORD

ADA = {
    "email": "ada@example.com",
    "password": "Correct-horse-7",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_of_birth": "1990-05-31",
    "phone": "+34 612 345 678",
}


def bearer(answer: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer['access_token']}"}


async def signed_in(client: httpx.AsyncClient, user: User) -> dict[str, Any]:
    answer = await client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def fields_of(answer: httpx.Response) -> set[str]:
    return {error["field"] for error in answer.json()["errors"]}


async def test_registering_answers_the_person_and_tokens_that_work(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/register", json=ADA)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 900
    assert body["user"]["roles"] == ["guest"]
    assert body["user"]["phone"] == "+34612345678"
    assert "password" not in answer.text
    me = await client.get("/api/v1/users/me", headers=bearer(body))
    assert me.status_code == 200
    assert me.json() == body["user"]


async def test_a_faulty_registration_gets_a_sentence_for_every_field(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/register", json={**ADA, "email": "ada", "password": "x", "phone": "1"})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert fields_of(answer) == {"email", "password", "phone"}
    missing = await client.post("/api/v1/auth/register", json={"email": "ada@example.com"})
    assert missing.status_code == 422
    assert fields_of(missing) == {"password", "first_name", "last_name", "date_of_birth", "phone"}


async def test_an_address_that_is_taken_is_refused_beside_its_field(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/auth/register", json=ADA)
    answer = await client.post("/api/v1/auth/register", json={**ADA, "email": "ADA@example.com"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"
    assert fields_of(answer) == {"email"}


@pytest.mark.parametrize("text", ["'; DROP TABLE user_account; --", "<script>alert(1)</script>", "Ünïcødé 名前"])
async def test_sql_html_and_any_script_are_only_a_name(client: httpx.AsyncClient, text: str) -> None:
    answer = await client.post("/api/v1/auth/register", json={**ADA, "first_name": text})
    assert answer.status_code == 201
    assert answer.json()["user"]["first_name"] == text


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
async def test_what_the_database_cannot_keep_is_refused(client: httpx.AsyncClient, text: str) -> None:
    raw = httpx.Request("POST", "http://x", json=ADA).content.decode()
    body = raw.replace('"Ada"', '"\\u0000b"' if "\x00" in text else '"\\ud800"')
    for path in ("register", "login", "refresh"):
        answer = await client.post(f"/api/v1/auth/{path}", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (401, 422), answer.text


async def test_signing_in_with_a_wrong_password_is_401_and_never_says_which_half_is_wrong(
    client: httpx.AsyncClient, ada: User
) -> None:
    wrong = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": "Wrong-horse-7"})
    unknown = await client.post("/api/v1/auth/login", json={"email": "nobody@example.com", "password": PASSWORD})
    for answer in (wrong, unknown):
        assert answer.status_code == 401
        assert answer.json()["code"] == "wrong_credentials"
    assert wrong.json()["detail"] == unknown.json()["detail"]


async def test_the_sixth_try_is_429_with_a_retry_after(client: httpx.AsyncClient, ada: User) -> None:
    for _ in range(5):
        await client.post("/api/v1/auth/login", json={"email": ada.email, "password": "Wrong-horse-7"})
    answer = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.json()["code"] == "locked_out"
    assert 890 <= int(answer.headers["retry-after"]) <= 900


async def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_sign_in(
    client: httpx.AsyncClient, ada: User
) -> None:
    first = await signed_in(client, ada)
    second = await client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    assert (await client.get("/api/v1/users/me", headers=bearer(second.json()))).status_code == 200
    reused = await client.post("/api/v1/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_reused")
    child = await client.post("/api/v1/auth/refresh", json={"refresh_token": second.json()["refresh_token"]})
    assert (child.status_code, child.json()["code"]) == (401, "refresh_refused")


async def test_of_two_refreshes_at_once_one_wins_and_both_are_ended(client: httpx.AsyncClient, ada: User) -> None:
    given = await signed_in(client, ada)
    body = {"refresh_token": given["refresh_token"]}
    answers = await asyncio.gather(*(client.post("/api/v1/auth/refresh", json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    won = next(answer for answer in answers if answer.status_code == 200)
    after = await client.post("/api/v1/auth/refresh", json={"refresh_token": won.json()["refresh_token"]})
    assert (after.status_code, after.json()["code"]) == (401, "refresh_refused")


async def test_of_many_registrations_with_one_address_one_wins(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.post("/api/v1/auth/register", json=ADA) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_an_answer_with_tokens_is_kept_by_no_cache(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/v1/auth/register", json=ADA)
    assert answer.headers["cache-control"] == "no-store"


async def test_signing_out_ends_the_refresh_token(client: httpx.AsyncClient, ada: User) -> None:
    given = await signed_in(client, ada)
    for _ in range(2):
        out = await client.post("/api/v1/auth/logout", json={"refresh_token": given["refresh_token"]})
        assert out.status_code == 204
    after = await client.post("/api/v1/auth/refresh", json={"refresh_token": given["refresh_token"]})
    assert after.status_code == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer \xe9.\xe9.\xe9"])
async def test_without_a_good_token_me_is_401(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/api/v1/users/me", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_profile_is_changed_in_part_and_guarded_by_its_version(client: httpx.AsyncClient, ada: User) -> None:
    who = bearer(await signed_in(client, ada))
    read = await client.get("/api/v1/users/me", headers=who)
    changed = await client.patch(
        "/api/v1/users/me",
        json={"city": "Madrid", "country": "es", "phone": None},
        headers={**who, "If-Match": read.headers["etag"]},
    )
    assert changed.status_code == 200
    expected = {**read.json(), "city": "Madrid", "country": "ES", "version": 2}
    assert changed.json() == expected
    stale = await client.patch(
        "/api/v1/users/me", json={"city": "Paris"}, headers={**who, "If-Match": read.headers["etag"]}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "profile_changed")
    assert (await client.get("/api/v1/users/me", headers=who)).json() == expected


async def test_a_profile_cannot_be_used_to_take_a_role(client: httpx.AsyncClient, ada: User) -> None:
    who = bearer(await signed_in(client, ada))
    answer = await client.patch("/api/v1/users/me", json={"roles": ["admin"]}, headers=who)
    assert answer.status_code == 422
    assert (await client.get("/api/v1/users/me", headers=who)).json()["roles"] == ["guest"]


async def test_becoming_a_host_gives_a_token_that_says_so(client: httpx.AsyncClient, ada: User) -> None:
    who = bearer(await signed_in(client, ada))
    answer = await client.post("/api/v1/users/me/become-host", headers=who)
    assert answer.status_code == 200
    assert answer.json()["user"]["roles"] == ["guest", "host"]
    me = await client.get("/api/v1/users/me", headers=bearer(answer.json()))
    assert me.json()["roles"] == ["guest", "host"]
