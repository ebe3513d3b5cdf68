"""Keep a passkey that the person's device has made."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hospes.modules.identity.errors import PasskeyRefused
from hospes.modules.identity.passkeys import NewPasskey
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import passkeys, second_factors
from hospes.modules.identity.use_cases.note_factor import note_added
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict
from hospes.platform.ids import new_id

MOST = 20


async def add_passkey(
    tx: WriteTx, *, user_id: UUID, made: NewPasskey, name: str, now: datetime, by: Mapping[str, str] | None = None
) -> UUID:
    """Its id; it is a second step and opens the account by itself. Raises `PasskeyRefused` when it is known already."""
    await second_factors.lock_person(tx, user_id)
    if (await factors.factors_of(tx, user_id)).passkeys >= MOST:
        raise Conflict(f"You have {MOST} passkeys. Remove one that you no longer use first.")
    passkey_id = new_id()
    if not await passkeys.insert_passkey(
        tx,
        id=passkey_id,
        user_id=user_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        transports=made.transports,
        backed_up=made.backed_up,
        now=now,
    ):
        raise PasskeyRefused("This passkey belongs to an account already.")
    await note_added(tx, user_id, Way.PASSKEY, now=now, name=name, by=by)
    return passkey_id
