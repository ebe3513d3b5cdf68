"""The audit trail is written with what it tells of and is never changed."""

from datetime import UTC, datetime

import psycopg
import pytest

from hospes.platform import audit
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


async def test_what_was_done_is_found_by_who_did_it_and_by_whom_it_was_done_to(tx: WriteTx) -> None:
    admin, person = new_id(), new_id()
    await audit.note(tx, actor=admin, action="role.granted", subject=person, now=NOW, data={"role": "host"})
    await audit.note(tx, actor=person, action="password.changed", subject=person, now=NOW)

    of_person = await audit.list_entries(tx, subject=person)
    assert [(entry.action, entry.actor_id, entry.data) for entry in of_person] == [
        ("password.changed", person, {}),
        ("role.granted", admin, {"role": "host"}),
    ]
    assert [entry.action for entry in await audit.list_entries(tx, actor=admin)] == ["role.granted"]
    assert [entry.action for entry in await audit.list_entries(tx, subject=person, action="role.")] == ["role.granted"]
    older = await audit.list_entries(tx, subject=person, before=of_person[0].id)
    assert [entry.id for entry in older] == [of_person[1].id]


@pytest.mark.parametrize(
    "change", ["UPDATE platform.audit_entry SET action = 'a.b'", "DELETE FROM platform.audit_entry"]
)
async def test_an_entry_is_never_changed(tx: WriteTx, change: str) -> None:
    await audit.note(tx, actor=None, action="role.granted", subject=new_id(), now=NOW)
    with pytest.raises(psycopg.errors.RestrictViolation):
        async with tx.savepoint():
            await tx.run(change)
    await tx.run("ALTER TABLE platform.audit_entry DISABLE TRIGGER audit_entry_is_never_changed")
    assert await tx.run(change) == 1


async def test_an_action_is_a_noun_and_what_was_done(tx: WriteTx) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        await audit.note(tx, actor=None, action="Something happened", subject=None, now=NOW)


async def test_it_goes_with_the_commit(db: Database) -> None:
    person = new_id()

    async def note_and_fail() -> None:
        async with db.write() as tx:
            await audit.note(tx, actor=None, action="role.granted", subject=person, now=NOW)
            raise LookupError

    with pytest.raises(LookupError):
        await note_and_fail()
    async with db.read() as tx:
        assert await audit.list_entries(tx, subject=person) == []
