"""What is known of people cannot be read in the tables, opens in its own row, and is found by keyed marks."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from psycopg.errors import UniqueViolation

from hospes.entrypoints.wiring import sealed_columns
from hospes.modules.identity import facade
from hospes.modules.identity.contracts import Applicant, EmergencyContact
from hospes.modules.identity.errors import EmailTaken
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.sealed import email_mark
from hospes.modules.identity.store import accounts
from hospes.modules.identity.use_cases.register_user import register_user
from hospes.modules.identity.use_cases.seal_accounts import seal_accounts
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.key_rotation import count_by_key, rotate_keys
from hospes.platform.sealing import Keyring, SealBroken
from tests.builders.identity import a_user
from tests.builders.keys import INDEX_SECRET, KEY, KEYRING
from tests.conftest import NOW
from tests.race.rivals import race
from tests.security.scan import found_in_database

ADA = Applicant("Ada.Lovelace@example.com", "Augusta", "Lovelace", "+34612345678", date(1990, 5, 31), "en")
WORDS = ("ada.lovelace", "augusta", "lovelace", "612345678", "1990-05-31", "Charles", "Marylebone")
NEXT = ("next", "the next key, of more than thirty-two characters")


async def ada(tx: WriteTx) -> UUID:
    user = await register_user(tx, applicant=ADA, password_hash="x", source="web", now=NOW)
    contact = EmergencyContact("Charles Babbage", "+442071234567", "friend")
    await accounts.update_person(tx, user.id, NOW, city="Marylebone", bio="I count", emergency_contact=contact)
    return user.id


async def test_a_person_comes_back_as_they_were_written(tx: WriteTx) -> None:
    user = await facade.get_user(tx, await ada(tx))
    assert (user.email, user.name, user.phone) == (ADA.email, "Augusta Lovelace", ADA.phone)
    assert (user.born_on, user.city, user.bio) == (ADA.born_on, "Marylebone", "I count")
    assert user.emergency_contact == EmergencyContact("Charles Babbage", "+442071234567", "friend")
    assert user.version == 2


async def test_no_table_of_identity_holds_a_readable_person(tx: WriteTx) -> None:
    user_id = await ada(tx)
    assert await found_in_database(tx.conn, WORDS, schemas=("identity",)) == []
    await tx.run("UPDATE identity.user_account SET country = 'Augusta' WHERE id = %s", (user_id,))
    assert await found_in_database(tx.conn, WORDS, schemas=("identity",)) == ["identity.user_account.country: augusta"]
    await tx.run(
        "UPDATE identity.user_account SET country = NULL, phone_mark = 'x612345678x' WHERE id = %s", (user_id,)
    )
    assert len(await found_in_database(tx.conn, WORDS, schemas=("identity",))) == 1, "control: bytes are looked into"


@pytest.mark.parametrize("columns", ["person", "person = other.person, data_key", "data_key"])
async def test_what_is_moved_into_another_row_does_not_open(tx: WriteTx, columns: str) -> None:
    mine, other = await a_user(tx), await a_user(tx)
    column = columns.rsplit(" ", 1)[-1]
    await tx.conn.execute(
        f"UPDATE identity.user_account AS u SET {columns} = other.{column} FROM identity.user_account AS other"
        " WHERE u.id = %s AND other.id = %s".encode(),
        (mine.id, other.id),
    )
    with pytest.raises(SealBroken):
        await facade.get_user(tx, mine.id)
    assert (await facade.get_user(tx, other.id)).email == other.email


async def test_control_in_its_own_row_it_opens(tx: WriteTx) -> None:
    mine = await a_user(tx)
    await tx.run(
        "UPDATE identity.user_account AS u SET person = other.person FROM identity.user_account AS other"
        " WHERE u.id = %s AND other.id = u.id",
        (mine.id,),
    )
    assert await facade.get_user(tx, mine.id) == mine


async def test_people_are_found_by_email_phone_and_birthday(tx: WriteTx) -> None:
    user_id, twin = await ada(tx), await a_user(tx, phone=ADA.phone, born_on=date(1971, 5, 31))
    other = await a_user(tx, born_on=date(1990, 5, 30))
    found = await people.find_by_email(tx, " ADA.lovelace@EXAMPLE.com ")
    assert found is not None
    assert found.id == user_id
    assert await people.find_by_email(tx, "nobody@example.com") is None
    assert [each.id for each in await people.find_by_phone(tx, "+34612345678")] == sorted([user_id, twin.id])
    born = await facade.list_people(tx, after=None, limit=50, birthday=(5, 31))
    assert {user_id, twin.id} <= {each.id for each in born}
    assert other.id not in {each.id for each in born}


async def test_of_many_who_register_one_address_at_once_one_gets_it(db: Database) -> None:
    async def register(tx: WriteTx, number: int) -> None:
        shouted = ADA.email.upper() if number % 2 else ADA.email
        await register_user(tx, applicant=replace(ADA, email=shouted), password_hash="x", source="web", now=NOW)

    assert await race(db, 8, register) == {"won": 1, "email_taken": 7}


async def test_of_many_who_change_to_one_address_at_once_one_gets_it(db: Database) -> None:
    async with db.write() as tx:
        rivals = [await a_user(tx) for _ in range(6)]

    async def change(tx: WriteTx, number: int) -> None:
        await accounts.update_person(tx, rivals[number].id, NOW, email="one@example.com")

    assert await race(db, 6, change) == {"won": 1, "email_taken": 5}


async def test_control_without_the_constraint_two_would_share_an_address(db: Database) -> None:
    async with db.write() as tx:
        await tx.run("ALTER TABLE identity.user_account DROP CONSTRAINT user_email_is_unique")
        rivals = [await a_user(tx) for _ in range(2)]

    async def change(tx: WriteTx, number: int) -> None:
        await accounts.update_person(tx, rivals[number].id, NOW, email="one@example.com")

    assert await race(db, 2, change) == {"won": 2}


async def test_who_is_refused_an_address_can_still_use_the_transaction(tx: WriteTx) -> None:
    first, second = await a_user(tx), await a_user(tx)
    with pytest.raises(EmailTaken):
        await accounts.update_person(tx, second.id, NOW, email=first.email.upper())
    assert (await facade.get_user(tx, second.id)) == second


async def test_what_an_older_release_kept_readable_is_sealed_batch_by_batch(db: Database) -> None:
    async with db.write() as tx:
        ids = [new_id() for _ in range(3)]
        for number, user_id in enumerate(ids):
            await tx.run(
                "INSERT INTO identity.user_account (id, created_at, updated_at) VALUES (%s, %s, %s)",
                (user_id, NOW, NOW),
            )
            await tx.run(
                "INSERT INTO identity.unsealed_account VALUES (%s, %s, 'Augusta', 'Lovelace', '+34612345678',"
                " '1990-05-31', NULL, '')",
                (user_id, f"ada.lovelace{number}@example.com"),
            )
    async with db.read() as rtx:
        assert await found_in_database(rtx.conn, WORDS, schemas=("identity",)) != [], "control: it was readable"
        with pytest.raises(SealBroken, match="hospes migrate"):
            await facade.get_user(rtx, ids[0])
    async with db.write() as tx:  # broken off after the first
        ((user_id, person),) = await accounts.list_unsealed(tx, 1)
        await accounts.replace_unsealed(tx, [(user_id, accounts.seal_person(tx.keyring, user_id, person))])
    assert await seal_accounts(db) == 2
    assert await seal_accounts(db) == 0
    async with db.read() as rtx:
        known = [await facade.get_user(rtx, each) for each in ids]
        assert [each.email for each in known] == [f"ada.lovelace{n}@example.com" for n in range(3)]
        assert await found_in_database(rtx.conn, WORDS, schemas=("identity",)) == []


async def test_keys_turn_over_and_the_old_one_can_go(clone_url: str, db: Database) -> None:
    async with db.write() as tx:
        users = [await a_user(tx) for _ in range(5)]
    turned = Database(clone_url, max_write=2, max_read=1, keyring=Keyring([NEXT, KEY], INDEX_SECRET))
    after = Database(clone_url, max_write=2, max_read=1, keyring=Keyring([NEXT], INDEX_SECRET))
    await turned.open()
    await after.open()
    try:
        async with after.read() as tx:
            with pytest.raises(SealBroken, match="test"):
                await facade.get_user(tx, users[0].id)
        with pytest.raises(SealBroken):
            await rotate_keys(after, sealed_columns())
        async with turned.write() as tx:
            users.append(await a_user(tx))
            assert await count_by_key(tx, sealed_columns()) == {"test": 5, "next": 1}
        assert await rotate_keys(turned, sealed_columns(), batch=2) == 5
        assert await rotate_keys(turned, sealed_columns(), batch=2) == 0
        async with after.read() as tx:
            assert await facade.users_by_id(tx, [each.id for each in users]) == {each.id: each for each in users}
            assert await count_by_key(tx, sealed_columns()) == {"next": 6}
            assert await people.find_by_email(tx, users[0].email) == users[0]
    finally:
        await turned.close()
        await after.close()


async def test_a_person_whose_key_is_gone_is_nobody(tx: WriteTx) -> None:
    user = await a_user(tx)
    await tx.run(
        "UPDATE identity.user_account SET status = 'deleted', person = NULL, data_key = NULL, email_mark = NULL,"
        " phone_mark = NULL, birthday_mark = NULL WHERE id = %s",
        (user.id,),
    )
    forgotten = await facade.get_user(tx, user.id)
    assert (forgotten.email, forgotten.name, forgotten.phone) == ("", "Deleted account", None)


async def test_a_mark_kept_for_another_is_refused(tx: WriteTx) -> None:
    first, second = await a_user(tx), await a_user(tx)
    with pytest.raises(UniqueViolation):
        await tx.run(
            "UPDATE identity.user_account SET email_mark = %s WHERE id = %s",
            (email_mark(KEYRING, first.email), second.id),
        )
