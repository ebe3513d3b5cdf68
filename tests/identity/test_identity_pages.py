"""What a person can do in a browser, without JavaScript."""

import html
import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from hospes.entrypoints.app import create_app
from hospes.modules.identity.contracts import User
from hospes.modules.identity.queries import accounts as people
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings
from tests.builders.identity import PASSWORD, a_user

ACCEPT = "text/html,application/xhtml+xml,*/*;q=0.8"
SIGNUP = {
    "email": "ada@example.com",
    "password": "Correct-horse-7",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_of_birth": "1990-05-31",
    "phone": "+34612345678",
    "agree": "yes",
}


@pytest.fixture
async def ada(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx)


@pytest.fixture
async def client(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that asks for pages, as a browser does."""
    client.headers["Accept"] = ACCEPT
    return client


@pytest.fixture
async def cut_off(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a site whose Valkey is gone."""
    app = create_app(settings.model_copy(update={"redis_url": "redis://127.0.0.1:1"}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={"Accept": ACCEPT}) as opened:
            yield opened


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def submit(client: httpx.AsyncClient, path: str, form: dict[str, str], page: str | None = None) -> httpx.Response:
    """Open the page and send its form, as a browser would."""
    shown = await client.get(page or path)
    return await client.post(path, data={**form, "csrf_token": token_in(shown)})


async def sign_in(client: httpx.AsyncClient, user: User, next: str = "") -> httpx.Response:
    answer = await submit(client, "/login", {"email": user.email, "password": PASSWORD, "next": next})
    assert answer.status_code == 303, answer.text
    return answer


async def test_a_person_signs_up_and_is_signed_in(client: httpx.AsyncClient) -> None:
    answer = await submit(client, "/signup", {**SIGNUP, "next": "/trips"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/trips")
    account = await client.get("/account")
    assert account.status_code == 200
    assert "ada@example.com" in account.text


async def test_a_faulty_sign_up_says_so_beside_the_fields_and_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    typed = {**SIGNUP, "first_name": '"><b>Ada', "date_of_birth": "2020-01-01", "password": "short", "email": "ada"}
    answer = await submit(client, "/signup", typed)
    assert answer.status_code == 422
    assert "You must be at least 18 years old." in answer.text
    assert "This is not an email address" in answer.text
    assert "A password needs at least 8 characters" in answer.text
    assert html.escape('"><b>Ada').replace("&quot;", "&#34;") in answer.text
    assert "<b>Ada" not in answer.text
    assert 'value="2020-01-01"' in answer.text
    assert "short" not in answer.text.replace("short-", "")
    assert "hospes_session" not in client.cookies


async def test_a_taken_address_is_told_beside_its_field(client: httpx.AsyncClient, ada: User) -> None:
    answer = await submit(client, "/signup", {**SIGNUP, "email": ada.email})
    assert answer.status_code == 409
    assert "There is already an account with this email address." in answer.text


async def test_signing_in_goes_on_to_where_the_person_wanted_to_be(client: httpx.AsyncClient, ada: User) -> None:
    sent = await client.get("/account")
    assert sent.status_code in (302, 303)
    assert sent.headers["location"] == "/login?next=/account"
    answer = await sign_in(client, ada, next="/account")
    assert answer.headers["location"] == "/account"
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("hospes_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert (await client.get("/login?next=/account")).headers["location"] == "/account"


async def test_nobody_is_sent_off_the_site_after_signing_in(client: httpx.AsyncClient, ada: User) -> None:
    assert (await sign_in(client, ada, next="//evil.example/x")).headers["location"] == "/"


async def test_a_wrong_password_keeps_the_address_and_the_way_on(client: httpx.AsyncClient, ada: User) -> None:
    form = {"email": ada.email, "password": "Wrong-horse-7", "next": "/trips"}
    answer = await submit(client, "/login", form)
    assert answer.status_code == 401
    assert "This email address and password do not belong together" in answer.text
    assert f'value="{ada.email}"' in answer.text
    assert 'value="/trips"' in answer.text
    assert "Wrong-horse-7" not in answer.text


async def test_a_form_without_its_token_is_refused_and_with_it_accepted(client: httpx.AsyncClient, ada: User) -> None:
    form = {"email": ada.email, "password": PASSWORD}
    for token in (None, "x" * 43, ""):
        await client.get("/login")
        refused = await client.post("/login", data=form if token is None else {**form, "csrf_token": token})
        assert refused.status_code == 403
        assert "hospes_session" not in client.cookies
    await sign_in(client, ada)
    refused = await client.post("/account", data={"first_name": "Eve", "last_name": "Evil"})
    assert refused.status_code == 403
    await client.get("/account")
    assert (await client.get("/api/v1/users/me")).json()["first_name"] == "Ada"


async def test_the_token_of_a_visitor_is_worth_nothing_once_signed_in(client: httpx.AsyncClient, ada: User) -> None:
    visitors = token_in(await client.get("/login"))
    await sign_in(client, ada)
    assert token_in(await client.get("/account")) != visitors
    assert (await client.post("/logout", data={"csrf_token": visitors})).status_code == 403


async def test_a_session_id_planted_before_signing_in_is_never_used(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    planted = "p" * 43
    client.cookies.set("hospes_session", planted, domain="test.local", path="/")
    await sign_in(client, ada)
    assert await runtime.valkey.exists(f"session:{planted}") == 0
    assert client.cookies["hospes_session"] != planted


async def test_signing_in_again_closes_the_session_before(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    before = client.cookies["hospes_session"]
    token = token_in(await client.get("/account"))
    await client.post("/login", data={"email": ada.email, "password": PASSWORD, "csrf_token": token})
    assert client.cookies["hospes_session"] != before
    assert await runtime.valkey.exists(f"session:{before}") == 0


async def test_signing_out_closes_the_session_even_for_a_copied_cookie(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    copied = client.cookies["hospes_session"]
    answer = await submit(client, "/logout", {}, page="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    client.cookies.clear()
    client.cookies.set("hospes_session", copied)
    assert (await client.get("/account")).status_code in (302, 303)


async def test_the_account_page_keeps_changes_and_shows_faults_beside_the_field(
    client: httpx.AsyncClient, ada: User
) -> None:
    await sign_in(client, ada)
    form = {"first_name": "Ada", "last_name": "King", "language": "en", "time_zone": "Europe/Madrid", "country": "ES"}
    form |= {"phone": "+34 612 345 678", "city": "Madrid", "bio": "Numbers.", "version": "1"}
    faulty = await submit(client, "/account", {**form, "phone": "12"})
    assert faulty.status_code == 422
    assert "Write the number with its country code" in faulty.text
    assert 'value="12"' in faulty.text
    saved = await submit(client, "/account", form)
    assert (saved.status_code, saved.headers["location"]) == (303, "/account")
    me = (await client.get("/api/v1/users/me")).json()
    assert (me["last_name"], me["time_zone"], me["phone"]) == ("King", "Europe/Madrid", "+34612345678")
    stale = await submit(client, "/account", {**form, "city": "Paris"})
    assert stale.status_code == 412
    assert "changed somewhere else" in stale.text


async def test_becoming_a_host_shows_in_the_open_session_at_once(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    answer = await submit(client, "/account/become-host", {}, page="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/host")
    session = await runtime.valkey.get(f"session:{client.cookies['hospes_session']}")
    assert json.loads(session)["roles"] == ["guest", "host"]


async def test_an_api_call_with_a_cookie_alone_changes_nothing(client: httpx.AsyncClient, ada: User) -> None:
    await sign_in(client, ada)
    forged = await client.patch("/api/v1/users/me", json={"first_name": "Eve"})
    assert forged.status_code == 403
    token = token_in(await client.get("/account"))
    meant = await client.patch("/api/v1/users/me", json={"first_name": "Eva"}, headers={"X-CSRF-Token": token})
    assert meant.status_code == 200
    assert meant.json()["first_name"] == "Eva"


async def test_while_valkey_is_gone_nobody_can_sign_in_and_everybody_is_told_so(
    cut_off: httpx.AsyncClient, ada: User
) -> None:
    answer = await submit(cut_off, "/login", {"email": ada.email, "password": PASSWORD, "next": "/trips"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "Signing in is out of service for a moment" in answer.text
    assert f'value="{ada.email}"' in answer.text
    assert 'value="/trips"' in answer.text


async def test_while_valkey_is_gone_who_was_signed_in_is_told_so_and_not_that_the_password_is_wrong(
    cut_off: httpx.AsyncClient,
) -> None:
    cut_off.cookies.set("hospes_session", "x" * 43, domain="test.local", path="/")
    sent = await cut_off.get("/account")
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/account")
    answer = await cut_off.get(sent.headers["location"])
    assert answer.status_code == 503
    assert "Signing in is out of service for a moment" in answer.text
    assert (await cut_off.get("/api/v1/users/me")).status_code == 503


async def test_while_valkey_is_gone_a_registration_is_kept_and_said_to_be(
    cut_off: httpx.AsyncClient, runtime: Runtime
) -> None:
    answer = await submit(cut_off, "/signup", SIGNUP)
    assert answer.status_code == 503
    assert "Your account is ready." in answer.text
    async with runtime.db.read() as tx:
        assert await people.find_by_email(tx, "ada@example.com") is not None


async def test_while_valkey_is_gone_tokens_work(cut_off: httpx.AsyncClient, ada: User) -> None:
    answer = await cut_off.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 200
    who = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await cut_off.get("/api/v1/users/me", headers=who)).status_code == 200
    wrong = await cut_off.post("/api/v1/auth/login", json={"email": ada.email, "password": "Wrong-horse-7"})
    assert wrong.status_code == 401


async def test_signing_out_while_valkey_is_gone_still_forgets_the_cookie(cut_off: httpx.AsyncClient) -> None:
    cut_off.cookies.set("hospes_session", "x" * 43, domain="test.local", path="/")
    answer = await submit(cut_off, "/logout", {}, page="/signup")
    assert answer.status_code == 303
    assert "hospes_session" not in cut_off.cookies


async def test_signing_out_over_the_api_closes_the_session_of_the_cookie(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    session_id = client.cookies["hospes_session"]
    assert (await client.post("/api/v1/auth/logout")).status_code == 403
    assert await runtime.valkey.exists(f"session:{session_id}") == 1
    token = token_in(await client.get("/account"))
    assert (await client.post("/api/v1/auth/logout", headers={"X-CSRF-Token": token})).status_code == 204
    assert await runtime.valkey.exists(f"session:{session_id}") == 0
