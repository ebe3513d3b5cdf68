"""Stolen, planted and forged proofs of who somebody is, each tried at every door it was not made for.

What makes an access token valid is tried in tests/identity/test_tokens.py; this goes through the application.
"""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, RSAKey

from hospes.modules.identity import sessions
from hospes.modules.identity.contracts import User
from hospes.modules.identity.use_cases.make_api_key import make_api_key
from hospes.platform.runtime import Runtime
from tests.builders.codes import react, sent_to
from tests.builders.identity import PASSWORD, a_user
from tests.catalog.signed_in import csrf_in, runtime_of, sign_in, submit
from tests.conftest import FixedClock

ME = "/api/v1/users/me"
COOKIE = "hospes_session"
NEW_PASSWORD = "Another-battery-8"


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    return runtime_of(client)


@pytest.fixture
async def ada(rt: Runtime) -> User:
    async with rt.db.write() as tx:
        return await a_user(tx, email="ada@example.com")


async def given_to(client: httpx.AsyncClient, user: User) -> dict[str, Any]:
    """The pair of tokens of a sign-in."""
    answer = await client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def stranger(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Another browser at the same application, without cookies."""
    return httpx.AsyncClient(transport=client._transport, base_url="http://test")


def packed(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def header_of(token: str) -> dict[str, Any]:
    head = token.split(".", 1)[0]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return read


def forgeries(rt: Runtime, good: str) -> dict[str, str]:
    """Tokens that say what a good one says, or more, by everything but a signature of ours."""
    _, body, signature = good.split(".")
    header = header_of(good)
    claims = {**json.loads(base64.urlsafe_b64decode(body + "==")), "roles": ["admin"]}
    public = rt.ports.token_keys.signer(rt.clock.now()).key
    own, rsa = ECKey.generate_key("P-256"), RSAKey.generate_key(2048)
    found = {
        f"alg {alg}": f"{packed({**header, 'alg': alg})}.{packed(claims)}."
        for alg in ("none", "None", "NONE", "nOnE", "", "HS256")
    }
    found |= {
        f"header {name}": f"{packed({**header, **more})}.{body}.{signature}"
        for name, more in {
            "crit": {"crit": ["exp"]},
            "b64": {"b64": False, "crit": ["b64"]},
            "kid a path": {"kid": "../../../../dev/null"},
            "kid a statement": {"kid": "' UNION SELECT 'x"},
            "kid a list": {"kid": [header["kid"]]},
            "typ an id token's": {"typ": "JWT"},
        }.items()
    }
    for name, more in {"jku": {"jku": "http://127.0.0.1:9/keys"}, "x5u": {"x5u": "http://127.0.0.1:9/cert"}}.items():
        found[name] = jwt.encode({**header, **more}, claims, own)
    found["jwk"] = jwt.encode({**header, "jwk": own.as_dict(private=False)}, claims, own)
    found["another curve"] = jwt.encode(
        {**header, "alg": "ES384"}, claims, ECKey.generate_key("P-384"), algorithms=["ES384"]
    )
    found["rsa"] = jwt.encode({**header, "alg": "RS256"}, claims, rsa, algorithms=["RS256"])
    signed = f"{packed({**header, 'alg': 'HS256'})}.{packed(claims)}"
    halves = {"pem": public.as_pem(private=False), "jwk": json.dumps(public.as_dict(private=False)).encode()}
    for name, key in halves.items():
        mark = base64.urlsafe_b64encode(hmac.digest(key, signed.encode(), "sha256")).rstrip(b"=").decode()
        found[f"hmac with the public {name}"] = f"{signed}.{mark}"
    found["encrypted to us"] = jwe.encrypt_compact(
        {"alg": "ECDH-ES", "enc": "A256GCM", "kid": header["kid"], "typ": "at+jwt"}, json.dumps(claims).encode(), public
    )
    found["the signature of nothing"] = f"{packed(header)}.{packed(claims)}.{packed({})}"
    found["zeros for a signature"] = f"{packed(header)}.{packed(claims)}.{'A' * 86}"
    found["two names for one thing"] = f"{packed(header)}.{body}{packed({'roles': ['admin']})}.{signature}"
    return found


async def test_no_forged_token_opens_the_door_that_a_good_one_opens(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    good = (await given_to(client, ada))["access_token"]
    assert (await client.get(ME, headers=bearer(good))).status_code == 200  # the control
    forged = forgeries(rt, good)
    answers = {name: (await client.get(ME, headers=bearer(token))).status_code for name, token in forged.items()}
    assert answers == dict.fromkeys(forged, 401)
    assert len(forged) == 23


async def test_a_proof_is_good_at_its_own_door_only(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    given = await given_to(client, ada)
    await sign_in(client, ada)
    session_id, csrf = client.cookies[COOKIE], csrf_in(await client.get("/account"))
    browser_only = stranger(client)
    for token in (given["refresh_token"], session_id, csrf, str(ada.id)):
        assert (await browser_only.get(ME, headers=bearer(token))).status_code == 401
    for cookie in (given["access_token"], given["refresh_token"], csrf):
        browser_only.cookies.set(COOKIE, cookie)
        assert (await browser_only.get(ME)).status_code == 401
        assert (await browser_only.get("/account", follow_redirects=False)).status_code in (302, 303)
    browser_only.cookies.clear()
    for token in (given["access_token"], session_id, csrf):
        answer = await browser_only.post("/api/v1/auth/refresh", json={"refresh_token": token})
        assert answer.status_code in (401, 422)  # an access token is longer than any refresh token
    for name in ("access_token", "token", "authorization", COOKIE):
        said = {name: given["access_token"]}
        assert (await browser_only.get(ME, params=said)).status_code == 401
        assert (await browser_only.request("GET", ME, data=said)).status_code == 401
    for scheme in ("Basic", "Token", "JWT", "DPoP"):
        answer = await browser_only.get(ME, headers={"Authorization": f"{scheme} {given['access_token']}"})
        assert answer.status_code == 401


async def test_a_partners_key_is_good_in_its_header_only(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    async with rt.db.write() as tx:
        _, key = await make_api_key(
            tx, user_id=ada.id, name="Channel manager", scopes=["read:bookings"], lasts_days=30, now=rt.clock.now()
        )
    path = "/api/v1/bookings"
    assert (await client.get(path, headers=bearer(key))).status_code == 200  # the control
    other = stranger(client)
    for name in ("access_token", "api_key", "key", "token"):
        assert (await other.get(path, params={name: key})).status_code == 401
    traded = await other.post("/api/v1/auth/refresh", json={"refresh_token": key})
    assert traded.status_code == 401
    other.cookies.set(COOKIE, key)
    assert (await other.get(path)).status_code == 401


async def test_the_step_before_a_session_is_no_session(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    """A challenge of the second step, a code's id and a reset's id open nothing."""
    asked = (await client.post("/api/v1/auth/forgot-password", json={"email": ada.email})).json()
    for said in (asked["reset_id"], "pending", "login:pending"):
        for where in ({"headers": bearer(said)}, {"cookies": {COOKIE: said}}):
            other = stranger(client)
            if "cookies" in where:
                other.cookies.set(COOKIE, said)
            assert (await other.get(ME, headers=where.get("headers"))).status_code == 401


async def test_a_session_planted_by_an_attacker_is_not_the_victims_afterwards(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    """Not even a real one: signing in beside it gives another id, and the attacker's stays the attacker's."""
    async with rt.db.write() as tx:
        eve = await a_user(tx)
    planted = await sessions.open_session(
        rt.valkey, eve, ip_address="", user_agent="Eve", lasts=600, now=rt.clock.now()
    )
    client.cookies.set(COOKIE, planted.id, domain="test.local", path="/")
    shown = await client.get("/login")
    if shown.status_code == 200:
        await sign_in(client, ada)
    else:  # who is signed in already is sent on: the victim sees whose account it is
        assert shown.status_code == 303
    eves = stranger(client)
    eves.cookies.set(COOKIE, planted.id)
    who = await eves.get(ME)
    assert who.status_code == 401 or who.json()["id"] == str(eve.id)


async def test_of_a_session_that_was_rotated_the_old_id_is_dead_for_whoever_stole_it(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await sign_in(client, ada)
    thief = stranger(client)
    thief.cookies.set(COOKIE, client.cookies[COOKIE])
    assert (await thief.get(ME)).status_code == 200  # the control: until then it is worth as much as ours
    answer = await submit(client, "/confirm", {"password": PASSWORD, "next": "/account"})
    assert answer.status_code == 303, answer.text
    assert (await thief.get(ME)).status_code == 401
    assert (await client.get(ME)).status_code == 200


async def test_who_stole_a_refresh_token_is_out_as_soon_as_its_owner_uses_theirs(
    client: httpx.AsyncClient, rt: Runtime, ada: User, clock: FixedClock
) -> None:
    """The thief goes first; the owner's use ends the family, whatever the thief traded it for meanwhile."""
    stolen = (await given_to(client, ada))["refresh_token"]
    traded = [stolen]
    for _ in range(3):
        clock.at += timedelta(minutes=10)
        answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": traded[-1]})
        assert answer.status_code == 200
        traded.append(answer.json()["refresh_token"])
    reused = await client.post("/api/v1/auth/refresh", json={"refresh_token": stolen})
    assert (reused.status_code, reused.json()["code"]) == (401, "refresh_reused")
    for token in traded:
        answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": token})
        assert answer.status_code == 401, "every token of that sign-in"
    assert (await given_to(client, ada))["refresh_token"] not in traded


async def test_a_new_password_ends_what_was_stolen_before_it(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    """The refresh token and the browser session at once; an access token lives its 15 minutes at most."""
    stolen = await given_to(client, ada)
    await sign_in(client, ada)
    thief = stranger(client)
    thief.cookies.set(COOKIE, client.cookies[COOKIE])
    assert (await thief.get(ME)).status_code == 200
    await client.post("/api/v1/auth/forgot-password", json={"email": ada.email})
    await react(rt, only="identity")
    told = await sent_to(rt, ada.id)
    done = await client.post("/api/v1/auth/reset-password", json={"token": told["link"], "password": NEW_PASSWORD})
    assert done.status_code == 204, done.text
    await react(rt, only="identity")
    assert (await thief.get(ME)).status_code == 401
    refreshed = await client.post("/api/v1/auth/refresh", json={"refresh_token": stolen["refresh_token"]})
    assert refreshed.status_code == 401
    clock: FixedClock = rt.clock  # type: ignore[assignment]
    clock.at += timedelta(minutes=15)
    assert (await thief.get(ME, headers=bearer(stolen["access_token"]))).status_code == 401


@pytest.mark.parametrize(
    "header", ["X-Forwarded-User", "X-Remote-User", "X-User-Id", "X-Original-URL", "X-Rewrite-URL"]
)
async def test_no_header_names_somebody_or_another_page(client: httpx.AsyncClient, ada: User, header: str) -> None:
    for said in (str(ada.id), ada.email, "/admin", ME):
        assert (await client.get(ME, headers={header: said})).status_code == 401
        assert (await client.get("/login", headers={header: said})).status_code == 200


async def test_no_header_makes_another_request_of_it(client: httpx.AsyncClient, ada: User) -> None:
    await sign_in(client, ada)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        await client.get(ME, headers={header: "DELETE"})
        await client.post("/account", data={"_method": "DELETE"}, headers={header: "DELETE"})
    assert (await client.get(ME)).json()["email"] == ada.email
