"""Passkeys over the API, with an authenticator in software that also signs what no browser would."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from hospes.modules.identity import passkeys
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import PasskeyRefused
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import passkeys as kept
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings
from tests.builders.authenticator import Authenticator, raw, text
from tests.builders.identity import a_user
from tests.conftest import FixedClock
from tests.identity.by_api import LOGIN, bearer, log_in

MINE = "/api/v1/users/me/security"
PASSKEY = "/api/v1/auth/passkey"


@pytest.fixture
async def eve(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await a_user(tx, first_name="Eve")


async def add(
    client: httpx.AsyncClient, me: dict[str, str], device: Authenticator, name: str = "My laptop"
) -> httpx.Response:
    asked = (await client.post(f"{MINE}/passkeys/options", headers=me)).json()
    body = {"ceremony": asked["ceremony"], "credential": device.make(asked["options"]), "name": name}
    return await client.post(f"{MINE}/passkeys", json=body, headers=me)


def step_by(device: Authenticator, challenge: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What the device answers where a passkey is the second step."""
    answer = {"ceremony": asked["ceremony"], "credential": device.answer(asked["options"])}
    return {"challenge": challenge, "method": "passkey", **answer}


async def with_passkey(client: httpx.AsyncClient, user: User) -> Authenticator:
    device = Authenticator()
    added = await add(client, bearer(await log_in(client, user)), device)
    assert added.status_code == 201, added.text
    return device


async def enter(client: httpx.AsyncClient, device: Authenticator) -> httpx.Response:
    asked = (await client.post(f"{PASSKEY}/options")).json()
    return await client.post(
        PASSKEY, json={"ceremony": asked["ceremony"], "credential": device.answer(asked["options"])}
    )


async def test_a_passkey_alone_opens_the_account(client: httpx.AsyncClient, ada: User) -> None:
    device = await with_passkey(client, ada)
    entered = await enter(client, device)
    assert entered.status_code == 200, entered.text
    assert entered.json()["user"]["id"] == str(ada.id)
    (listed,) = (await client.get(MINE, headers=bearer(entered))).json()["passkeys"]
    assert (listed["name"], listed["synced"]) == ("My laptop", False)
    assert listed["last_used_at"] is not None


async def test_a_passkey_is_a_second_step_after_the_password(client: httpx.AsyncClient, ada: User) -> None:
    device = await with_passkey(client, ada)
    refused = await log_in(client, ada)
    assert (refused.status_code, refused.json()["methods"]) == (401, ["passkey"])
    challenge = refused.json()["challenge"]
    asked = (await client.post(f"{LOGIN}/second/passkey", json={"challenge": challenge})).json()
    assert [each["id"] for each in asked["options"]["allowCredentials"]] == [text(device.id)]
    device.verifies = False  # presence is enough after the password
    body = step_by(device, challenge, asked)
    entered = await client.post(f"{LOGIN}/second", json=body)
    assert entered.status_code == 200, entered.text
    assert (await client.post(f"{LOGIN}/second", json=body)).json()["code"] == "second_step_expired"


async def test_options_ask_for_a_discoverable_verified_passkey_and_tell_nothing(
    client: httpx.AsyncClient, ada: User
) -> None:
    device = await with_passkey(client, ada)
    entered = await enter(client, device)
    made = (await client.post(f"{MINE}/passkeys/options", headers=bearer(entered))).json()["options"]
    assert made["rp"] == {"id": "localhost", "name": "Hospes"}
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert raw(made["user"]["id"]) == ada.id.bytes
    assert [each["id"] for each in made["excludeCredentials"]] == [text(device.id)]
    asked = (await client.post(f"{PASSKEY}/options")).json()["options"]
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"
    assert len(raw(asked["challenge"])) == 32


def elsewhere(device: Authenticator) -> None:
    device.origin = "https://hospes.example.evil"


def other_site(device: Authenticator) -> None:
    device.rp_id = "evil.example"


def unverified(device: Authenticator) -> None:
    device.verifies = False


def other_key(device: Authenticator) -> None:
    device.key = Authenticator().key


def copied(device: Authenticator) -> None:
    device.count = 0


def somebody_else(device: Authenticator) -> None:
    device.user_handle = text(bytes(16))


@pytest.mark.parametrize("spoil", [elsewhere, other_site, unverified, other_key, copied, somebody_else])
async def test_an_answer_that_does_not_fit_opens_nothing(
    client: httpx.AsyncClient, ada: User, spoil: Callable[[Authenticator], None]
) -> None:
    """Its control is the same answer unspoilt, before and (but for the counter) after."""
    device = await with_passkey(client, ada)
    assert (await enter(client, device)).status_code == 200
    spoil(device)
    refused = await enter(client, device)
    assert (refused.status_code, refused.json()["code"]) == (422, "passkey_refused")


@pytest.mark.parametrize("spoil", [elsewhere, other_site, unverified])
async def test_a_passkey_that_was_made_elsewhere_is_not_kept(
    client: httpx.AsyncClient, ada: User, spoil: Callable[[Authenticator], None]
) -> None:
    me = bearer(await log_in(client, ada))
    device = Authenticator()
    spoil(device)
    refused = await add(client, me, device)
    assert (refused.status_code, refused.json()["code"]) == (422, "passkey_refused")
    assert (await add(client, me, Authenticator())).status_code == 201


async def test_an_answer_is_good_once_and_for_five_minutes_and_for_its_challenge(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    device = await with_passkey(client, ada)
    asked = (await client.post(f"{PASSKEY}/options")).json()
    body = {"ceremony": asked["ceremony"], "credential": device.answer(asked["options"])}
    assert (await client.post(PASSKEY, json=body)).status_code == 200
    replayed = await client.post(PASSKEY, json=body)
    assert (replayed.status_code, replayed.json()["code"]) == (422, "passkey_refused")
    other = (await client.post(f"{PASSKEY}/options")).json()
    crossed = {"ceremony": other["ceremony"], "credential": device.answer(asked["options"])}
    assert (await client.post(PASSKEY, json=crossed)).status_code == 422
    await client.post(f"{PASSKEY}/options")
    lives = [await runtime.valkey.ttl(key) async for key in runtime.valkey.scan_iter("passkey:challenge:*")]
    assert lives
    assert all(0 < seconds <= 300 for seconds in lives)


async def test_a_challenge_of_one_purpose_or_person_serves_no_other(
    client: httpx.AsyncClient, ada: User, eve: User
) -> None:
    device = await with_passkey(client, ada)
    ada_asked = (await log_in(client, ada)).json()["challenge"]
    asked = (await client.post(f"{LOGIN}/second/passkey", json={"challenge": ada_asked})).json()
    as_log_in = {"ceremony": asked["ceremony"], "credential": device.answer(asked["options"])}
    assert (await client.post(PASSKEY, json=as_log_in)).status_code == 422
    eves = bearer(await log_in(client, eve))
    begun = (await client.post(f"{MINE}/passkeys/options", headers=eves)).json()
    made = {"ceremony": begun["ceremony"], "credential": Authenticator().make(begun["options"])}
    as_ada = bearer(await enter(client, device))
    assert (await client.post(f"{MINE}/passkeys", json=made, headers=as_ada)).status_code == 422


async def test_somebody_elses_passkey_is_no_second_step(client: httpx.AsyncClient, ada: User, eve: User) -> None:
    await with_passkey(client, ada)
    eves = await with_passkey(client, eve)
    challenge = (await log_in(client, ada)).json()["challenge"]
    asked = (await client.post(f"{LOGIN}/second/passkey", json={"challenge": challenge})).json()
    body = step_by(eves, challenge, asked)
    refused = await client.post(f"{LOGIN}/second", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "passkey_refused")
    assert (await enter(client, eves)).json()["user"]["id"] == str(eve.id)


async def test_one_passkey_belongs_to_one_person(client: httpx.AsyncClient, ada: User, eve: User) -> None:
    device = await with_passkey(client, ada)
    refused = await add(client, bearer(await log_in(client, eve)), device)
    assert (refused.status_code, refused.json()["code"]) == (422, "passkey_refused")


async def test_without_the_constraint_a_passkey_would_have_two_owners(runtime: Runtime, ada: User, eve: User) -> None:
    """The control."""
    async with runtime.db.write() as tx:
        await tx.run("ALTER TABLE identity.passkey DROP CONSTRAINT passkey_belongs_to_one_person")
        for user in (ada, eve):
            await tx.run(
                "INSERT INTO identity.passkey (id, user_id, credential_id, public_key, sign_count, name, backed_up,"
                " created_at) VALUES (gen_random_uuid(), %s, %s, 'x', 0, 'x', false, now())",
                (user.id, b"one"),
            )
        rows = await tx.all("SELECT user_id FROM identity.passkey WHERE credential_id = %s", (b"one",))
    assert {row["user_id"] for row in rows} == {ada.id, eve.id}


@pytest.mark.race
async def test_of_two_answers_with_one_count_one_is_taken(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    await with_passkey(client, ada)
    async with runtime.db.read() as tx:
        (passkey,) = await factors.list_passkeys(tx, ada.id)
    barrier = asyncio.Barrier(4)

    async def use() -> bool:
        async with runtime.db.write() as tx:
            await tx.find("SELECT 1")
            await barrier.wait()
            return await kept.use_passkey(tx, passkey.id, seen=0, count=1, now=runtime.clock.now())

    assert sorted(await asyncio.gather(*(use() for _ in range(4)))) == [False, False, False, True]


async def test_a_passkey_is_renamed_and_removed_by_its_owner_alone(
    client: httpx.AsyncClient, ada: User, eve: User
) -> None:
    device = await with_passkey(client, ada)
    me = bearer(await enter(client, device))
    (listed,) = (await client.get(MINE, headers=me)).json()["passkeys"]
    path = f"{MINE}/passkeys/{listed['id']}"
    eves = bearer(await log_in(client, eve))
    assert (await client.patch(path, json={"name": "Mine"}, headers=eves)).status_code == 404
    assert (await client.delete(f"{path}?turn_off=true", headers=eves)).status_code == 404
    assert (await client.patch(path, json={"name": "  The  phone "}, headers=me)).json()["name"] == "The phone"
    assert (await client.patch(path, json={"name": "x" * 61}, headers=me)).status_code == 422
    assert (await client.delete(path, headers=me)).json()["code"] == "last_second_factor"
    assert (await client.delete(f"{path}?turn_off=true", headers=me)).status_code == 204
    assert (await enter(client, device)).status_code == 422
    assert (await log_in(client, ada)).status_code == 200


async def test_a_passkey_confirms_that_it_is_you(client: httpx.AsyncClient, ada: User, clock: FixedClock) -> None:
    device = await with_passkey(client, ada)
    me = bearer(await enter(client, device))
    clock.at += timedelta(minutes=11)
    assert (await client.post(f"{MINE}/recovery-codes", headers=me)).json()["code"] == "step_up_needed"
    asked = (await client.post("/api/v1/auth/confirm/second/passkey", headers=me)).json()
    body = {"method": "passkey", "ceremony": asked["ceremony"], "credential": device.answer(asked["options"])}
    done = await client.post("/api/v1/auth/confirm/second", json=body, headers=me)
    assert done.status_code == 200, done.text
    assert (await client.post(f"{MINE}/recovery-codes", headers=bearer(done))).status_code == 200


async def test_a_closed_account_is_not_opened_by_a_passkey(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    device = await with_passkey(client, ada)
    async with runtime.db.write() as tx:
        await tx.run("UPDATE identity.user_account SET status = 'suspended' WHERE id = %s", (ada.id,))
    assert (await enter(client, device)).json()["code"] == "account_not_active"


NONSENSE: list[Any] = [
    {},
    {"id": 1, "rawId": "x"},
    {"rawId": "AAAA", "id": "AAAA", "type": "public-key", "response": {}},
    {"rawId": "AAAA", "id": "AAAA", "type": "public-key", "response": {"clientDataJSON": "!!", "attestationObject": 5}},
    {"rawId": "AAAA", "id": "AAAA", "type": "x", "response": None},
    {"rawId": "A" * 3000, "id": "A" * 3000, "type": "public-key", "response": []},
]


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_nonsense_is_refused_and_no_fault_of_ours(client: httpx.AsyncClient, ada: User, nonsense: Any) -> None:
    asked = (await client.post(f"{PASSKEY}/options")).json()
    said = await client.post(PASSKEY, json={"ceremony": asked["ceremony"], "credential": nonsense})
    assert (said.status_code, said.json()["code"]) == (422, "passkey_refused"), orjson.dumps(nonsense)
    me = bearer(await log_in(client, ada))
    begun = (await client.post(f"{MINE}/passkeys/options", headers=me)).json()
    said = await client.post(
        f"{MINE}/passkeys", json={"ceremony": begun["ceremony"], "credential": nonsense}, headers=me
    )
    assert (said.status_code, said.json()["code"]) == (422, "passkey_refused"), orjson.dumps(nonsense)


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_an_altered_attestation_is_never_a_fault_of_ours(at: int) -> None:
    site, device = passkeys.Site("localhost", "http://localhost:8000"), Authenticator()
    made = device.make({"user": {"id": "AAAA"}, "challenge": text(bytes(32))})
    kept_form = raw(made["response"]["attestationObject"])
    at %= len(kept_form)
    made["response"]["attestationObject"] = text(kept_form[:at] + bytes((kept_form[at] ^ 0xFF,)) + kept_form[at + 1 :])
    with suppress(PasskeyRefused):
        passkeys.check_made(site, made, bytes(32))


@pytest.mark.parametrize(
    ("public_url", "port", "site"),
    [
        ("", 8000, ("localhost", "http://localhost:8000")),
        ("https://Stay.Example.org/", 8000, ("stay.example.org", "https://stay.example.org")),
        ("https://stay.example.org:8443", 1, ("stay.example.org", "https://stay.example.org:8443")),
        ("http://localhost:80/x", 1, ("localhost", "http://localhost")),
    ],
)
def test_passkeys_belong_to_the_public_address(public_url: str, port: int, site: tuple[str, str]) -> None:
    found = passkeys.site_of(Settings(public_url=public_url, port=port))
    assert (found.id, found.origin) == site
