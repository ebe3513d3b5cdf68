"""Where a person is signed in: ids that change, sessions that end, roles that are switched."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.identity import facade, sessions
from hospes.modules.identity.contracts import User
from hospes.modules.identity.jobs import close_sessions
from hospes.modules.identity.policies.acting import may_while_acting
from hospes.platform.audit import list_entries
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user, an_admin
from tests.catalog.signed_in import bearer, csrf_in, runtime_of, sign_in, submit

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
COOKIE = "hospes_session"


@pytest.fixture
async def rt(client: httpx.AsyncClient) -> Runtime:
    return runtime_of(client)


@pytest.fixture
async def ada(rt: Runtime) -> User:
    async with rt.db.write() as tx:
        return await a_user(tx, roles=("guest", "host"))


@pytest.fixture
async def alma(rt: Runtime) -> User:
    async with rt.db.write() as tx:
        return await an_admin(tx)


async def kept(rt: Runtime, session_id: str) -> dict[str, Any]:
    raw = await rt.valkey.get(f"session:{session_id}")
    assert raw is not None
    read: dict[str, Any] = json.loads(raw)
    return read


def as_browser(client: httpx.AsyncClient, session_id: str) -> httpx.AsyncClient:
    """Another browser with this cookie, at the same application."""
    other = httpx.AsyncClient(transport=client._transport, base_url="http://test", headers=BROWSER)
    other.app = client.app  # type: ignore[attr-defined]
    if session_id:
        other.cookies.set(COOKIE, session_id)
    return other


async def status_of(client: httpx.AsyncClient, session_id: str) -> int:
    return (await as_browser(client, session_id).get("/api/v1/users/me")).status_code


async def token_of(client: httpx.AsyncClient, user: User) -> dict[str, Any]:
    answer = await client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_confirming_changes_the_id_and_the_old_one_is_dead_at_once(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    before = client.cookies[COOKIE]
    public = (await kept(rt, before))["metadata"]["publicId"]
    answer = await submit(client, "/confirm", {"password": PASSWORD, "next": "/account"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    after = client.cookies[COOKIE]
    assert after != before
    assert (await status_of(client, before), await status_of(client, after)) == (401, 200)
    assert (await kept(rt, after))["metadata"]["publicId"] == public
    assert await rt.valkey.smembers(f"user:sessions:{ada.id}") == {after}


async def test_confirming_with_a_wrong_password_changes_nothing(client: httpx.AsyncClient, ada: User) -> None:
    await sign_in(client, ada)
    before = client.cookies[COOKIE]
    answer = await submit(client, "/confirm", {"password": "Wrong-horse-7", "next": "/account"})
    assert answer.status_code == 401
    assert "This is not your password." in answer.text
    assert client.cookies[COOKIE] == before


async def test_after_confirming_nobody_is_sent_to_another_site(client: httpx.AsyncClient, ada: User) -> None:
    await sign_in(client, ada)
    answer = await submit(client, "/confirm", {"password": PASSWORD, "next": "https://elsewhere.example/"})
    assert answer.headers["location"] == "/"


async def test_of_two_rotations_at_once_one_wins(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    await sign_in(client, ada)
    before, now = client.cookies[COOKIE], rt.clock.now()
    rotated = await asyncio.gather(*(sessions.rotate_session(rt.valkey, before, lasts=600, now=now) for _ in range(8)))
    won = [each for each in rotated if each is not None]
    assert len(won) == 1
    assert await rt.valkey.smembers(f"user:sessions:{ada.id}") == {won[0].id}


async def test_the_control_without_the_comparison_every_rotation_would_leave_a_session(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    raw = await rt.valkey.get(f"session:{client.cookies[COOKIE]}")
    assert raw is not None
    for number in range(2):
        await rt.valkey.set(f"session:{str(number) * 43}", raw)
    assert [await status_of(client, str(number) * 43) for number in range(2)] == [200, 200]


async def test_a_session_ends_30_days_after_signing_in_however_much_it_is_used(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    session_id, begun = client.cookies[COOKIE], rt.clock.now()
    for days in range(3, 30, 3):
        rt.clock.at = begun + timedelta(days=days)  # type: ignore[attr-defined]
        assert await status_of(client, session_id) == 200
    rt.clock.at = begun + timedelta(days=30)  # type: ignore[attr-defined]
    assert await status_of(client, session_id) == 401
    assert await rt.valkey.exists(f"session:{session_id}") == 0


async def test_browsers_and_clients_are_listed_and_no_secret_is(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    client.headers.update(BROWSER)
    await sign_in(client, ada)
    given = await token_of(client, ada)
    listed = (await client.get("/api/v1/users/me/sessions")).json()["items"]
    assert [(each["kind"], each["device"], each["current"]) for each in listed] == [
        ("browser", "Firefox on Linux", True),
        ("client", "Firefox on Linux", False),
    ]
    page = await client.get("/account/sessions")
    for secret in (client.cookies[COOKIE], given["refresh_token"]):
        assert secret not in json.dumps(listed)
        assert secret not in page.text
    assert page.text.count("Firefox on Linux") >= 2


async def test_one_session_is_ended_while_it_is_in_use(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    await sign_in(client, ada)
    stolen = client.cookies[COOKIE]
    other = as_browser(client, "")
    await sign_in(other, ada)
    listed = (await other.get("/api/v1/users/me/sessions")).json()["items"]
    (victim,) = [each["id"] for each in listed if not each["current"]]
    assert await status_of(client, stolen) == 200
    asked = await other.get(f"/account/sessions?end={victim}")
    answer = await other.post("/account/sessions/end", data={"which": victim, "csrf_token": csrf_in(asked)})
    assert answer.status_code == 303
    assert (await status_of(client, stolen), await status_of(client, other.cookies[COOKIE])) == (401, 200)


async def test_a_client_is_ended_by_its_public_id_and_only_by_its_own_person(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    given = await token_of(client, ada)
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    (mine,) = (await client.get("/api/v1/users/me/sessions", headers=headers)).json()["items"]
    path = f"/api/v1/users/me/sessions/{mine['id']}"
    foreign = await client.delete(path, headers=bearer(client, alma))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "session_not_found")
    assert (await client.delete(path, headers=headers)).status_code == 204
    refused = await client.post("/api/v1/auth/refresh", json={"refresh_token": given["refresh_token"]})
    assert (refused.status_code, refused.json()["code"]) == (401, "refresh_refused")


async def test_signing_out_everywhere_else_leaves_this_one(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    await sign_in(client, ada)
    other = as_browser(client, "")
    await sign_in(other, ada)
    given = await token_of(client, ada)
    answer = await submit(client, "/account/sessions?end=others", {"which": "others"}, to="/account/sessions/end")
    assert answer.status_code == 303
    assert await status_of(client, client.cookies[COOKIE]) == 200
    assert await status_of(client, other.cookies[COOKIE]) == 401
    refused = await client.post("/api/v1/auth/refresh", json={"refresh_token": given["refresh_token"]})
    assert refused.status_code == 401


async def test_the_job_closes_what_was_open_then_and_nothing_that_came_later(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    then = rt.clock.now()
    rt.clock.at = then + timedelta(seconds=1)  # type: ignore[attr-defined]
    later = as_browser(client, "")
    await sign_in(later, ada)
    await close_sessions(rt, user_id=str(ada.id), except_id="", begun_by=then.isoformat())
    assert await status_of(client, client.cookies[COOKIE]) == 401
    assert await status_of(client, later.cookies[COOKIE]) == 200


async def test_switching_roles_changes_menu_and_id_but_not_what_one_may_do(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    before = client.cookies[COOKIE]
    assert 'href="/trips"' in (await client.get("/")).text.split("</header>")[0]
    answer = await submit(client, "/account", {"role": "host"}, to="/account/switch-role")
    assert (answer.status_code, answer.headers["location"]) == (303, "/host")
    assert await status_of(client, before) == 401
    assert (await kept(rt, client.cookies[COOKIE]))["metadata"]["currentRole"] == "host"
    header = (await client.get("/")).text.split("</header>")[0]
    assert 'href="/host/bookings"' in header
    assert 'href="/trips"' not in header
    assert (await client.get("/trips")).status_code == 200


async def test_a_role_one_does_not_have_cannot_be_switched_to(client: httpx.AsyncClient, ada: User) -> None:
    await sign_in(client, ada)
    answer = await submit(client, "/account", {"role": "admin"}, to="/account/switch-role")
    assert answer.status_code == 403


async def test_a_client_confirms_and_its_next_tokens_say_so(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    given = await token_of(client, ada)
    rt.clock.at = rt.clock.now() + timedelta(minutes=11)  # type: ignore[attr-defined]
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    wrong = await client.post("/api/v1/auth/confirm", json={"password": "Wrong-horse-7"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
    answer = await client.post("/api/v1/auth/confirm", json={"password": PASSWORD}, headers=headers)
    assert answer.status_code == 200, answer.text
    fresh = rt.clock.now()
    rt.clock.at = fresh + timedelta(minutes=5)  # type: ignore[attr-defined]
    renewed = await client.post("/api/v1/auth/refresh", json={"refresh_token": given["refresh_token"]})
    for token in (answer.json()["access_token"], renewed.json()["access_token"]):
        caller = rt.ports.token_keys.check(token).caller
        assert caller.confirmed_at == fresh


async def test_a_refresh_cookie_is_worth_nothing_without_its_mark(client: httpx.AsyncClient, ada: User) -> None:
    login = {"email": ada.email, "password": PASSWORD, "cookie": True}
    answer = await client.post("/api/v1/auth/login", json=login)
    assert answer.json()["refresh_token"] is None
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("hospes_refresh="))
    assert "HttpOnly" in cookie
    assert "Path=/api/v1/auth" in cookie
    assert "SameSite=strict" in cookie
    bare = await client.post("/api/v1/auth/refresh")
    assert (bare.status_code, bare.json()["code"]) == (403, "csrf_failed")
    mark = {"X-CSRF-Token": client.cookies["hospes_refresh_csrf"]}
    renewed = await client.post("/api/v1/auth/refresh", headers=mark)
    assert renewed.status_code == 200, renewed.text
    assert renewed.json()["refresh_token"] is None
    assert client.cookies["hospes_refresh_csrf"] != mark["X-CSRF-Token"]


async def test_a_client_that_kept_on_refreshing_signs_in_again_after_30_days(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    given, begun = await token_of(client, ada), rt.clock.now()
    for days in range(5, 30, 5):
        rt.clock.at = begun + timedelta(days=days)  # type: ignore[attr-defined]
        answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": given["refresh_token"]})
        assert answer.status_code == 200
        given = answer.json()
    rt.clock.at = begun + timedelta(days=30)  # type: ignore[attr-defined]
    answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": given["refresh_token"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "refresh_refused")


async def test_the_published_keys_are_kept_for_an_hour(client: httpx.AsyncClient) -> None:
    answer = await client.get("/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    (key,) = answer.json()["keys"]
    assert (key["alg"], key["use"], "d" in key) == ("ES256", "sig", False)


async def test_a_suspended_person_is_out_at_once_with_browser_and_client(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    await sign_in(client, ada)
    session, given = client.cookies[COOKIE], await token_of(client, ada)
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    office = as_browser(client, "")
    await sign_in(office, alma)
    page = f"/admin/people/{ada.id}"
    answer = await submit(office, page, {"reason": "Complaints"}, to=f"{page}/suspend")
    assert answer.status_code == 303
    await rt.ports.tail.poll()
    assert await status_of(client, session) == 401
    assert (await client.get("/api/v1/users/me", headers=headers)).status_code == 401
    login = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert login.json()["code"] == "account_not_active"
    back = await submit(office, page, {}, to=f"{page}/reactivate")
    assert back.status_code == 303
    await rt.ports.tail.poll()
    rt.clock.at = rt.clock.now() + timedelta(seconds=1)  # type: ignore[attr-defined]
    again = await token_of(client, ada)
    fresh = await client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {again['access_token']}"})
    assert fresh.status_code == 200
    async with rt.db.read() as tx:
        trail = await list_entries(tx, subject=ada.id)
    assert [(each.action, each.actor_id) for each in trail] == [
        ("account.reactivated", alma.id),
        ("account.suspended", alma.id),
    ]


async def test_a_process_that_starts_later_refuses_the_suspended_too(
    client: httpx.AsyncClient, rt: Runtime, runtime: Runtime, ada: User, alma: User
) -> None:
    token = (await token_of(client, ada))["access_token"]
    office = as_browser(client, "")
    await sign_in(office, alma)
    page = f"/admin/people/{ada.id}"
    await submit(office, page, {"reason": "Complaints"}, to=f"{page}/suspend")
    await facade.open_token_keys(runtime)
    checked = runtime.ports.token_keys.check(token)
    assert runtime.ports.token_keys.refusals.refuses_token(ada.id, checked.issued)


async def test_a_role_taken_away_ends_what_still_names_it(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    given = await token_of(client, ada)
    office = as_browser(client, "")
    await sign_in(office, alma)
    page = f"/admin/people/{ada.id}"
    assert (await submit(office, page, {}, to=f"{page}/roles/host/revoke")).status_code == 303
    await rt.ports.tail.poll()
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    assert (await client.get("/api/v1/users/me", headers=headers)).status_code == 401
    assert (await submit(office, page, {}, to=f"{page}/roles/host/grant")).status_code == 303
    own = await submit(office, f"/admin/people/{alma.id}", {}, to=f"/admin/people/{alma.id}/roles/admin/revoke")
    assert own.status_code == 422


async def test_looking_after_people_is_for_admins_who_confirmed(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    await sign_in(client, ada)
    assert (await client.get("/admin/people")).status_code == 403
    office = as_browser(client, "")
    await sign_in(office, alma)
    assert ada.email in (await office.get(f"/admin/people?q={ada.email.upper()}")).text
    assert ada.email in (await office.get(f"/admin/people?q={ada.id}")).text
    rt.clock.at = rt.clock.now() + timedelta(minutes=10)  # type: ignore[attr-defined]
    page = f"/admin/people/{ada.id}"
    answer = await submit(office, page, {"reason": "Complaints"}, to=f"{page}/suspend")
    assert (answer.status_code, answer.headers["location"]) == (303, "/confirm?next=/")


async def acting(client: httpx.AsyncClient, user: User, admin: User) -> httpx.AsyncClient:
    office = as_browser(client, "")
    await sign_in(office, admin)
    page = f"/admin/people/{user.id}"
    answer = await submit(office, page, {"act_reason": "Asked by telephone"}, to=f"{page}/act")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account"), answer.text
    return office


async def test_an_admin_acts_in_an_account_under_a_banner_and_leaves_it(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    office = await acting(client, ada, alma)
    shown = await office.get("/account")
    assert "You are in the account of <strong>Ada Lovelace</strong>" in shown.text
    inside = office.cookies[COOKIE]
    answer = await office.post("/account/acting/stop", data={"csrf_token": csrf_in(shown)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/people/{ada.id}")
    assert await status_of(client, inside) == 401
    me = await office.get("/api/v1/users/me")
    assert me.json()["id"] == str(alma.id)
    async with rt.db.read() as tx:
        trail = await list_entries(tx, subject=ada.id, action="impersonation.")
    assert [(each.action, each.actor_id, each.acting_for) for each in trail] == [
        ("impersonation.ended", alma.id, ada.id),
        ("impersonation.acted", alma.id, ada.id),
        ("impersonation.started", alma.id, ada.id),
    ]
    assert trail[-1].data == {"reason": "Asked by telephone"}


async def test_whoever_acts_moves_no_money_and_changes_no_way_in(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    office = await acting(client, ada, alma)
    token = {"X-CSRF-Token": csrf_in(await office.get("/account"))}
    for path in ("/api/v1/bookings", "/api/v1/auth/confirm", "/api/v1/users/me/become-host", "/confirm", "/account"):
        answer = await office.post(path, json={}, headers={**token, "accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_while_acting"), path
    for path in ("/confirm", "/account/security"):
        assert (await office.get(path)).status_code == 403
    assert (await office.get("/admin/people")).status_code == 403


async def test_acting_ends_after_half_an_hour_and_with_the_admins_own_sign_ins(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    office = await acting(client, ada, alma)
    assert await status_of(client, office.cookies[COOKIE]) == 200
    await facade.close_sessions(rt, alma.id)
    assert await status_of(client, office.cookies[COOKIE]) == 401
    office = await acting(client, ada, alma)
    rt.clock.at = rt.clock.now() + timedelta(minutes=30)  # type: ignore[attr-defined]
    assert await status_of(client, office.cookies[COOKIE]) == 401


async def test_nobody_acts_as_an_admin_as_themselves_or_without_a_reason(
    client: httpx.AsyncClient, rt: Runtime, ada: User, alma: User
) -> None:
    async with rt.db.write() as tx:
        other = await an_admin(tx)
    office = as_browser(client, "")
    await sign_in(office, alma)
    for user, reason, status in ((other, "Asked by telephone", 403), (alma, "Asked", 403), (ada, " ", 422)):
        page = f"/admin/people/{user.id}"
        answer = await submit(office, page, {"act_reason": reason}, to=f"{page}/act")
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "may"),
    [
        ("GET", "/trips", True),
        ("GET", "/account/security", False),
        ("POST", "/host/listings/1", True),
        ("POST", "/host/listings", True),
        ("POST", "/host/listingsx", False),
        ("POST", "/host/1/payouts/account", False),
        ("POST", "/api/v1/bookings", False),
        ("DELETE", "/api/v1/users/me/sessions", False),
        ("POST", "/account/acting/stop", True),
        ("POST", "/whatever/comes/later", False),
    ],
)
def test_what_is_not_on_the_list_is_not_done_while_acting(method: str, path: str, may: bool) -> None:
    assert may_while_acting(method, path) is may
