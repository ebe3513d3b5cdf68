"""Second steps in a browser without JavaScript: pages, cookies, trusted browsers, lost steps."""

import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from hospes.modules.identity import devices, jobs
from hospes.modules.identity.contracts import User
from hospes.modules.identity.use_cases.replace_password import replace_password
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user, an_admin
from tests.conftest import FixedClock
from tests.identity.test_identity_pages import ACCEPT, submit, token_in

HERE = "/account/security"


@pytest.fixture
async def client(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers["Accept"] = ACCEPT
    return client


async def log_in(client: httpx.AsyncClient, user: User, next: str = "") -> httpx.Response:
    return await submit(client, "/login", {"email": user.email, "password": PASSWORD, "next": next})


async def log_out(client: httpx.AsyncClient) -> None:
    await submit(client, "/logout", {}, page="/account")


async def enrol(client: httpx.AsyncClient, user: User, clock: FixedClock) -> tuple[str, list[str]]:
    """Set up an app by its page and sign out; the secret and the recovery codes."""
    assert (await log_in(client, user)).headers["location"] == "/"
    page = await client.get(f"{HERE}/app")
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert found, page.text
    secret = found[1].replace(" ", "")
    shown = await submit(client, f"{HERE}/app", {"code": code_of(secret, clock)})
    assert shown.status_code == 200, shown.text
    codes = re.findall(r"<code>([0-9a-z-]{19})</code>", shown.text)
    assert len(codes) == 10
    clock.at += timedelta(seconds=30)
    await log_out(client)
    return secret, codes


def code_of(secret: str, clock: FixedClock) -> str:
    return pyotp.TOTP(secret).at(clock.at)


async def take(client: httpx.AsyncClient, code: str, *, way: str = "totp", **more: str) -> httpx.Response:
    return await submit(client, "/login/second", {"way": way, "code": code, **more})


async def test_an_app_is_set_up_and_asked_for_without_a_script(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    sent = await log_in(client, ada, next="/trips")
    assert (sent.status_code, sent.headers["location"]) == (303, "/login/second")
    assert "hospes_session" not in client.cookies
    assert (await client.get("/account")).headers["location"].startswith("/login")
    cookie = next(each for each in sent.headers.get_list("set-cookie") if each.startswith("hospes_second="))
    assert "HttpOnly" in cookie
    assert "Path=/login;" in cookie
    wrong = await take(client, "000000")
    assert wrong.status_code == 401
    assert "This code is not right or was used before." in wrong.text
    right = await take(client, code_of(secret, clock))
    assert (right.status_code, right.headers["location"]) == (303, "/trips")
    assert (await client.get(HERE)).status_code == 200
    assert "hospes_second" not in client.cookies


async def test_a_wrong_first_code_is_said_beside_the_field_and_the_picture_stays(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    await log_in(client, ada)
    before = re.search(r"<svg.*?</svg>", (await client.get(f"{HERE}/app")).text, re.S)
    answer = await submit(client, f"{HERE}/app", {"code": "12"})
    after = re.search(r'<div class="qr-frame".*?(<svg.*?</svg>)', answer.text, re.S)
    assert answer.status_code == 422
    assert 'id="code-error"' in answer.text
    assert before
    assert after
    assert after[1] in (await client.get(f"{HERE}/app")).text


async def test_without_a_waiting_sign_in_the_second_step_leads_back_to_the_first(client: httpx.AsyncClient) -> None:
    for path in ("/login/second", "/login/second/lost"):
        assert (await client.get(path)).headers["location"] == "/login"
    sent = await submit(client, "/login/second", {"way": "totp", "code": "123456"}, page="/login")
    assert sent.headers["location"] == "/login"


async def test_the_waiting_sign_in_of_an_api_client_opens_no_browser_session(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    asked = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    client.cookies.set("hospes_second", asked.json()["challenge"], path="/login")
    form = {"way": "totp", "code": code_of(secret, clock)}
    assert (await submit(client, "/login/second", form, page="/login")).headers["location"] == "/login"
    assert "hospes_session" not in client.cookies


async def test_a_trusted_browser_is_not_asked_for_30_days_and_can_be_revoked(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    await log_in(client, ada)
    await take(client, code_of(secret, clock), trust="yes")
    await log_out(client)
    assert (await log_in(client, ada)).headers["location"] == "/"
    shown = await client.get(HERE)
    found = re.search(r"devices/forget\?id=([0-9a-f-]{36})", shown.text)
    assert found
    await submit(client, f"{HERE}/devices/forget?id={found[1]}", {}, page=HERE)
    await log_out(client)
    assert (await log_in(client, ada)).headers["location"] == "/login/second"
    clock.at += timedelta(minutes=1)
    await take(client, code_of(secret, clock), trust="yes")
    await log_out(client)
    clock.at += timedelta(days=30, seconds=1)
    assert (await log_in(client, ada)).headers["location"] == "/login/second"


async def test_a_device_cookie_counts_only_with_our_signature_and_for_its_person(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        eve = await a_user(tx, first_name="Eve")
    secret, _ = await enrol(client, ada, clock)
    await enrol(client, eve, clock)
    await log_in(client, ada)
    await take(client, code_of(secret, clock), trust="yes")
    await log_out(client)
    assert (await log_in(client, eve)).headers["location"] == "/login/second"
    token, _, signature = client.cookies["hospes_device"].partition(".")
    client.cookies.delete("hospes_device")
    client.cookies.set("hospes_device", f"{token}.{'0' * len(signature)}")
    assert (await log_in(client, ada)).headers["location"] == "/login/second"
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT token_hash FROM identity.device WHERE trusted_until IS NOT NULL")
    assert [row["token_hash"] for row in rows] == [devices.device_hash(token)]  # the token itself is not kept


async def test_a_new_password_trusts_no_browser(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    await log_in(client, ada)
    await take(client, code_of(secret, clock), trust="yes")
    await log_out(client)
    async with runtime.db.write() as tx:
        row = await tx.find("SELECT password_hash FROM identity.user_account WHERE id = %s", (ada.id,))
        assert row
        await replace_password(tx, user_id=ada.id, password_hash=row["password_hash"], how="reset", now=clock.at)
    assert (await log_in(client, ada)).headers["location"] == "/login/second"


async def test_a_new_browser_is_told_of_but_neither_the_first_nor_a_known_one(
    client: httpx.AsyncClient, runtime: Runtime, ada: User
) -> None:
    async def told() -> list[str]:
        async with runtime.db.read() as tx:
            rows = await tx.all(
                "SELECT data->>'device' AS device FROM platform.outbox WHERE type = 'user.new_device_signed_in'"
            )
        return [row["device"] for row in rows]

    agents = ("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", "Mozilla/5.0 (Macintosh; Intel Mac OS X) Safari/605")
    client.headers["User-Agent"] = agents[0]
    await log_in(client, ada)
    await log_out(client)
    await log_in(client, ada)
    assert await told() == []
    client.cookies.clear()
    client.headers["User-Agent"] = agents[1]
    await log_in(client, ada)
    assert await told() == ["Safari on Mac"]


async def test_removing_the_last_one_needs_a_tick(client: httpx.AsyncClient, ada: User, clock: FixedClock) -> None:
    secret, _ = await enrol(client, ada, clock)
    await log_in(client, ada)
    await take(client, code_of(secret, clock))
    refused = await submit(client, f"{HERE}/remove/totp", {})
    assert refused.status_code == 409
    assert "your password alone opens your account" in refused.text
    done = await submit(client, f"{HERE}/remove/totp", {"turn_off": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, HERE)
    assert (await client.get(f"{HERE}/remove/totp")).status_code == 404


async def test_who_has_lost_everything_is_let_in_by_an_admin_after_a_day(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        admin = await an_admin(tx)
    await enrol(client, ada, clock)
    await log_in(client, ada)
    asked = await submit(client, "/login/second/lost", {"words": "My phone fell into the harbour."})
    assert asked.headers["location"] == "/login"
    await log_in(client, admin)
    page = await client.get("/admin/factor-resets")
    assert "My phone fell into the harbour." in page.text
    found = re.search(r"/admin/factor-resets/([0-9a-f-]{36})/approve", page.text)
    assert found
    path = f"/admin/factor-resets/{found[1]}"
    short = await submit(client, f"{path}/approve", {"reason": "ok"}, page="/admin/factor-resets")
    assert short.status_code == 422
    reason = {"reason": "Called the number we know; named the last three bookings."}
    done = await submit(client, f"{path}/approve", reason, page="/admin/factor-resets")
    assert done.headers["location"] == "/admin/factor-resets"
    again = await submit(client, f"{path}/approve", reason, page="/admin/factor-resets")
    assert again.status_code == 409
    await log_out(client)
    clock.at += timedelta(hours=23)
    await jobs.carry_out_resets(runtime)
    assert (await log_in(client, ada)).headers["location"] == "/login/second"
    clock.at += timedelta(hours=1, minutes=1)
    await jobs.carry_out_resets(runtime)
    assert (await log_in(client, ada)).headers["location"] == "/"
    async with runtime.db.read() as tx:
        entries = await tx.all("SELECT action, actor_id FROM platform.audit_entry WHERE action LIKE 'factor_reset%%'")
    assert {(each["action"], each["actor_id"]) for each in entries} == {
        ("factor_reset.asked", ada.id),
        ("factor_reset.approved", admin.id),
        ("factor_reset.done", admin.id),
    }


async def test_a_reset_that_its_person_stops_is_never_done(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    """A thief knows the password and asks; the owner signs in with their app and says no."""
    async with runtime.db.write() as tx:
        admin = await an_admin(tx)
    secret, _ = await enrol(client, ada, clock)
    await log_in(client, ada)
    await submit(client, "/login/second/lost", {"words": ""})
    await log_in(client, admin)
    found = re.search(r"([0-9a-f-]{36})/approve", (await client.get("/admin/factor-resets")).text)
    assert found
    path = f"/admin/factor-resets/{found[1]}/approve"
    await submit(client, path, {"reason": "Seemed to be them on the phone."}, page="/admin/factor-resets")
    await log_out(client)
    await log_in(client, ada)
    await take(client, code_of(secret, clock))
    assert "Your second steps will be removed on" in (await client.get(HERE)).text
    await submit(client, f"{HERE}/reset/cancel", {}, page=HERE)
    await log_out(client)
    clock.at += timedelta(hours=25)
    await jobs.carry_out_resets(runtime)
    assert (await log_in(client, ada)).headers["location"] == "/login/second"


async def test_resets_are_for_admins_and_never_their_own(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        admin = await an_admin(tx)
    secret, _ = await enrol(client, admin, clock)
    await log_in(client, admin)
    await submit(client, "/login/second/lost", {"words": "Let me in."})
    await take(client, code_of(secret, clock))
    found = re.search(r"([0-9a-f-]{36})/approve", (await client.get("/admin/factor-resets")).text)
    assert found
    path = f"/admin/factor-resets/{found[1]}/approve"
    own = await submit(client, path, {"reason": "It is me, I know myself."}, page="/admin/factor-resets")
    assert own.status_code == 403
    await log_out(client)
    await log_in(client, ada)
    csrf = token_in(await client.get("/account"))
    assert (await client.get("/admin/factor-resets")).status_code in (403, 404)
    assert (await client.post(path, data={"csrf_token": csrf, "reason": "x" * 20})).status_code in (403, 404)


async def test_forms_of_the_second_step_need_their_token(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    await log_in(client, ada)
    form = {"way": "totp", "code": code_of(secret, clock)}
    assert (await client.post("/login/second", data=form)).status_code == 403
    assert (await client.post("/login/passkey/options", json={})).status_code == 403


async def test_pages_ask_for_the_second_step_once_more_and_the_password_alone_is_not_enough(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    await log_in(client, ada)
    await take(client, code_of(secret, clock))
    clock.at += timedelta(minutes=11)
    sent = await client.get(f"{HERE}/recovery-codes")
    assert sent.status_code == 303
    where = sent.headers["location"]
    assert where.startswith("/confirm?next=")
    assert "Code from your app" in (await client.get(f"{where}&way=totp")).text
    alone = await submit(client, "/confirm", {"password": PASSWORD, "next": HERE})
    assert alone.status_code == 401
    assert (await client.get(f"{HERE}/recovery-codes")).status_code == 303
    form = {"way": "totp", "code": code_of(secret, clock), "next": f"{HERE}/recovery-codes"}
    done = await submit(client, "/confirm/step", form, page="/confirm")
    assert (done.status_code, done.headers["location"]) == (303, f"{HERE}/recovery-codes")
    assert (await client.get(f"{HERE}/recovery-codes")).status_code == 200


async def test_every_page_of_security_is_shown_to_who_has_everything_and_to_who_has_nothing(
    client: httpx.AsyncClient, runtime: Runtime, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        ada = await a_user(tx, phone="+34612345678")
        await tx.run("UPDATE identity.user_account SET phone_verified_at = %s WHERE id = %s", (clock.at, ada.id))
    await log_in(client, ada)
    for path in ("", "/app", "/sms", "/sms?sent=1"):
        assert (await client.get(f"{HERE}{path}")).status_code == 200, path
    assert "Second steps, passkeys" in (await client.get("/account")).text
    assert (await submit(client, f"{HERE}/sms/send", {}, page=f"{HERE}/sms")).headers[
        "location"
    ] == f"{HERE}/sms?sent=1"
    wrong = await submit(client, f"{HERE}/sms", {"code": "000"})
    assert wrong.status_code == 422
    assert 'id="code-error"' in wrong.text
    async with runtime.db.write() as tx:
        await tx.run(
            "INSERT INTO identity.second_factor (id, user_id, kind, created_at) VALUES (%s, %s, 'sms', %s)",
            (ada.id, ada.id, clock.at),
        )
        await tx.run(
            "INSERT INTO identity.passkey (id, user_id, credential_id, public_key, sign_count, name, backed_up,"
            " created_at) VALUES (%s, %s, 'x', 'x', 0, '<b>Phone', true, %s)",
            (ada.id, ada.id, clock.at),
        )
    shown = (await client.get(HERE)).text
    assert "kept in step between your devices" in shown
    assert "<b>Phone" not in shown
    for path in ("/remove/sms", f"/remove/passkey?id={ada.id}", "/recovery-codes"):
        assert (await client.get(f"{HERE}{path}")).status_code == 200, path
    named = await submit(client, f"{HERE}/passkeys/{ada.id}/name", {"name": "Pocket"}, page=HERE)
    assert named.headers["location"] == HERE
    assert 'value="Pocket"' in (await client.get(HERE)).text
    clock.at += timedelta(minutes=11)
    for way in ("passkey", "sms"):
        assert (await client.get(f"/confirm?way={way}")).status_code == 200, way
    sent = await submit(client, "/confirm/sms", {"next": HERE}, page="/confirm?way=sms")
    assert "We have sent you a code." in sent.text
