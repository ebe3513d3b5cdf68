"""Who takes a change of address back is not followed in by what was set up meanwhile."""

from datetime import timedelta
from uuid import UUID

from hospes.modules.identity.contracts import Proof, Purpose
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import second_factors
from hospes.modules.identity.use_cases.drop_ways_since import drop_ways_since
from hospes.modules.identity.use_cases.make_api_key import make_api_key
from hospes.modules.identity.use_cases.undo_change import undo_change
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from tests.builders.identity import a_user
from tests.conftest import NOW

BEFORE, LATER = NOW - timedelta(days=1), NOW + timedelta(hours=1)


async def a_passkey(tx: WriteTx, user_id: UUID, name: str, at: object) -> None:
    await tx.run(
        "INSERT INTO identity.passkey (id, user_id, credential_id, public_key, sign_count, name, backed_up, created_at)"
        " VALUES (%s, %s, %s, 'k', 0, %s, false, %s)",
        (new_id(), user_id, name.encode(), name, at),
    )


async def everything(tx: WriteTx) -> UUID:
    """A passkey of theirs from before; since the change an app, a passkey, codes, a linked account and a key."""
    user = await a_user(tx)
    await a_passkey(tx, user.id, "mine", BEFORE)
    await a_passkey(tx, user.id, "theirs", LATER)
    await second_factors.insert_factor(tx, id=new_id(), user_id=user.id, kind="totp", secret=b"x", step=0, now=LATER)
    await second_factors.replace_recovery_codes(tx, user.id, [(new_id(), b"a"), (new_id(), b"b")], LATER)
    await tx.run(
        "INSERT INTO identity.linked_account (id, user_id, provider, subject_mark, linked_at, last_used_at)"
        " VALUES (%s, %s, 'google', 's', %s, %s)",
        (new_id(), user.id, LATER, LATER),
    )
    await make_api_key(tx, user_id=user.id, name="old", scopes=["read:business"], lasts_days=None, now=BEFORE)
    await make_api_key(tx, user_id=user.id, name="new", scopes=["read:business"], lasts_days=None, now=LATER)
    return user.id


async def test_taking_a_change_back_takes_out_what_was_added_since_and_leaves_what_was_there(tx: WriteTx) -> None:
    user_id = await everything(tx)
    proof = Proof(new_id(), user_id, Purpose.UNDO_EMAIL, "before@example.com", NOW)
    await undo_change(tx, proof=proof, now=LATER + timedelta(minutes=1))
    assert [each.name for each in await factors.list_passkeys(tx, user_id)] == ["mine"]
    has = await factors.factors_of(tx, user_id)
    assert (has.totp, has.count) == (False, 1)
    for table in ("second_factor", "recovery_code", "linked_account"):
        assert await tx.all(f"SELECT 1 FROM identity.{table} WHERE user_id = %s", (user_id,)) == [], table
    keys = await tx.all("SELECT name FROM identity.api_key WHERE user_id = %s AND revoked_at IS NULL", (user_id,))
    assert [row["name"] for row in keys] == ["old"]
    noted = await tx.find("SELECT data FROM platform.audit_entry WHERE action = 'account.ways_in_dropped'")
    assert noted
    assert noted["data"] == {"factors": ["passkey", "totp"], "recovery_codes": 2, "linked_accounts": 1, "api_keys": 1}


async def test_control_without_it_they_are_all_still_there(tx: WriteTx) -> None:
    user_id = await everything(tx)
    assert (await factors.factors_of(tx, user_id)).count == 3
    assert await drop_ways_since(tx, user_id=user_id, at=LATER + timedelta(seconds=1), now=LATER) == 0
    assert (await factors.factors_of(tx, user_id)).count == 3
