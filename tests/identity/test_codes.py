"""Codes and links: what is sent, what is kept, how often it may be tried, and what two at once come to."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from hospes.modules.identity import codes, events
from hospes.modules.identity.contracts import CODE_SEAL, Channel, Proof, Purpose
from hospes.modules.identity.errors import CodeRefused, CodeSentRecently, LinkRefused
from hospes.modules.identity.policies.challenges import SEND_LIMITS
from hospes.modules.identity.store import challenges
from hospes.modules.identity.use_cases.check_code import check_code
from hospes.modules.identity.use_cases.check_link import check_link
from hospes.modules.identity.use_cases.send_code import send_code
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.runtime import Runtime
from hospes.platform.sending import seconds_to_wait
from tests.builders.identity import a_user
from tests.conftest import NOW, FixedClock

MINUTE = timedelta(minutes=1)


async def sent(tx: ReadTx) -> dict[str, Any]:
    """What the newest event delivers: address, code, link, and its data."""
    row = await tx.find(
        "SELECT data FROM platform.outbox WHERE type = %s ORDER BY id DESC LIMIT 1", (events.CODE_SENT,)
    )
    assert row is not None
    return {**orjson.loads(tx.keyring.unseal_text(row["data"]["sealed"], CODE_SEAL)), "data": row["data"]}


async def send(tx: WriteTx, user_id: UUID, purpose: Purpose = Purpose.VERIFY_EMAIL, **said: Any) -> dict[str, Any]:
    given = {"channel": Channel.EMAIL, "address": "ada@example.com", "now": NOW, **said}
    await send_code(tx, user_id=user_id, purpose=purpose, **given)
    return await sent(tx)


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture
async def ada(runtime: Runtime) -> UUID:
    async with runtime.db.write() as tx:
        return (await a_user(tx)).id


async def test_a_code_proves_the_address_it_was_sent_to_once(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        code = (await send(tx, ada))["code"]
        proof = await check_code(
            tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, code=f" {code[:3]} {code[3:]} ", now=NOW
        )
        assert isinstance(proof, Proof)
        assert (proof.user_id, proof.purpose, proof.address) == (ada, Purpose.VERIFY_EMAIL, "ada@example.com")
        again = await check_code(tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, code=code, now=NOW)
        assert isinstance(again, CodeRefused)


async def test_a_code_is_good_for_its_purpose_its_person_and_ten_minutes_only(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        eve = (await a_user(tx)).id
        code = (await send(tx, ada))["code"]
        for user_id, purpose, now in (
            (eve, Purpose.VERIFY_EMAIL, NOW),
            (ada, Purpose.CHANGE_EMAIL, NOW),
            (ada, Purpose.VERIFY_EMAIL, NOW + 10 * MINUTE),
        ):
            refused = await check_code(tx, user_id=user_id, purpose=purpose, code=code, now=now)
            assert isinstance(refused, CodeRefused)
        last_moment = NOW + 10 * MINUTE - timedelta(seconds=1)
        proof = await check_code(tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, code=code, now=last_moment)
        assert isinstance(proof, Proof)


async def test_nothing_that_is_kept_or_told_can_be_read(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        told = await send(tx, ada)
        rows = await tx.all("SELECT c::text AS said FROM identity.challenge AS c")
        rows += await tx.all("SELECT o::text AS said FROM platform.outbox AS o WHERE type = %s", (events.CODE_SENT,))
        assert len(rows) == 2
        for row in rows:
            for secret in (told["code"].encode(), told["link"].encode(), b"ada@example.com"):
                assert secret.decode() not in row["said"]
                assert secret.hex() not in row["said"]


async def test_the_hash_of_a_code_tells_nothing_without_the_key(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        told = await send(tx, ada)
        row = await tx.find("SELECT id, code_hash FROM identity.challenge WHERE user_id = %s", (ada,))
        assert row is not None
        assert row["code_hash"] == codes.code_hash(tx.keyring, row["id"], told["code"])
        assert row["code_hash"] != codes.code_hash(tx.keyring, ada, told["code"]), (
            "each challenge has hashes of its own"
        )


async def test_the_sixth_try_is_refused_even_when_it_is_right(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        code = (await send(tx, ada))["code"]
        said = []
        for _ in range(5):
            refused = await check_code(tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, code=another(code), now=NOW)
            assert isinstance(refused, CodeRefused)
            said.append(refused.detail)
        assert said[3:] == [
            "This code is not right. You can try 1 more time.",
            "This code is not right, and it was the last try. Ask for a new one.",
        ]
        over = await check_code(tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, code=code, now=NOW)
        assert isinstance(over, CodeRefused)
        assert over.detail == "This code is no longer good. Ask for a new one."


async def _guess(runtime: Runtime, ada: UUID, code: str) -> Proof | CodeRefused:
    async with runtime.db.write() as tx:
        return await check_code(tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, code=code, now=NOW)


@pytest.mark.race
async def test_of_fifty_guesses_at_once_five_are_looked_at(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        code = (await send(tx, ada))["code"]
    answers = await asyncio.gather(*(_guess(runtime, ada, another(code)) for _ in range(50)))
    looked_at = [each for each in answers if isinstance(each, CodeRefused) and "not right" in each.detail]
    assert len(looked_at) == 5
    assert isinstance(await _guess(runtime, ada, code), CodeRefused)


@pytest.mark.race
async def test_control_counted_after_looking_more_than_five_are_looked_at(runtime: Runtime, ada: UUID) -> None:
    """What reading the tries first and writing them later would come to."""
    async with runtime.db.write() as tx:
        await send(tx, ada)
    looked_at = 0
    everybody = asyncio.Barrier(12)

    async def guess_carelessly() -> None:
        nonlocal looked_at
        async with runtime.db.write() as tx:
            row = await tx.find("SELECT tries FROM identity.challenge WHERE user_id = %s", (ada,))
            await everybody.wait()
            if row is not None and row["tries"] < 5:
                looked_at += 1
                await tx.run(
                    "UPDATE identity.challenge SET tries = %s::smallint WHERE user_id = %s", (row["tries"] + 1, ada)
                )

    await asyncio.gather(*(guess_carelessly() for _ in range(12)))
    assert looked_at == 12


@pytest.mark.race
async def test_of_two_who_give_the_right_code_at_once_one_has_proven_something(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        code = (await send(tx, ada))["code"]
    answers = await asyncio.gather(*(_guess(runtime, ada, code) for _ in range(8)))
    assert sorted(type(each).__name__ for each in answers) == ["CodeRefused"] * 7 + ["Proof"]


@pytest.mark.race
async def test_of_two_who_open_the_link_at_once_one_has_proven_something(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        link = (await send(tx, ada))["link"]

    async def follow() -> str:
        try:
            async with runtime.db.write() as tx:
                return type(await check_link(tx, link=link, purposes=(Purpose.VERIFY_EMAIL,), now=NOW)).__name__
        except LinkRefused as refused:
            return type(refused).__name__

    answers = await asyncio.gather(*(follow() for _ in range(8)))
    assert sorted(answers) == ["LinkRefused"] * 7 + ["Proof"]


async def test_a_link_is_good_for_its_purpose_and_a_day_and_never_changed_or_cut(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        link = (await send(tx, ada))["link"]
        day = timedelta(hours=24)
        for said, purpose, now in (
            (link, Purpose.RESET_PASSWORD, NOW),
            (link, Purpose.VERIFY_EMAIL, NOW + day),
            (link[:-1], Purpose.VERIFY_EMAIL, NOW),
            (("B" if link[0] == "A" else "A") + link[1:], Purpose.VERIFY_EMAIL, NOW),
            ("ü" * 43, Purpose.VERIFY_EMAIL, NOW),
            ("", Purpose.VERIFY_EMAIL, NOW),
        ):
            with pytest.raises(LinkRefused):
                await check_link(tx, link=said, purposes=(purpose,), now=now)
        proof = await check_link(tx, link=link, purposes=(Purpose.VERIFY_EMAIL,), now=NOW + day - MINUTE)
        assert (proof.user_id, proof.address) == (ada, "ada@example.com")


async def test_what_is_used_uses_up_every_code_and_link_of_its_purpose(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        first = await send(tx, ada)
        second = await send(tx, ada, now=NOW + MINUTE)
        await check_link(tx, link=first["link"], purposes=(Purpose.VERIFY_EMAIL,), now=NOW + MINUTE)
        with pytest.raises(LinkRefused):
            await check_link(tx, link=second["link"], purposes=(Purpose.VERIFY_EMAIL,), now=NOW + MINUTE)
        late = await check_code(tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, code=second["code"], now=NOW + MINUTE)
        assert isinstance(late, CodeRefused)


async def test_a_newer_code_makes_the_older_worthless_but_not_its_link(runtime: Runtime, ada: UUID) -> None:
    """So that nobody can be locked out of their mail by a stranger who keeps asking for codes."""
    async with runtime.db.write() as tx:
        first = await send(tx, ada)
        await send(tx, ada, now=NOW + MINUTE)
        rows = await tx.all("SELECT code_open FROM identity.challenge WHERE user_id = %s ORDER BY created_at", (ada,))
        assert [row["code_open"] for row in rows] == [False, True]
        proof = await check_link(tx, link=first["link"], purposes=(Purpose.VERIFY_EMAIL,), now=NOW + MINUTE)
        assert proof.user_id == ada


async def test_codes_are_sent_once_a_minute_five_times_an_hour_and_ten_times_a_day(
    runtime: Runtime, ada: UUID, clock: FixedClock
) -> None:
    async with runtime.db.write() as tx:
        await send(tx, ada)
        with pytest.raises(CodeSentRecently) as soon:
            await send(tx, ada, now=NOW + timedelta(seconds=20))
        assert (soon.value.retry_after, soon.value.detail) == (
            40,
            "A code was sent a short while ago. Ask for another in 40 seconds.",
        )
        for minutes in (1, 2, 3, 4):
            await send(tx, ada, now=NOW + minutes * MINUTE)
        with pytest.raises(CodeSentRecently) as often:
            await send(tx, ada, now=NOW + 5 * MINUTE)
        assert often.value.retry_after == 55 * 60
        for minutes in (60, 61, 62, 63, 64):
            await send(tx, ada, now=NOW + minutes * MINUTE)
        with pytest.raises(CodeSentRecently) as daily:
            await send(tx, ada, now=NOW + timedelta(hours=3))
        assert daily.value.retry_after == 21 * 3600
        await send(tx, ada, Purpose.SECOND_FACTOR, now=NOW + timedelta(hours=3))


@pytest.mark.race
async def test_of_many_who_ask_at_once_one_code_is_sent(runtime: Runtime, ada: UUID) -> None:
    async def ask() -> str:
        try:
            async with runtime.db.write() as tx:
                await send_code(
                    tx, user_id=ada, purpose=Purpose.VERIFY_EMAIL, channel=Channel.EMAIL, address="a@b.example", now=NOW
                )
        except CodeSentRecently:
            return "refused"
        return "sent"

    assert sorted(await asyncio.gather(*(ask() for _ in range(8)))) == ["refused"] * 7 + ["sent"]


async def test_the_index_holds_one_live_code_and_control_without_it_there_are_two(runtime: Runtime, ada: UUID) -> None:
    from psycopg.errors import UniqueViolation

    copy = (
        "INSERT INTO identity.challenge (id, holder, purpose, user_id, channel, code_open, code_expires_at, expires_at,"
        " created_at) SELECT gen_random_uuid(), holder, purpose, user_id, channel, code_open, code_expires_at,"
        " expires_at, created_at FROM identity.challenge"
    )
    async with runtime.db.write() as tx:
        await send(tx, ada)
    with pytest.raises(UniqueViolation, match="challenge_one_live_code_per_purpose"):
        async with runtime.db.write() as tx:
            await tx.run(copy)
    async with runtime.db.write() as tx:
        await tx.run("DROP INDEX identity.challenge_one_live_code_per_purpose")
        assert await tx.run(copy) == 1


async def test_one_mailbox_gets_so_much_from_everybody_together_until_it_is_proven(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        for _ in range(10):
            await send(tx, (await a_user(tx)).id, address="Victim@example.com")
        late = (await a_user(tx)).id
        with pytest.raises(CodeSentRecently):
            await send(tx, late, address="victim@example.com")
        await send(tx, late, Purpose.SECOND_FACTOR, address="victim@example.com")


async def test_what_nobody_can_use_is_forgotten(runtime: Runtime, ada: UUID) -> None:
    async with runtime.db.write() as tx:
        await send(tx, ada)
        assert await challenges.delete_ended(tx, NOW + timedelta(hours=23)) == 0
        assert await challenges.delete_ended(tx, NOW + timedelta(hours=24, seconds=1)) == 1


def test_waits_are_whole_seconds_until_the_next_may_be_sent() -> None:
    assert seconds_to_wait([], NOW, SEND_LIMITS) == 0
    assert seconds_to_wait([NOW - MINUTE], NOW, SEND_LIMITS) == 0
    assert seconds_to_wait([NOW - timedelta(seconds=59.5)], NOW, SEND_LIMITS) == 1
    assert seconds_to_wait([NOW - timedelta(minutes=m) for m in (10, 20, 30, 40, 50)], NOW, SEND_LIMITS) == 600
