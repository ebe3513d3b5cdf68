"""Signing in with an account elsewhere, over the pages and the API: nobody gets into an account that is not theirs."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hospes.modules.identity.contracts import Proof, Purpose, User
from hospes.modules.identity.errors import LastWayIn
from hospes.modules.identity.providers.oidc import OpenIdProvider
from hospes.modules.identity.providers.port import Vouched
from hospes.modules.identity.queries.linked_accounts import list_links
from hospes.modules.identity.store.linked_accounts import delete_link, insert_link
from hospes.modules.identity.use_cases.link_account import link_account
from hospes.modules.identity.use_cases.reset_password import reset_password
from hospes.modules.identity.use_cases.unlink_account import unlink_account
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.conftest import FixedClock
from tests.providers_wire.openid_server import CLIENT_ID, SECRET, OpenIdServer
from tests.providers_wire.wire import on_a_port

Client = httpx.AsyncClient
PERSON = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_of_birth": "1990-05-31",
    "phone": "+34612345678",
    "agree": "yes",
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC))


@pytest.fixture
async def server(client: Client) -> AsyncIterator[OpenIdServer]:
    """A provider that is offered on the site as "Ours"."""
    one = OpenIdServer()
    async with on_a_port(one.app()) as issuer:
        one.issuer = issuer
        opened = OpenIdProvider("oidc", "Ours", issuer=issuer, client_id=CLIENT_ID, secret=SECRET)
        rt_of(client).ports.sign_in_providers = {"oidc": opened}
        yield one


def rt_of(client: Client) -> Runtime:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return rt


async def person(client: Client, **given: Any) -> User:
    async with rt_of(client).db.write() as tx:
        return await a_user(tx, **given)


def token_in(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"')[0]


async def submit(client: Client, path: str, **fields: str) -> httpx.Response:
    page = await client.get(path)
    return await client.post(path, data={"csrf_token": token_in(page.text), **fields})


async def there_and_back(client: Client, server: OpenIdServer, query: str = "", **claims: Any) -> httpx.Response:
    """To the provider, where the person says yes, and back."""
    away = await client.get(f"/login/with/oidc{query}")
    assert away.status_code == 303, away.text
    came = server.approve(away.headers["location"], **claims)
    return await client.get("/login/with/oidc/callback", params=came)


async def who_is_in(client: Client) -> str | None:
    answer = await client.get("/api/v1/users/me")
    return answer.json()["email"] if answer.status_code == 200 else None


async def sign_in(client: Client, user: User) -> None:
    await submit(client, "/login", email=user.email, password=PASSWORD)
    assert await who_is_in(client) == user.email


async def test_who_has_no_password_confirms_with_the_account_they_came_with(
    client: Client, server: OpenIdServer, clock: FixedClock
) -> None:
    await there_and_back(client, server)
    await submit(client, "/login/with/new", **PERSON)
    clock.at += timedelta(minutes=11)
    just_now = int(clock.at.timestamp())
    server.claims |= {"iat": just_now, "exp": just_now + 600}
    asked = await client.get("/account/linked/oidc/unlink")
    assert asked.headers["location"].startswith("/confirm?next=")
    page = await client.get(asked.headers["location"])
    assert "Confirm with Ours" in page.text
    query = "?why=confirm&next=/account/linked/oidc/unlink"
    refused = await there_and_back(client, server, query, sub="somebody-else")
    assert refused.headers["location"] == "/account/linked/oidc/unlink"
    assert (await client.get("/account/linked/oidc/unlink")).status_code == 303
    stale = await there_and_back(client, server, query, sub="someone-1", auth_time=1)
    assert stale.status_code == 303
    assert (await client.get("/account/linked/oidc/unlink")).status_code == 303
    done = await there_and_back(client, server, query, sub="someone-1", auth_time=just_now)
    assert done.headers["location"] == "/account/linked/oidc/unlink"
    assert (await client.get("/account/linked/oidc/unlink")).status_code == 200


async def test_who_has_a_password_confirms_with_it_and_not_elsewhere(
    client: Client, server: OpenIdServer, clock: FixedClock
) -> None:
    await sign_in(client, await person(client))
    await there_and_back(client, server, "?why=link")
    await submit(client, "/login/with/accept")
    clock.at += timedelta(minutes=11)
    just_now = int(clock.at.timestamp())
    said = {"auth_time": None, "iat": just_now, "exp": just_now + 600}
    await there_and_back(client, server, "?why=confirm&next=/account/linked/oidc/unlink", **said)
    assert (await client.get("/account/linked/oidc/unlink")).status_code == 303


async def test_who_takes_over_an_address_that_was_never_proven_finds_no_other_way_in(
    client: Client, server: OpenIdServer, now: datetime
) -> None:
    rt = rt_of(client)
    async with rt.db.write() as tx:
        squatter = await a_user(tx, email="ada@example.com", verified=False)
        await insert_link(tx, squatter.id, Vouched("facebook", "77", "", False, "", ""), now)
        owner = await a_user(tx, email="eve@example.com")
        await insert_link(tx, owner.id, Vouched("facebook", "78", "", False, "", ""), now)
        for user in (squatter, owner):
            proof = Proof(new_id(), user.id, Purpose.RESET_PASSWORD, user.email, now)
            await reset_password(tx, proof=proof, password_hash="x", now=now)
        assert await list_links(tx, squatter.id) == []
        assert len(await list_links(tx, owner.id)) == 1  # proven before: the link is theirs


async def test_somebody_new_gives_what_is_missing_and_is_in_with_an_address_that_counts_as_proven(
    client: Client, server: OpenIdServer
) -> None:
    back = await there_and_back(client, server, "?next=/account/linked")
    assert (back.status_code, back.headers["location"]) == (303, "/login/with/new")
    page = await client.get("/login/with/new")
    assert "ada@example.com" in page.text
    assert 'value="Ada"' in page.text
    refused = await submit(client, "/login/with/new", **{**PERSON, "date_of_birth": "2020-01-01"})
    assert refused.status_code == 422
    assert "18" in refused.text
    done = await submit(client, "/login/with/new", **PERSON, email="somebody.else@example.com")
    assert (done.status_code, done.headers["location"]) == (303, "/account/linked")
    me = (await client.get("/api/v1/users/me")).json()
    assert me["email"] == "ada@example.com"
    assert (await client.get("/api/v1/users/me/linked-accounts")).json()[0]["provider"] == "oidc"

    await submit_logout(client)
    again = await there_and_back(client, server, "?next=/account")
    assert again.headers["location"] == "/account"
    assert await who_is_in(client) == "ada@example.com"


async def submit_logout(client: Client) -> None:
    page = await client.get("/account")
    await client.post("/logout", data={"csrf_token": token_in(page.text)})
    assert await who_is_in(client) is None


async def test_an_account_with_the_same_address_is_linked_only_after_its_password(
    client: Client, server: OpenIdServer
) -> None:
    user = await person(client, email="ada@example.com")
    back = await there_and_back(client, server)
    assert back.headers["location"] == "/login/with/known"
    assert await who_is_in(client) is None
    wrong = await submit(client, "/login/with/known", password="Not-the-one-7")
    assert wrong.status_code == 401
    assert await who_is_in(client) is None
    done = await submit(client, "/login/with/known", password=PASSWORD)
    assert done.status_code == 303
    assert await who_is_in(client) == user.email


async def test_an_account_whose_address_was_never_proven_is_not_linked(client: Client, server: OpenIdServer) -> None:
    await person(client, email="ada@example.com", verified=False)
    await there_and_back(client, server)
    refused = await submit(client, "/login/with/known", password=PASSWORD)
    assert refused.status_code == 403
    assert "Confirm your email address" in refused.text
    async with rt_of(client).db.read() as tx:
        assert await tx.find("SELECT 1 FROM identity.linked_account") is None


@pytest.mark.parametrize("change", ["state", "code", "cookie", "provider", "late"])
async def test_an_answer_to_another_question_lets_nobody_in(
    client: Client, server: OpenIdServer, clock: FixedClock, change: str
) -> None:
    away = await client.get("/login/with/oidc")
    came = server.approve(away.headers["location"])
    if change in ("state", "code"):
        came[change] = "made-up"
    if change == "cookie":
        client.cookies.delete("hospes_errand")
    if change == "late":
        clock.at += timedelta(seconds=601)
    path = "/login/with/google/callback" if change == "provider" else "/login/with/oidc/callback"
    refused = await client.get(path, params=came)
    assert refused.status_code in (401, 404)
    assert 'href="/login/with/oidc"' in refused.text
    assert await who_is_in(client) is None


async def test_a_trip_of_another_browser_is_worth_nothing_here(client: Client, server: OpenIdServer) -> None:
    """Else an attacker could finish their own sign-in in somebody's browser, who would then use the wrong account."""
    away = await client.get("/login/with/oidc")
    came = server.approve(away.headers["location"])
    client.cookies.clear()
    await client.get("/login/with/oidc")
    assert (await client.get("/login/with/oidc/callback", params=came)).status_code == 401


async def test_linking_asks_before_it_links_and_belongs_to_who_began(client: Client, server: OpenIdServer) -> None:
    ada, eve = await person(client, email="ada@lovelace.example"), await person(client, email="eve@example.com")
    await sign_in(client, ada)
    back = await there_and_back(client, server, "?why=link", sub="ada-elsewhere", email="other@example.com")
    assert back.headers["location"] == "/login/with/accept"
    page = await client.get("/login/with/accept")
    assert "other@example.com" in page.text
    async with rt_of(client).db.read() as tx:
        assert await tx.find("SELECT 1 FROM identity.linked_account") is None  # nothing without a yes

    kept = client.cookies.get("hospes_vouched")
    await submit_logout(client)
    await sign_in(client, eve)
    client.cookies.set("hospes_vouched", str(kept), domain="test.local", path="/login/with")
    refused = await client.get("/login/with/accept")
    assert refused.status_code == 401

    await submit_logout(client)
    await sign_in(client, ada)
    await there_and_back(client, server, "?why=link", sub="ada-elsewhere", email="other@example.com")
    done = await submit(client, "/login/with/accept")
    assert done.headers["location"] == "/account/linked"
    assert "Unlink" in (await client.get("/account/linked")).text


async def test_an_account_elsewhere_signs_one_person_in(client: Client, server: OpenIdServer) -> None:
    ada, eve = await person(client), await person(client)
    for user in (ada, eve):
        await sign_in(client, user)
        await there_and_back(client, server, "?why=link")
        answer = await submit(client, "/login/with/accept")
        assert answer.status_code == (303 if user is ada else 409)
        await submit_logout(client)
    await there_and_back(client, server)
    assert await who_is_in(client) == ada.email


async def test_a_suspended_account_stays_out_and_the_last_way_in_stays(client: Client, server: OpenIdServer) -> None:
    await there_and_back(client, server)
    await submit(client, "/login/with/new", **PERSON)
    refused = await submit(client, "/account/linked/oidc/unlink")
    assert refused.status_code == 303
    assert "only way" in (await client.get("/account/linked")).text
    await submit_logout(client)
    async with rt_of(client).db.write() as tx:
        await tx.run("UPDATE identity.user_account SET status = 'suspended'")
    assert (await there_and_back(client, server)).status_code == 403
    assert await who_is_in(client) is None


async def test_a_person_without_a_password_cannot_sign_in_with_one(client: Client, server: OpenIdServer) -> None:
    await there_and_back(client, server)
    await submit(client, "/login/with/new", **PERSON)
    await submit_logout(client)
    for guess in ("", "None", PASSWORD):
        answer = await client.post("/api/v1/auth/login", json={"email": "ada@example.com", "password": guess})
        assert answer.status_code in (401, 422)


async def test_an_app_signs_in_with_an_id_token(client: Client, server: OpenIdServer) -> None:
    assert (await client.get("/api/v1/auth/providers")).json() == [{"name": "oidc", "label": "Ours"}]
    known = {name: text for name, text in PERSON.items() if name != "agree"}
    said = {"id_token": server.id_token("nonce-of-the-app"), "nonce": "nonce-of-the-app", **known}
    path = "/api/v1/auth/providers/oidc/id-token"
    first = await client.post(path, json=said)
    assert first.status_code == 200, first.text
    again = await client.post(path, json={"id_token": said["id_token"], "nonce": said["nonce"]})
    assert again.json()["user"]["id"] == first.json()["user"]["id"]
    stolen = await client.post(path, json={"id_token": said["id_token"], "nonce": "another-nonce"})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "provider_refused")
    assert (await client.post("/api/v1/auth/providers/nobody/id-token", json=said)).status_code == 404
    await person(client, email="known@example.com")
    taken = server.id_token("nonce-of-the-app", sub="someone-2", email="known@example.com")
    refused = await client.post(path, json={"id_token": taken, "nonce": "nonce-of-the-app"})
    assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")


async def test_where_to_go_on_to_stays_on_this_site(client: Client, server: OpenIdServer) -> None:
    user = await person(client, email="ada@example.com")
    await sign_in(client, user)
    await there_and_back(client, server, "?why=link")
    await submit(client, "/login/with/accept")
    await submit_logout(client)
    back = await there_and_back(client, server, "?next=//evil.example/")
    assert back.headers["location"] == "/"


async def test_a_form_from_the_providers_site_goes_on_by_get(client: Client, server: OpenIdServer) -> None:
    provider = rt_of(client).ports.sign_in_providers["oidc"]
    assert (await client.post("/login/with/oidc/callback", data={"state": "s", "code": "c"})).status_code == 404
    provider.posts_back = True
    answer = await client.post(
        "/login/with/oidc/callback",
        data={"state": "s", "code": "c", "user": '{"name": {}}'},
        headers={"Origin": "https://appleid.apple.com", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 303
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == ["s"]
    assert "name" not in query["said"][0]


async def two_links(tx: WriteTx, now: datetime) -> User:
    user = await a_user(tx)
    await tx.run("UPDATE identity.user_account SET password_hash = NULL WHERE id = %s", (user.id,))
    for provider in ("google", "apple"):
        vouched = Vouched(provider, f"{provider}-1", "", False, "", "")
        await link_account(tx, user=user, vouched=vouched, label=provider, now=now)
    return user


async def test_of_two_who_take_away_the_last_two_ways_in_at_once_one_is_refused(db: Database, now: datetime) -> None:
    async with db.write() as tx:
        user = await two_links(tx, now)

    async def unlink(provider: str) -> bool:
        async with db.write() as tx:
            await unlink_account(tx, user_id=user.id, provider=provider, now=now)
        return True

    done = await asyncio.gather(unlink("google"), unlink("apple"), return_exceptions=True)
    assert sorted(isinstance(each, LastWayIn) for each in done) == [False, True]
    async with db.read() as seen:
        assert len(await list_links(seen, user.id)) == 1


async def test_control_without_the_lock_both_would_go(db: Database, now: datetime) -> None:
    async with db.write() as tx:
        user = await two_links(tx, now)
    looked = asyncio.Barrier(2)

    async def unlink(provider: str) -> None:
        async with db.write() as tx:
            left = await list_links(tx, user.id)
            await looked.wait()
            if len(left) > 1:
                await delete_link(tx, user.id, provider)

    await asyncio.gather(unlink("google"), unlink("apple"))
    async with db.read() as seen:
        assert await list_links(seen, user.id) == []
