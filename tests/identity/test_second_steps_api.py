"""Second steps over the API: enrolment, signing in, limits, races; each guard with what happens without it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pyotp
import pytest

from hospes.modules.identity import guesses, pending
from hospes.modules.identity.contracts import CODE_SEAL, User
from hospes.modules.identity.errors import SecondFactorLocked, SecondFactorWrong, SigningInUnavailable
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import second_factors
from hospes.modules.identity.use_cases.check_second_step import check_second_step, use_code
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.conftest import NOW, FixedClock
from tests.identity.by_api import bearer, log_in

SECOND = "/api/v1/auth/login/second"
MINE = "/api/v1/users/me/security"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


async def enrol(client: httpx.AsyncClient, user: User, clock: FixedClock) -> tuple[str, list[str]]:
    """An app set up by the API; the secret and the recovery codes. Its next code is of the next step."""
    me = bearer(await log_in(client, user))
    begun = await client.post(f"{MINE}/totp", headers=me)
    assert begun.status_code == 200, begun.text
    secret = begun.json()["secret"]
    done = await client.post(f"{MINE}/totp/confirm", json={"code": code_of(secret, clock)}, headers=me)
    assert done.status_code == 200, done.text
    clock.at += timedelta(seconds=30)
    return secret, done.json()["recovery_codes"]


def code_of(secret: str, clock: FixedClock, step: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.at, counter_offset=step)


async def challenge_of(client: httpx.AsyncClient, user: User) -> str:
    refused = await log_in(client, user)
    assert (refused.status_code, refused.json()["code"]) == (401, "second_step_needed"), refused.text
    return str(refused.json()["challenge"])


async def step(client: httpx.AsyncClient, challenge: str, method: str, code: str) -> httpx.Response:
    return await client.post(SECOND, json={"challenge": challenge, "method": method, "code": code})


async def test_an_app_is_set_up_only_after_a_right_code_and_then_asked_for(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    me = bearer(await log_in(client, ada))
    begun = (await client.post(f"{MINE}/totp", headers=me)).json()
    assert begun["otpauth_url"].startswith("otpauth://totp/Hospes:")
    assert begun["qr_svg"].startswith("<svg")
    wrong = f"{(int(code_of(begun['secret'], clock)) + 1) % 1_000_000:06d}"
    refused = await client.post(f"{MINE}/totp/confirm", json={"code": wrong}, headers=me)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "code")
    assert (await log_in(client, ada)).status_code == 200
    right = code_of(begun["secret"], clock)
    done = await client.post(f"{MINE}/totp/confirm", json={"code": right}, headers=me)
    assert done.status_code == 200
    assert len(set(done.json()["recovery_codes"])) == 10
    refused = await log_in(client, ada)
    assert refused.json()["methods"] == ["totp", "recovery_code"]
    assert refused.json()["expires_in"] == pending.LASTS
    assert "access_token" not in refused.text
    again = await step(client, refused.json()["challenge"], "totp", right)
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_wrong")
    clock.at += timedelta(seconds=30)
    entered = await step(client, refused.json()["challenge"], "totp", code_of(begun["secret"], clock))
    assert entered.status_code == 200, entered.text
    assert (await client.get(MINE, headers=bearer(entered))).json()["factors"][0]["kind"] == "totp"


async def test_the_secret_is_sealed_and_codes_are_hashed_in_the_database(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    secret, codes = await enrol(client, ada, clock)
    async with runtime.db.read() as tx:
        rows = await tx.all(
            "SELECT (SELECT string_agg(f::text, ' ') FROM identity.second_factor f) || ' ' ||"
            " (SELECT string_agg(r::text, ' ') FROM identity.recovery_code r) || ' ' ||"
            " (SELECT string_agg(o.data::text, ' ') FROM platform.outbox o) || ' ' ||"
            " (SELECT string_agg(a::text, ' ') FROM platform.audit_entry a) AS text"
        )
        app = await factors.find_factor(tx, ada.id, "totp")
    text = rows[0]["text"]
    assert secret not in text
    assert secret.encode().hex() not in text
    assert app is not None
    assert app.secret is not None
    assert secret.encode() not in app.secret
    for code in codes:
        assert code not in text
        assert code.replace("-", "") not in text
        assert code.encode().hex() not in text


@pytest.mark.parametrize(("off", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_a_clock_may_be_one_step_off(
    client: httpx.AsyncClient, ada: User, clock: FixedClock, off: int, status: int
) -> None:
    secret, _ = await enrol(client, ada, clock)
    clock.at += timedelta(minutes=5)
    challenge = await challenge_of(client, ada)
    assert (await step(client, challenge, "totp", code_of(secret, clock, off))).status_code == status


async def test_a_code_is_not_accepted_twice_nor_is_an_earlier_one(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    clock.at += timedelta(minutes=5)
    code = code_of(secret, clock)
    assert (await step(client, await challenge_of(client, ada), "totp", code)).status_code == 200
    assert (await step(client, await challenge_of(client, ada), "totp", code)).status_code == 401
    earlier = code_of(secret, clock, -1)
    assert (await step(client, await challenge_of(client, ada), "totp", earlier)).status_code == 401


async def rivals(db: Any, count: int, act: Callable[[WriteTx], Awaitable[bool]]) -> list[bool]:
    """`act` in as many transactions at once, all open before the first acts."""
    barrier = asyncio.Barrier(count)

    async def one() -> bool:
        async with db.write() as tx:
            await tx.find("SELECT 1")
            await barrier.wait()
            return await act(tx)

    return list(await asyncio.gather(*(one() for _ in range(count))))


@pytest.mark.race
async def test_of_many_rivals_with_one_code_one_is_let_in(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    secret, codes = await enrol(client, ada, clock)
    right = code_of(secret, clock)

    async def by_app(tx: WriteTx) -> bool:
        return not await use_code(tx, user_id=ada.id, way=Way.TOTP, code=right, now=clock.at)

    async def by_recovery_code(tx: WriteTx) -> bool:
        return not await use_code(tx, user_id=ada.id, way=Way.RECOVERY_CODE, code=codes[0], now=clock.at)

    assert sorted(await rivals(runtime.db, 8, by_app)) == [False] * 7 + [True]
    assert sorted(await rivals(runtime.db, 8, by_recovery_code)) == [False] * 7 + [True]


@pytest.mark.race
async def test_without_the_condition_rivals_with_one_code_are_all_let_in(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    """The control: look first, write without asking again."""
    secret, codes = await enrol(client, ada, clock)
    now = int(clock.at.timestamp()) // 30

    async def by_app(tx: WriteTx) -> bool:
        seen = await tx.find("SELECT last_step FROM identity.second_factor WHERE user_id = %s", (ada.id,))
        await asyncio.sleep(0.2)
        assert seen is not None
        await tx.run("UPDATE identity.second_factor SET last_step = %s::bigint WHERE user_id = %s", (now, ada.id))
        return bool(seen["last_step"] < now)

    assert (await rivals(runtime.db, 4, by_app)).count(True) > 1
    assert secret
    assert codes


async def test_recovery_codes_are_good_once_however_they_are_typed_and_new_ones_end_the_old(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, codes = await enrol(client, ada, clock)
    typed = f" {codes[0].upper().replace('-', ' ')} "
    assert (await step(client, await challenge_of(client, ada), "recovery_code", typed)).status_code == 200
    again = await step(client, await challenge_of(client, ada), "recovery_code", codes[0])
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_wrong")
    entered = await step(client, await challenge_of(client, ada), "totp", code_of(secret, clock))
    me = bearer(entered)
    assert (await client.get(MINE, headers=me)).json()["recovery_codes_left"] == 9
    fresh = (await client.post(f"{MINE}/recovery-codes", headers=me)).json()["recovery_codes"]
    assert not set(fresh) & set(codes)
    assert (await step(client, await challenge_of(client, ada), "recovery_code", codes[1])).status_code == 401
    assert (await step(client, await challenge_of(client, ada), "recovery_code", fresh[1])).status_code == 200


async def test_a_recovery_code_of_somebody_else_is_worth_nothing(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        eve = await a_user(tx, first_name="Eve")
    _, codes = await enrol(client, ada, clock)
    await enrol(client, eve, clock)
    assert (await step(client, await challenge_of(client, eve), "recovery_code", codes[0])).status_code == 401
    assert (await step(client, await challenge_of(client, ada), "recovery_code", codes[0])).status_code == 200


async def test_a_challenge_is_no_session_and_is_good_once(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, codes = await enrol(client, ada, clock)
    challenge = await challenge_of(client, ada)
    assert (await client.get(MINE, headers={"Authorization": f"Bearer {challenge}"})).status_code == 401
    client.cookies.set("hospes_session", challenge)
    assert (await client.get(MINE)).status_code == 401
    client.cookies.clear()
    assert (await step(client, challenge, "totp", code_of(secret, clock))).status_code == 200
    spent = await step(client, challenge, "recovery_code", codes[0])
    assert (spent.status_code, spent.json()["code"]) == (401, "second_step_expired")
    made_up = await step(client, "x" * 43, "recovery_code", codes[0])
    assert (made_up.status_code, made_up.json()["code"]) == (401, "second_step_expired")


async def test_of_two_who_finish_one_sign_in_one_is_let_in(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, codes = await enrol(client, ada, clock)
    challenge = await challenge_of(client, ada)
    answers = await asyncio.gather(
        step(client, challenge, "totp", code_of(secret, clock)),
        *(step(client, challenge, "recovery_code", code) for code in codes[:4]),
    )
    assert sorted(each.status_code for each in answers) == [200, 401, 401, 401, 401]


async def test_a_new_password_ends_what_waits_for_its_second_step(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    challenge = await challenge_of(client, ada)
    async with runtime.db.write() as tx:
        await tx.run("UPDATE identity.user_account SET password_hash = 'x' WHERE id = %s", (ada.id,))
    late = await step(client, challenge, "totp", code_of(secret, clock))
    assert (late.status_code, late.json()["code"]) == (401, "second_step_expired")


async def test_five_wrong_codes_lock_codes_but_not_recovery_codes(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, codes = await enrol(client, ada, clock)
    for _ in range(5):
        assert (await step(client, await challenge_of(client, ada), "totp", "000000")).status_code == 401
    locked = await step(client, await challenge_of(client, ada), "totp", code_of(secret, clock))
    assert (locked.status_code, locked.json()["code"]) == (429, "second_factor_locked")
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    assert (await step(client, await challenge_of(client, ada), "recovery_code", codes[3])).status_code == 200


async def test_of_many_guesses_at_once_five_are_looked_at(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    await enrol(client, ada, clock)
    outcomes = await asyncio.gather(
        *(
            check_second_step(
                runtime.db, runtime.valkey, user_id=ada.id, way=Way.TOTP, code=f"{number:06d}", now=clock.at
            )
            for number in range(24)
        ),
        return_exceptions=True,
    )
    kinds = [type(each) for each in outcomes]
    assert kinds.count(SecondFactorWrong) == guesses.IN_A_QUARTER
    assert kinds.count(SecondFactorLocked) == 24 - guesses.IN_A_QUARTER


async def test_without_the_count_every_guess_is_looked_at_and_the_right_one_gets_in(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    """The control: codes judged without `count_guess`."""
    secret, _ = await enrol(client, ada, clock)
    tried = [f"{number:06d}" for number in range(20)] + [code_of(secret, clock)]
    said = []
    for code in tried:
        async with runtime.db.write() as tx:
            said.append(await use_code(tx, user_id=ada.id, way=Way.TOTP, code=code, now=clock.at))
    assert said[-1] == ""
    assert all(said[:-1])


async def test_guesses_that_cannot_be_counted_are_not_looked_at(runtime: Runtime, ada: User) -> None:
    from redis.asyncio import Redis

    nowhere = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    with pytest.raises(SigningInUnavailable):
        await check_second_step(runtime.db, nowhere, user_id=ada.id, way=Way.TOTP, code="123456", now=NOW)
    await nowhere.aclose()


async def test_a_sign_in_is_closed_after_ten_tries(client: httpx.AsyncClient, ada: User, clock: FixedClock) -> None:
    await enrol(client, ada, clock)
    challenge = await challenge_of(client, ada)
    said = [(await step(client, challenge, "recovery_code", f"none-{n}")).json()["code"] for n in range(5)]
    said += [(await step(client, challenge, "totp", "000000")).json()["code"] for n in range(5)]
    assert set(said) == {"second_factor_wrong"}
    assert (await step(client, challenge, "totp", "000000")).json()["code"] == "second_step_expired"


async def test_the_last_one_is_removed_only_when_that_is_said_and_takes_the_rest_along(
    client: httpx.AsyncClient, runtime: Runtime, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    me = bearer(await step(client, await challenge_of(client, ada), "totp", code_of(secret, clock)))
    refused = await client.delete(f"{MINE}/totp", headers=me)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_second_factor")
    assert (await client.delete(f"{MINE}/totp?turn_off=true", headers=me)).status_code == 204
    assert (await client.delete(f"{MINE}/totp?turn_off=true", headers=me)).status_code == 404
    assert (await log_in(client, ada)).status_code == 200
    assert (await client.get(MINE, headers=me)).json()["recovery_codes_left"] == 0
    async with runtime.db.read() as tx:
        kinds = [row["type"] for row in await tx.all("SELECT type FROM platform.outbox ORDER BY occurred_at, event_id")]
    assert kinds.count("user.second_factor_added") == 1
    assert kinds[-1] == "user.second_factor_removed"


async def test_what_changes_how_one_signs_in_needs_a_fresh_proof(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    me = bearer(await step(client, await challenge_of(client, ada), "totp", code_of(secret, clock)))
    clock.at += timedelta(minutes=11)
    for method, path in (
        ("POST", "/totp"),
        ("POST", "/totp/confirm"),
        ("DELETE", "/totp?turn_off=true"),
        ("POST", "/sms"),
        ("POST", "/sms/confirm"),
        ("DELETE", "/sms"),
        ("POST", "/passkeys/options"),
        ("POST", "/passkeys"),
        ("DELETE", "/passkeys/0199a0a0-0000-7000-8000-000000000000"),
        ("POST", "/recovery-codes"),
    ):
        body = {"code": "1", "ceremony": "x", "credential": {}} if method == "POST" else None
        answer = await client.request(method, f"{MINE}{path}", headers=me, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed"), (method, path, answer.text)
    assert (await client.get(MINE, headers=me)).status_code == 200


async def test_a_stranger_sees_and_changes_nothing(client: httpx.AsyncClient) -> None:
    for method, path in (("GET", ""), ("POST", "/totp"), ("DELETE", "/totp"), ("DELETE", "/devices")):
        assert (await client.request(method, f"{MINE}{path}")).status_code == 401


async def test_recovery_codes_without_a_second_step_are_refused(client: httpx.AsyncClient, ada: User) -> None:
    me = bearer(await log_in(client, ada))
    assert (await client.post(f"{MINE}/recovery-codes", headers=me)).status_code == 409


async def test_one_app_at_a_time(client: httpx.AsyncClient, ada: User, clock: FixedClock) -> None:
    secret, _ = await enrol(client, ada, clock)
    me = bearer(await step(client, await challenge_of(client, ada), "totp", code_of(secret, clock)))
    other = (await client.post(f"{MINE}/totp", headers=me)).json()["secret"]
    assert other != secret
    second = await client.post(f"{MINE}/totp/confirm", json={"code": code_of(other, clock)}, headers=me)
    assert (second.status_code, second.json()["code"]) == (409, "second_factor_exists")


async def test_the_step_of_a_factor_only_goes_up(tx: WriteTx) -> None:
    user = await a_user(tx)
    assert await second_factors.insert_factor(
        tx, id=user.id, user_id=user.id, kind="totp", secret=b"x", step=100, now=NOW
    )
    assert [await second_factors.use_step(tx, user.id, step, NOW) for step in (99, 100, 101, 101, 102)] == [
        *(False, False, True, False, True)
    ]


async def test_who_has_a_second_step_confirms_with_it_and_not_with_the_password(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    me = bearer(await step(client, await challenge_of(client, ada), "totp", code_of(secret, clock)))
    clock.at += timedelta(minutes=11)
    alone = await client.post("/api/v1/auth/confirm", json={"password": PASSWORD}, headers=me)
    assert (alone.status_code, alone.json()["code"]) == (401, "second_step_needed")
    wrong = {"method": "totp", "code": "000000"}
    assert (await client.post("/api/v1/auth/confirm/second", json=wrong, headers=me)).status_code == 401
    right = {"method": "totp", "code": code_of(secret, clock)}
    done = await client.post("/api/v1/auth/confirm/second", json=right, headers=me)
    assert done.status_code == 200, done.text
    assert (await client.post(f"{MINE}/recovery-codes", headers=bearer(done))).status_code == 200
    assert (await client.post(f"{MINE}/recovery-codes", headers=me)).status_code == 403


async def code_sent(runtime: Runtime, user: User) -> str:
    """The code of the latest text message, unsealed as only the sender can."""
    async with runtime.db.read() as tx:
        rows = await tx.all(
            "SELECT data FROM platform.outbox WHERE type = 'user.code_sent' AND aggregate_id = %s ORDER BY id",
            (user.id,),
        )
    assert rows[-1]["data"]["channel"] == "sms"
    return str(orjson.loads(runtime.keyring.unseal_text(rows[-1]["data"]["sealed"], CODE_SEAL))["code"])


async def test_text_messages_to_the_verified_number_are_a_second_step(
    client: httpx.AsyncClient, runtime: Runtime, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        ada = await a_user(tx, phone="+34612345678")
    me = bearer(await log_in(client, ada))
    unproven = await client.post(f"{MINE}/sms", headers=me)
    assert (unproven.status_code, unproven.json()["errors"][0]["field"]) == (409, "phone")
    async with runtime.db.write() as tx:
        await tx.run("UPDATE identity.user_account SET phone_verified_at = %s WHERE id = %s", (NOW, ada.id))
    assert (await client.post(f"{MINE}/sms", headers=me)).status_code == 200
    code = await code_sent(runtime, ada)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert (await client.post(f"{MINE}/sms/confirm", json={"code": wrong}, headers=me)).status_code == 422
    done = await client.post(f"{MINE}/sms/confirm", json={"code": code}, headers=me)
    assert len(done.json()["recovery_codes"]) == 10
    refused = (await log_in(client, ada)).json()
    assert refused["methods"] == ["sms", "recovery_code"]
    early = await step(client, refused["challenge"], "sms", code)
    assert (early.status_code, early.json()["code"]) == (401, "second_factor_wrong")
    sent = await client.post(f"{SECOND}/sms", json={"challenge": refused["challenge"]})
    assert sent.status_code == 200, sent.text
    too_soon = await client.post(f"{SECOND}/sms", json={"challenge": refused["challenge"]})
    assert too_soon.status_code == 429
    code = await code_sent(runtime, ada)
    assert (await step(client, refused["challenge"], "sms", code)).status_code == 200
    again = await step(client, await challenge_of(client, ada), "sms", code)
    assert (again.status_code, again.json()["code"]) == (401, "second_factor_wrong")


async def test_a_code_for_setting_up_is_none_for_signing_in(
    client: httpx.AsyncClient, runtime: Runtime, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        ada = await a_user(tx, phone="+34612345678")
        await tx.run("UPDATE identity.user_account SET phone_verified_at = %s WHERE id = %s", (NOW, ada.id))
    secret, _ = await enrol(client, ada, clock)
    me = bearer(await step(client, await challenge_of(client, ada), "totp", code_of(secret, clock)))
    await client.post(f"{MINE}/sms", headers=me)
    code = await code_sent(runtime, ada)
    assert (await step(client, await challenge_of(client, ada), "sms", code)).status_code == 401
    assert (await client.post(f"{MINE}/sms/confirm", json={"code": code}, headers=me)).status_code == 200


async def test_a_client_in_a_browser_may_have_its_refresh_token_in_a_cookie(
    client: httpx.AsyncClient, ada: User, clock: FixedClock
) -> None:
    secret, _ = await enrol(client, ada, clock)
    body = {"challenge": await challenge_of(client, ada), "method": "totp", "code": code_of(secret, clock)}
    entered = await client.post(SECOND, json={**body, "cookie": True})
    assert entered.json()["refresh_token"] is None
    assert "hospes_refresh" in client.cookies
