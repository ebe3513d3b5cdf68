"""Accounts on a real database."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from hospes.modules.identity import facade
from hospes.modules.identity.contracts import AccountStatus, Applicant, Profile, Role, User
from hospes.modules.identity.errors import EmailTaken, ProfileChanged, RefreshRefused, RefreshReused
from hospes.modules.identity.use_cases.change_profile import change_profile
from hospes.modules.identity.use_cases.issue_tokens import issue_tokens
from hospes.modules.identity.use_cases.refresh_tokens import refresh_tokens
from hospes.modules.identity.use_cases.register_user import register_user
from hospes.modules.identity.use_cases.withdraw_tokens import withdraw_tokens
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound
from hospes.platform.ids import new_id
from tests.builders.identity import a_user
from tests.builders.tokens import some_keys

KEYS = some_keys()
ADA = Applicant("Ada@example.com", "Ada", "Lovelace", "+34612345678", date(1990, 5, 31), "en")


async def events_of(tx: WriteTx, user: User) -> list[tuple[str, dict[str, object]]]:
    rows = await tx.all("SELECT type, data FROM platform.outbox WHERE aggregate_id = %s ORDER BY id", (user.id,))
    return [(row["type"], row["data"]) for row in rows]


async def test_whoever_registers_is_a_guest_and_it_is_told_once(tx: WriteTx, now: datetime) -> None:
    user = await register_user(tx, applicant=ADA, password_hash="x", source="web", now=now)
    assert user.roles == {"guest"}
    assert (user.email, user.name, user.phone, user.born_on) == (
        *("Ada@example.com", "Ada Lovelace", "+34612345678", date(1990, 5, 31)),
    )
    assert user.status == AccountStatus.ACTIVE
    assert await events_of(tx, user) == [
        (
            "user.registered",
            {"user_id": str(user.id), "source": "web"},
        )
    ]


async def test_an_email_address_has_one_account_whatever_its_case(tx: WriteTx, now: datetime) -> None:
    await a_user(tx, email="ada@EXAMPLE.com")
    with pytest.raises(EmailTaken) as refused:
        await register_user(tx, applicant=ADA, password_hash="x", source="web", now=now)
    assert set(refused.value.fields) == {"email"}
    row = await tx.find("SELECT count(*) AS n FROM identity.user_account")
    assert row == {"n": 1}


async def test_a_role_is_granted_once_and_told_once(tx: WriteTx, now: datetime) -> None:
    user = await a_user(tx)
    await facade.grant_role(tx, user.id, "host", now=now)
    again = await facade.grant_role(tx, user.id, "host", now=now)
    assert again.roles == {"guest", "host"}
    assert await events_of(tx, user) == [("user.role_granted", {"user_id": str(user.id), "role": "host"})]


async def test_a_role_for_nobody_is_not_found_and_an_unknown_role_is_a_mistake(tx: WriteTx, now: datetime) -> None:
    with pytest.raises(NotFound):
        await facade.grant_role(tx, new_id(), Role.HOST, now=now)
    with pytest.raises(ValueError, match="emperor"):
        await facade.grant_role(tx, (await a_user(tx)).id, "emperor", now=now)


async def test_other_modules_read_people_by_id(tx: WriteTx) -> None:
    ada, hugo = await a_user(tx), await a_user(tx, roles=("guest", "host"))
    assert await facade.get_user(tx, ada.id) == ada
    assert await facade.users_by_id(tx, [ada.id, hugo.id, new_id()]) == {ada.id: ada, hugo.id: hugo}
    assert await facade.users_by_id(tx, []) == {}
    with pytest.raises(NotFound):
        await facade.get_user(tx, new_id())


async def test_a_profile_changes_only_from_the_version_that_was_seen(tx: WriteTx, now: datetime) -> None:
    user = await a_user(tx)
    profile = Profile("Ada", "King", None, "en", "UTC", "ES", "Madrid", "Numbers.")
    changed = await change_profile(tx, user=user, profile=profile, now=now)
    assert changed == replace(user, last_name="King", country="ES", city="Madrid", bio="Numbers.", version=2)
    assert await change_profile(tx, user=changed, profile=profile, now=now) == changed
    with pytest.raises(ProfileChanged):
        await change_profile(tx, user=user, profile=profile, now=now)
    assert await events_of(tx, user) == [
        ("user.profile_changed", {"user_id": str(user.id), "fields": ["bio", "city", "country", "last_name"]})
    ]


async def test_a_refresh_token_buys_the_next_pair_once(tx: WriteTx, now: datetime) -> None:
    user = await a_user(tx)
    first = await issue_tokens(tx, user=user, keys=KEYS, now=now)
    outcome = await refresh_tokens(tx, refresh_token=first.refresh, keys=KEYS, now=now)
    assert isinstance(outcome, tuple)
    assert outcome[0] == user
    assert outcome[1].refresh != first.refresh
    third = await refresh_tokens(tx, refresh_token=outcome[1].refresh, keys=KEYS, now=now)
    assert isinstance(third, tuple)


async def test_a_refresh_token_used_twice_withdraws_its_family_and_no_other(tx: WriteTx, now: datetime) -> None:
    user = await a_user(tx)
    first = await issue_tokens(tx, user=user, keys=KEYS, now=now)
    other_sign_in = await issue_tokens(tx, user=user, keys=KEYS, now=now)
    second = await refresh_tokens(tx, refresh_token=first.refresh, keys=KEYS, now=now)
    assert isinstance(second, tuple)
    stolen = await refresh_tokens(tx, refresh_token=first.refresh, keys=KEYS, now=now)
    assert isinstance(stolen, RefreshReused)
    child = await refresh_tokens(tx, refresh_token=second[1].refresh, keys=KEYS, now=now)
    assert isinstance(child, RefreshRefused)
    other = await refresh_tokens(tx, refresh_token=other_sign_in.refresh, keys=KEYS, now=now)
    assert isinstance(other, tuple)


async def test_a_refresh_token_runs_out_after_7_days(tx: WriteTx, now: datetime) -> None:
    given = await issue_tokens(tx, user=await a_user(tx), keys=KEYS, now=now)
    late = await refresh_tokens(tx, refresh_token=given.refresh, keys=KEYS, now=now + timedelta(days=7))
    assert isinstance(late, RefreshRefused)
    in_time = now + timedelta(days=7, seconds=-1)
    assert isinstance(await refresh_tokens(tx, refresh_token=given.refresh, keys=KEYS, now=in_time), tuple)


async def test_a_withdrawn_or_unknown_refresh_token_is_refused(tx: WriteTx, now: datetime) -> None:
    given = await issue_tokens(tx, user=await a_user(tx), keys=KEYS, now=now)
    await withdraw_tokens(tx, refresh_token=given.refresh, now=now)
    await withdraw_tokens(tx, refresh_token="never-issued", now=now)
    for token in (given.refresh, "never-issued"):
        assert isinstance(await refresh_tokens(tx, refresh_token=token, keys=KEYS, now=now), RefreshRefused)


async def test_a_suspended_person_gets_no_further_tokens(tx: WriteTx, now: datetime) -> None:
    user = await a_user(tx)
    given = await issue_tokens(tx, user=user, keys=KEYS, now=now)
    await tx.run("UPDATE identity.user_account SET status = 'suspended' WHERE id = %s", (user.id,))
    assert isinstance(await refresh_tokens(tx, refresh_token=given.refresh, keys=KEYS, now=now), RefreshRefused)


async def test_the_refresh_token_itself_is_not_kept(tx: WriteTx, now: datetime) -> None:
    given = await issue_tokens(tx, user=await a_user(tx), keys=KEYS, now=now)
    row = await tx.find("SELECT token_hash FROM identity.refresh_token")
    assert row is not None
    assert len(row["token_hash"]) == 32
    assert given.refresh.encode() not in row["token_hash"]
