"""Judge what a passkey has answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.identity.errors import PasskeyRefused
from hospes.modules.identity.passkeys import Site, check_answer, credential_id_of
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import passkeys
from hospes.platform.db import WriteTx

UNKNOWN = "We do not know this passkey. It may have been removed from your account."


async def use_passkey(
    tx: WriteTx,
    *,
    site: Site,
    credential: Mapping[str, Any],
    challenge: bytes,
    user_id: UUID | None,
    verified: bool,
    now: datetime,
) -> UUID:
    """Whose passkey it is; `user_id`: it must be theirs; `verified`: the device must have made sure of them.

    Raises `PasskeyRefused`, also when its counter moved in the meantime: of two answers with one count, one is taken.
    """
    passkey = await factors.find_passkey(tx, credential_id_of(credential))
    if passkey is None or (user_id is not None and passkey.user_id != user_id):
        raise PasskeyRefused(UNKNOWN)
    count = check_answer(site, credential, challenge, passkey, verified=verified)
    if not await passkeys.use_passkey(tx, passkey.id, seen=passkey.sign_count, count=count, now=now):
        raise PasskeyRefused("This passkey was used somewhere else at the same moment. Please try again.")
    return passkey.user_id
