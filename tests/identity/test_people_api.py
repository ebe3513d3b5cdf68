"""Admins look after people and read the audit trail over the API."""

from datetime import timedelta

import httpx

from hospes.modules.identity import sessions
from hospes.modules.identity.contracts import User
from hospes.modules.identity.tokens import sign_access_token
from tests.builders.identity import a_user, an_admin
from tests.catalog.signed_in import bearer, runtime_of

API = "/api/v1/admin"


async def two(client: httpx.AsyncClient) -> tuple[User, User]:
    async with runtime_of(client).db.write() as tx:
        return await a_user(tx, email="ada@example.com"), await an_admin(tx)


async def test_people_are_found_by_address_and_id_and_listed_the_newest_first(client: httpx.AsyncClient) -> None:
    ada, alma = await two(client)
    headers = bearer(client, alma)
    for text in ("ADA@example.com", str(ada.id)):
        (found,) = (await client.get(f"{API}/people", params={"q": text}, headers=headers)).json()["items"]
        assert (found["id"], found["email"], found["roles"]) == (str(ada.id), "ada@example.com", ["guest"])
    page = (await client.get(f"{API}/people", params={"limit": 1}, headers=headers)).json()
    more = await client.get(f"{API}/people", params={"limit": 1, "before": page["next_before"]}, headers=headers)
    assert [each["id"] for each in (*page["items"], *more.json()["items"])] == [str(alma.id), str(ada.id)]
    assert more.json()["next_before"] is None
    assert (await client.get(f"{API}/people", params={"q": "nobody"}, headers=headers)).json()["items"] == []


async def test_suspending_and_roles_need_a_fresh_proof_and_are_in_the_trail(client: httpx.AsyncClient) -> None:
    ada, alma = await two(client)
    rt, home = runtime_of(client), f"{API}/people/{ada.id}"
    now = rt.clock.now()
    stale = sign_access_token(alma, rt.ports.token_keys, now=now, confirmed_at=now - timedelta(minutes=11))
    refused = await client.post(
        f"{home}/suspend", json={"reason": "It was asked so"}, headers={"Authorization": f"Bearer {stale}"}
    )
    assert refused.json()["code"] == "step_up_needed"
    headers = bearer(client, alma)
    done = await client.post(f"{home}/suspend", json={"reason": "It was asked so"}, headers=headers)
    assert (done.status_code, done.json()["status"]) == (200, "suspended")
    back = await client.post(f"{home}/reactivate", headers=headers)
    assert back.json()["status"] == "active"
    given = await client.post(f"{home}/roles/partner/grant", headers=headers)
    assert given.json()["roles"] == ["guest", "partner"]
    taken = await client.post(f"{home}/roles/partner/revoke", headers=headers)
    assert taken.json()["roles"] == ["guest"]
    again = await client.post(f"{home}/roles/partner/revoke", headers=headers)
    assert again.status_code == 409
    trail = (await client.get(f"{API}/audit", params={"who": str(ada.id)}, headers=headers)).json()
    assert {each["action"] for each in trail["items"]} >= {"role.granted", "role.withdrawn"}
    one = (await client.get(f"{API}/audit", params={"action": "role.", "limit": 1}, headers=headers)).json()
    assert [each["action"] for each in one["items"]] == ["role.withdrawn"]
    rest = await client.get(f"{API}/audit", params={"action": "role.", "before": one["next_before"]}, headers=headers)
    assert [each["action"] for each in rest.json()["items"]] == ["role.granted"]
    none = await client.get(f"{API}/audit", params={"until": "9999-12-31"}, headers=headers)
    assert none.status_code in (200, 422)


async def test_a_browser_goes_into_an_account_and_back_and_a_token_does_not(client: httpx.AsyncClient) -> None:
    ada, alma = await two(client)
    rt = runtime_of(client)
    by_token = await client.post(
        f"{API}/people/{ada.id}/act", json={"reason": "Asked by telephone"}, headers=bearer(client, alma)
    )
    assert by_token.status_code == 422
    session = await sessions.open_session(
        rt.valkey, alma, ip_address="127.0.0.1", user_agent="Test", lasts=600, now=rt.clock.now()
    )
    client.cookies.set("hospes_session", session.id)
    own = {"X-CSRF-Token": session.csrf_token}
    done = await client.post(f"{API}/people/{ada.id}/act", json={"reason": "Asked by telephone"}, headers=own)
    assert done.status_code == 200, done.text
    client.cookies.delete("hospes_session", domain="")
    client.cookies.set("hospes_session", done.cookies["hospes_session"])
    assert (await client.get("/api/v1/users/me")).json()["email"] == "ada@example.com"
    theirs = {"X-CSRF-Token": done.json()["csrf_token"]}
    assert (
        await client.post(f"{API}/people/{alma.id}/suspend", json={"reason": "x"}, headers=theirs)
    ).status_code == 403
    back = await client.post("/api/v1/auth/acting/stop", headers=theirs)
    assert (back.status_code, back.json()["user_id"], back.json()["acting"]) == (200, str(alma.id), False)
    client.cookies.delete("hospes_session", domain="")
    client.cookies.set("hospes_session", back.cookies["hospes_session"])
    again = await client.post("/api/v1/auth/acting/stop", headers={"X-CSRF-Token": back.json()["csrf_token"]})
    assert again.status_code == 422
