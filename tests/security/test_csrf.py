"""What another site makes a browser send changes nothing here; each guard is shown alone."""

from typing import Any

import httpx
import pytest

from hospes.platform.runtime import Runtime
from tests.security.walking import every_route, sign_in

FORM = {"first_name": "Mallory", "last_name": "Lovelace"}
BECOME = "/api/v1/users/me/become-host"


@pytest.fixture
async def signed(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser that is signed in, as another site would use it: with its cookies, without its token."""
    client.user = await sign_in(client, ("guest",))  # type: ignore[attr-defined]
    client.token = client.headers.pop("X-CSRF-Token")  # type: ignore[attr-defined]
    return client


async def roles_of(client: Any) -> frozenset[str]:
    rt: Runtime = client.app.state.runtime
    from hospes.modules.identity import facade

    async with rt.db.read() as tx:
        return (await facade.get_user(tx, client.user.id)).roles


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "x" * 43},
        {"X-CSRF-Token": "é"},
        {"Content-Type": "text/plain"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Authorization": "Bearer nonsense"},
        {"X-HTTP-Method-Override": "GET"},
    ],
)
async def test_a_cookie_alone_changes_nothing(signed: Any, headers: dict[str, str]) -> None:
    for path in (BECOME, "/account/become-host"):
        answer = await signed.post(path, headers={k: v.encode() for k, v in headers.items()})
        assert answer.status_code in (401, 403), path
    assert await roles_of(signed) == {"guest"}


async def test_with_the_token_it_does(signed: Any) -> None:
    """The control of the refusals above."""
    answer = await signed.post(BECOME, headers={"X-CSRF-Token": signed.token})
    assert answer.status_code == 200
    assert await roles_of(signed) == {"guest", "host"}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://test"}, 403),
        ({"Origin": "http://test"}, 200),
        ({"Origin": "http://test.evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 200),
    ],
)
async def test_a_token_that_another_site_got_hold_of_is_no_use_to_it(
    signed: Any, said: dict[str, str], status: int
) -> None:
    answer = await signed.post(BECOME, headers={"X-CSRF-Token": signed.token, **said})
    assert answer.status_code == status
    assert ("host" in await roles_of(signed)) == (status == 200)


async def test_a_token_planted_by_a_sister_domain_signs_nobody_in_elsewhere(client: httpx.AsyncClient) -> None:
    """A cookie set for the whole domain makes the double submit alone worth nothing; where it comes from does."""
    planted = "p" * 43
    client.cookies.set("hospes_csrf", planted)
    form = {"email": "mallory@example.com", "password": "Wrong-horse-7", "csrf_token": planted}
    from_sister = await client.post("/login", data=form, headers={"Sec-Fetch-Site": "same-site"})
    assert from_sister.status_code == 403
    from_here = await client.post("/login", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert from_here.status_code == 401


async def test_the_token_of_one_session_is_worth_nothing_in_another(signed: Any) -> None:
    theirs = signed.token
    signed.cookies.clear()
    signed.user = await sign_in(signed, ("guest",))
    assert signed.headers.pop("X-CSRF-Token") != theirs
    assert (await signed.post(BECOME, headers={"X-CSRF-Token": theirs})).status_code == 403


async def test_a_bearer_token_needs_none_since_no_browser_sends_it_by_itself(signed: Any) -> None:
    from tests.catalog.signed_in import bearer

    signed.cookies.clear()
    answer = await signed.post(BECOME, headers={**bearer(signed, signed.user), "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200


async def test_no_route_takes_a_change_from_a_cookie_alone(signed: Any) -> None:
    """Every route that changes something, with an empty form and an empty document: it refuses before it does."""
    let_in = []
    open_to_all = ("/api/v1/auth/", "/api/v1/webhooks/", "/login/", "/api/v1/quotes", "/api/v1/series/quote")
    for method, template, path in every_route(signed.app):
        if method == "GET" or template.startswith(open_to_all):
            continue
        for sent in ({"json": {}}, {"data": {"x": "y"}}):
            answer = await signed.request(method, path, headers={"Sec-Fetch-Site": "cross-site"}, **sent)
            if answer.status_code < 400:
                let_in.append((method, template, answer.status_code))
    assert let_in == []


async def test_the_cookies_are_kept_from_scripts_and_other_sites(client: httpx.AsyncClient) -> None:
    answer = await client.get("/login")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("hospes_csrf=")
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
