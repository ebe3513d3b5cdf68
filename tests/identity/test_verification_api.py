"""Verifying, forgetting and changing over the API: who may, what is told, and what a stranger learns."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from hospes.modules.identity.contracts import User
from hospes.platform.runtime import Runtime
from tests.builders.codes import react, sent_to
from tests.builders.identity import PASSWORD, a_user
from tests.conftest import FixedClock

NEWCOMER = {
    "email": "ada@example.com",
    "password": "Correct-horse-7",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_of_birth": "1990-05-31",
    "phone": "+34612345678",
}
NEW_PASSWORD = "Another-battery-8"


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    """The runtime of the application that the client talks to."""
    found: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return found


async def register(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/auth/register", json={**NEWCOMER, **changes})
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def token_of(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> dict[str, str]:
    answer = await client.post("/api/v1/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def bearer(said: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {said['access_token']}"}


@pytest.fixture
async def ada(rt: Runtime) -> User:
    async with rt.db.write() as tx:
        return await a_user(tx, email="ada@example.com", phone="+34612345678")


async def verified(rt: Runtime, user: User, *, email: bool = True, phone: bool = False) -> User:
    async with rt.db.write() as tx:
        await tx.run(
            "UPDATE identity.user_account SET email_verified_at = CASE WHEN %s THEN now() END,"
            " phone_verified_at = CASE WHEN %s THEN now() END WHERE id = %s",
            (email, phone, user.id),
        )
    return user


async def types_of(rt: Runtime, user_id: UUID | str) -> list[str]:
    async with rt.db.read() as tx:
        rows = await tx.all(
            "SELECT type FROM platform.outbox WHERE aggregate_id = %s ORDER BY id", (UUID(str(user_id)),)
        )
    return [row["type"] for row in rows]


def field_of(answer: httpx.Response) -> dict[str, str]:
    return {each["field"]: each["message"] for each in answer.json().get("errors", [])}


async def test_a_newcomer_is_sent_a_code_and_a_link_and_either_confirms_the_address(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    said = await register(client)
    assert (said["user"]["email_verified"], said["user"]["phone_verified"]) == (False, False)
    await react(rt, only="identity")
    told = await sent_to(rt, said["user"]["id"])
    assert (told["address"], told["purpose"]) == ("ada@example.com", "verify_email")
    answer = await client.post("/api/v1/auth/verify-email", json={"code": told["code"]}, headers=bearer(said))
    assert (answer.status_code, answer.json()["email_verified"]) == (200, True)
    again = await client.post("/api/v1/auth/verify-email", json={"token": told["link"]})
    assert (again.status_code, again.json()["email_verified"]) == (200, True), "told so, not refused"
    assert (await types_of(rt, said["user"]["id"])).count("user.email_verified") == 1


async def test_the_link_confirms_without_signing_in_but_not_for_somebody_else(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    said = await register(client)
    await react(rt, only="identity")
    link = (await sent_to(rt, said["user"]["id"]))["link"]
    eve = await register(client, email="eve@example.com")
    stolen = await client.post("/api/v1/auth/verify-email", json={"token": link}, headers=bearer(eve))
    assert (stolen.status_code, stolen.json()["code"]) == (410, "link_refused")
    answer = await client.post("/api/v1/auth/verify-email", json={"token": link})
    assert (answer.status_code, answer.json()["id"]) == (200, said["user"]["id"])
    for made_up in (link[::-1], "x" * 43, "", link + "A"):
        refused = await client.post("/api/v1/auth/verify-email", json={"token": made_up})
        assert refused.status_code in (401, 410)


async def test_another_persons_code_is_worth_nothing(client: httpx.AsyncClient, rt: Runtime) -> None:
    ada, eve = await register(client), await register(client, email="eve@example.com")
    await react(rt, only="identity")
    code = (await sent_to(rt, ada["user"]["id"]))["code"]
    mine = (await sent_to(rt, eve["user"]["id"]))["code"]
    if code != mine:
        refused = await client.post("/api/v1/auth/verify-email", json={"code": code}, headers=bearer(eve))
        assert (refused.status_code, field_of(refused)) == (
            422,
            {"code": "This code is not right. You can try 4 more times."},
        )


async def test_once_the_address_is_confirmed_the_number_gets_a_text_and_nothing_before(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    said = await register(client)
    await react(rt, only="identity")
    me = said["user"]["id"]
    told = await sent_to(rt, me)
    assert await types_of(rt, me) == ["user.registered", "user.code_sent"]
    await client.post("/api/v1/auth/verify-email", json={"token": told["link"]})
    await react(rt, only="identity")
    text = await sent_to(rt, me)
    assert (text["address"], text["purpose"], text["link"]) == ("+34612345678", "verify_phone", "")
    answer = await client.post("/api/v1/auth/verify-phone", json={"code": text["code"]}, headers=bearer(said))
    assert (answer.status_code, answer.json()["phone_verified"]) == (200, True)
    assert (await types_of(rt, me))[-1] == "user.phone_verified"


async def test_a_verified_address_earns_its_credit_and_a_welcome_once(client: httpx.AsyncClient, rt: Runtime) -> None:
    said = await register(client)
    await react(rt)
    await client.post("/api/v1/auth/verify-email", json={"token": (await sent_to(rt, said["user"]["id"]))["link"]})
    await react(rt)
    async with rt.db.read() as tx:
        kinds = [r["kind"] for r in await tx.all("SELECT kind FROM notifications.message ORDER BY id")]
        credits = await tx.all("SELECT data FROM platform.outbox WHERE type = 'credit.given'")
    assert kinds.count("verify_email") == kinds.count("welcome") == kinds.count("verify_phone") == 1
    assert [(row["data"]["amount"], row["data"]["currency"]) for row in credits] == [(1000, "USD")]


async def test_codes_can_be_asked_for_again_after_a_minute(
    client: httpx.AsyncClient, rt: Runtime, clock: FixedClock
) -> None:
    said = await register(client)
    headers = bearer(said)
    sent = await client.post("/api/v1/auth/resend-verification", headers=headers)
    assert sent.status_code == 202
    soon = await client.post("/api/v1/auth/otp/send", json={"purpose": "verify_email"}, headers=headers)
    assert (soon.status_code, soon.json()["code"], soon.headers["retry-after"]) == (429, "code_sent_recently", "60")
    clock.at += timedelta(minutes=1)
    assert (await client.post("/api/v1/auth/resend-verification", headers=headers)).status_code == 202
    told = await sent_to(rt, said["user"]["id"])
    done = await client.post(
        "/api/v1/auth/otp/verify", json={"purpose": "verify_email", "code": told["code"]}, headers=headers
    )
    assert done.json()["email_verified"] is True
    over = await client.post("/api/v1/auth/resend-verification", headers=headers)
    assert over.status_code == 409


async def test_nobody_verifies_without_signing_in(client: httpx.AsyncClient) -> None:
    for path, body in (
        ("/api/v1/auth/verify-email", {"code": "123456"}),
        ("/api/v1/auth/verify-phone", {"code": "123456"}),
        ("/api/v1/auth/resend-verification", {}),
        ("/api/v1/auth/otp/send", {"purpose": "verify_email"}),
        ("/api/v1/auth/otp/verify", {"purpose": "verify_email", "code": "123456"}),
        ("/api/v1/users/me/email", {"email": "a@b.example", "current_password": "x"}),
        ("/api/v1/users/me/phone", {"phone": "+34612345678", "current_password": "x"}),
        ("/api/v1/users/me/password", {"password": "x", "current_password": "x"}),
        ("/api/v1/users/me/email/confirm", {"code": "123456"}),
        ("/api/v1/users/me/phone/confirm", {"code": "123456"}),
    ):
        assert (await client.post(path, json=body)).status_code == 401, path


async def test_a_forgotten_password_is_set_anew_by_the_link_and_every_sign_in_ends(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    signed_in = (await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})).json()
    asked = await client.post("/api/v1/auth/forgot-password", json={"email": "ADA@example.com"})
    assert asked.status_code == 202
    await react(rt, only="identity")
    told = await sent_to(rt, ada.id)
    done = await client.post("/api/v1/auth/reset-password", json={"token": told["link"], "password": NEW_PASSWORD})
    assert done.status_code == 204
    refreshed = await client.post("/api/v1/auth/refresh", json={"refresh_token": signed_in["refresh_token"]})
    assert refreshed.status_code == 401
    old = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert old.status_code == 401
    me = await client.get("/api/v1/users/me", headers=await token_of(client, ada.email, NEW_PASSWORD))
    assert me.json()["email_verified"] is True, "who got the mail has the mailbox"
    for body in ({"token": told["link"]}, {"reset_id": asked.json()["reset_id"], "code": told["code"]}):
        again = await client.post("/api/v1/auth/reset-password", json={**body, "password": "Third-battery-9"})
        assert again.status_code in (410, 422), "once"


async def test_a_forgotten_password_is_set_anew_by_the_code(client: httpx.AsyncClient, rt: Runtime, ada: User) -> None:
    asked = (await client.post("/api/v1/auth/forgot-password", json={"email": ada.email})).json()
    await react(rt, only="identity")
    told = await sent_to(rt, ada.id)
    body = {"reset_id": asked["reset_id"], "code": told["code"], "password": NEW_PASSWORD}
    other = await client.post("/api/v1/auth/reset-password", json={**body, "reset_id": str(uuid4())})
    assert (other.status_code, other.json()["code"]) == (422, "code_refused")
    weak = await client.post("/api/v1/auth/reset-password", json={**body, "password": "Password1"})
    assert (weak.status_code, list(field_of(weak))) == (422, ["password"])
    assert (await client.post("/api/v1/auth/reset-password", json=body)).status_code == 204
    assert await token_of(client, ada.email, NEW_PASSWORD)


async def test_nobody_learns_from_words_who_has_an_account(
    client: httpx.AsyncClient, rt: Runtime, ada: User, clock: FixedClock
) -> None:
    """Asking, asking too often, and typing codes: the same answers for an address with and without an account."""
    answers: dict[str, list[Any]] = {}
    for email in (ada.email, "nobody@example.com"):
        clock.at += timedelta(days=2)
        said: list[Any] = []
        asked = await client.post("/api/v1/auth/forgot-password", json={"email": email})
        await react(rt, only="identity")
        said.append((asked.status_code, sorted(asked.json())))
        soon = await client.post("/api/v1/auth/forgot-password", json={"email": email})
        said.append((soon.status_code, soon.json()["detail"], soon.headers["retry-after"]))
        for _ in range(6):
            body = {"reset_id": asked.json()["reset_id"], "code": "000000x", "password": NEW_PASSWORD}
            tried = await client.post("/api/v1/auth/reset-password", json=body)
            said.append((tried.status_code, tried.json()["detail"]))
        answers[email] = said
    assert answers[ada.email] == answers["nobody@example.com"]
    assert answers[ada.email][-1] == (422, "This code is no longer good. Ask for a new one.")


async def test_nobody_learns_from_time_who_has_an_account_for_accounts_are_not_looked_at(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    """With the table of accounts locked away nothing waits: the answer cannot depend on what is in it.

    Writing a challenge of nobody opens the table for its foreign key without reading it; that key is away here."""
    async with rt.db.write() as tx:
        await tx.run("ALTER TABLE identity.challenge DROP CONSTRAINT challenge_user_id_fkey")
    with psycopg.connect(rt.settings.database_url) as other:
        other.execute("LOCK TABLE identity.user_account IN ACCESS EXCLUSIVE MODE")
        for email in (ada.email, "nobody@example.com"):
            asking = client.post("/api/v1/auth/forgot-password", json={"email": email})
            assert (await asyncio.wait_for(asking, 8)).status_code == 202
        other.rollback()


async def test_control_signing_in_does_look_at_accounts_and_waits(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    with psycopg.connect(rt.settings.database_url) as other:
        other.execute("LOCK TABLE identity.user_account IN ACCESS EXCLUSIVE MODE")
        signing = asyncio.create_task(
            client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
        )
        await asyncio.sleep(0.5)
        assert not signing.done()
        other.rollback()
        assert (await signing).status_code == 200


async def test_typing_a_code_writes_the_same_for_an_account_and_for_nobody(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    """One try counted and committed for either, so that the commit takes as long."""
    tries = {}
    for email in (ada.email, "nobody@example.com"):
        asked = await client.post("/api/v1/auth/forgot-password", json={"email": email})
        await react(rt, only="identity")
        body = {"reset_id": asked.json()["reset_id"], "code": "wrong", "password": NEW_PASSWORD}
        await client.post("/api/v1/auth/reset-password", json=body)
        async with rt.db.read() as tx:
            row = await tx.find("SELECT tries FROM identity.challenge WHERE id = %s", (asked.json()["reset_id"],))
        assert row is not None
        tries[email] = row["tries"]
    assert tries == {ada.email: 1, "nobody@example.com": 1}


@pytest.mark.race
async def test_of_two_resets_by_one_link_at_once_one_sets_the_password(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await client.post("/api/v1/auth/forgot-password", json={"email": ada.email})
    await react(rt, only="identity")
    link = (await sent_to(rt, ada.id))["link"]
    answers = await asyncio.gather(
        *(
            client.post("/api/v1/auth/reset-password", json={"token": link, "password": f"Rival-battery-{n}"})
            for n in range(6)
        )
    )
    assert sorted(each.status_code for each in answers) == [204, 410, 410, 410, 410, 410]
    winner = next(n for n, each in enumerate(answers) if each.status_code == 204)
    assert await token_of(client, ada.email, f"Rival-battery-{winner}")


async def test_a_closed_account_gets_no_mail(client: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        user = await a_user(tx)
        await tx.run("UPDATE identity.user_account SET status = 'suspended' WHERE id = %s", (user.id,))
    assert (await client.post("/api/v1/auth/forgot-password", json={"email": user.email})).status_code == 202
    await react(rt, only="identity")
    assert "user.code_sent" not in await types_of(rt, user.id)


async def test_an_address_is_changed_once_the_new_one_is_proven_and_the_old_one_can_take_it_back(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await verified(rt, ada)
    me = await token_of(client, ada.email)
    wrong = {"email": "new@example.com", "current_password": "Wrong-horse-7"}
    assert list(field_of(await client.post("/api/v1/users/me/email", json=wrong, headers=me))) == ["current_password"]
    asked = await client.post("/api/v1/users/me/email", json={**wrong, "current_password": PASSWORD}, headers=me)
    assert asked.status_code == 202
    told = await sent_to(rt, ada.id)
    assert (told["address"], told["purpose"]) == ("new@example.com", "change_email")
    assert (await client.get("/api/v1/users/me", headers=me)).json()["email"] == ada.email, "not before it is proven"
    done = await client.post("/api/v1/users/me/email/confirm", json={"code": told["code"]}, headers=me)
    assert (done.json()["email"], done.json()["email_verified"]) == ("new@example.com", True)

    notice = await sent_to(rt, ada.id, "user.email_changed")
    assert notice["address"] == "ada@example.com"
    taken = await client.post("/api/v1/auth/register", json=NEWCOMER)
    assert (taken.status_code, taken.json()["code"]) == (409, "email_taken"), "kept for who may take it back"

    undone = await client.post("/api/v1/auth/undo-change", json={"token": notice["link"]})
    assert undone.status_code == 200
    old = await client.post("/api/v1/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
    assert old.status_code == 401, "the password that let somebody do this is worthless"
    reset = {"token": undone.json()["reset_token"], "password": NEW_PASSWORD}
    assert (await client.post("/api/v1/auth/reset-password", json=reset)).status_code == 204
    assert await token_of(client, "ada@example.com", NEW_PASSWORD)
    again = await client.post("/api/v1/auth/undo-change", json={"token": notice["link"]})
    assert again.status_code == 410


async def test_the_first_owner_goes_before_the_second(
    client: httpx.AsyncClient, rt: Runtime, ada: User, clock: FixedClock
) -> None:
    """Who takes an account and moves it twice cannot take it back from its owner by the second notice."""
    await verified(rt, ada)
    me = await token_of(client, ada.email)
    notices = []
    for address in ("thief@example.com", "thief2@example.com"):
        clock.at += timedelta(minutes=2)
        body = {"email": address, "current_password": PASSWORD}
        assert (await client.post("/api/v1/users/me/email", json=body, headers=me)).status_code == 202
        code = (await sent_to(rt, ada.id))["code"]
        assert (await client.post("/api/v1/users/me/email/confirm", json={"code": code}, headers=me)).status_code == 200
        notices.append((await sent_to(rt, ada.id, "user.email_changed"))["link"])
    owner, thief = notices
    assert (await client.post("/api/v1/auth/undo-change", json={"token": owner})).status_code == 200
    assert (await client.post("/api/v1/auth/undo-change", json={"token": thief})).status_code == 410


async def test_an_address_that_never_was_proven_gets_no_way_to_take_the_account(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await verified(rt, ada, email=False)
    me = await token_of(client, ada.email)
    body = {"email": "right@example.com", "current_password": PASSWORD}
    await client.post("/api/v1/users/me/email", json=body, headers=me)
    code = (await sent_to(rt, ada.id))["code"]
    assert (await client.post("/api/v1/users/me/email/confirm", json={"code": code}, headers=me)).status_code == 200
    async with rt.db.read() as tx:
        row = await tx.find("SELECT data FROM platform.outbox WHERE type = 'user.email_changed'")
        kept = await tx.find("SELECT count(*) AS n FROM identity.challenge WHERE purpose = 'undo_email'")
    assert row is not None
    assert "sealed" not in row["data"]
    assert kept == {"n": 0}


async def test_links_to_the_old_address_are_worthless_once_it_is_changed(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await client.post("/api/v1/auth/forgot-password", json={"email": ada.email})
    await react(rt, only="identity")
    reset = (await sent_to(rt, ada.id))["link"]
    me = await token_of(client, ada.email)
    body = {"email": "new@example.com", "current_password": PASSWORD}
    await client.post("/api/v1/users/me/email", json=body, headers=me)
    code = (await sent_to(rt, ada.id))["code"]
    await client.post("/api/v1/users/me/email/confirm", json={"code": code}, headers=me)
    late = await client.post("/api/v1/auth/reset-password", json={"token": reset, "password": NEW_PASSWORD})
    assert late.status_code == 410


async def test_an_address_of_somebody_else_is_found_out_only_by_who_has_its_mailbox(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    async with rt.db.write() as tx:
        await a_user(tx, email="taken@example.com")
    me = await token_of(client, ada.email)
    body = {"email": "Taken@example.com", "current_password": PASSWORD}
    assert (await client.post("/api/v1/users/me/email", json=body, headers=me)).status_code == 202
    code = (await sent_to(rt, ada.id))["code"]
    late = await client.post("/api/v1/users/me/email/confirm", json={"code": code}, headers=me)
    assert (late.status_code, late.json()["code"]) == (409, "email_taken")


async def test_a_verified_number_is_changed_where_the_new_one_is_verified_and_nowhere_else(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await verified(rt, ada, phone=True)
    me = await token_of(client, ada.email)
    patched = await client.patch("/api/v1/users/me", json={"phone": "+34612345679"}, headers=me)
    assert (patched.status_code, list(field_of(patched))) == (422, ["phone"])
    body = {"phone": "+34 612 345 679", "current_password": PASSWORD}
    assert (await client.post("/api/v1/users/me/phone", json=body, headers=me)).status_code == 202
    told = await sent_to(rt, ada.id)
    assert told["address"] == "+34612345679"
    done = await client.post("/api/v1/users/me/phone/confirm", json={"code": told["code"]}, headers=me)
    assert (done.json()["phone"], done.json()["phone_verified"]) == ("+34612345679", True)
    notice = await sent_to(rt, ada.id, "user.phone_changed")
    assert notice["address"] == "+34612345678"
    assert (await client.post("/api/v1/auth/undo-change", json={"token": notice["link"]})).status_code == 200
    async with rt.db.read() as tx:
        from hospes.modules.identity import facade

        assert (await facade.get_user(tx, ada.id)).phone == "+34612345678"


async def test_a_password_is_changed_by_who_knows_it_and_other_sign_ins_end(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    here, there = [
        (await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})).json()
        for _ in range(2)
    ]
    path, me = "/api/v1/users/me/password", bearer(here)
    for body, field in (
        ({"current_password": "Wrong-horse-7", "password": NEW_PASSWORD}, "current_password"),
        ({"current_password": PASSWORD, "password": PASSWORD}, "password"),
        ({"current_password": PASSWORD, "password": "Lovelace-1815-x"}, "password"),
        ({"current_password": PASSWORD, "password": "P@ssw0rd1"}, "password"),
    ):
        refused = await client.post(path, json=body, headers=me)
        assert (refused.status_code, list(field_of(refused))) == (422, [field]), body
    body = {"current_password": PASSWORD, "password": NEW_PASSWORD}
    assert (await client.post(path, json=body, headers=me)).status_code == 204
    for said, status in ((there, 401), (here, 200)):
        answer = await client.post("/api/v1/auth/refresh", json={"refresh_token": said["refresh_token"]})
        assert answer.status_code == status
    assert (await types_of(rt, ada.id))[-1] == "user.password_changed"


async def test_five_wrong_guesses_at_the_present_password_lock_that_sign_in_only(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    thief = await token_of(client, ada.email)
    body = {"current_password": "Wrong-horse-7", "password": NEW_PASSWORD}
    said = [(await client.post("/api/v1/users/me/password", json=body, headers=thief)).status_code for _ in range(6)]
    assert said == [422] * 5 + [429]
    right = {**body, "current_password": PASSWORD}
    assert (await client.post("/api/v1/users/me/password", json=right, headers=thief)).status_code == 429
    owner = await token_of(client, ada.email)
    assert (await client.post("/api/v1/users/me/password", json=right, headers=owner)).status_code == 204


async def test_every_change_of_how_somebody_gets_in_is_in_the_audit_trail_without_secrets(
    client: httpx.AsyncClient, rt: Runtime, ada: User
) -> None:
    await verified(rt, ada)
    me = await token_of(client, ada.email)
    await client.post(
        "/api/v1/users/me/email", json={"email": "n@example.com", "current_password": PASSWORD}, headers=me
    )
    code = (await sent_to(rt, ada.id))["code"]
    await client.post("/api/v1/users/me/email/confirm", json={"code": code}, headers=me)
    link = (await sent_to(rt, ada.id, "user.email_changed"))["link"]
    await client.post("/api/v1/auth/undo-change", json={"token": link})
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT action, data::text AS said FROM platform.audit_entry ORDER BY id")
    # The last two are of one commit, maybe of one millisecond: their order says nothing.
    assert sorted(row["action"] for row in rows if row["action"].startswith("account.")) == [
        "account.change_undone",
        "account.email_changed",
        "account.password_changed",
    ]
    assert not any("example.com" in row["said"] for row in rows)
