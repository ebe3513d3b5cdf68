"""Take a second step away."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hospes.modules.identity.errors import LastSecondFactor
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import devices, passkeys, second_factors
from hospes.modules.identity.use_cases.note_factor import note_removed
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound


async def remove_factor(
    tx: WriteTx,
    *,
    user_id: UUID,
    kind: Way,
    passkey_id: UUID | None = None,
    turn_off: bool,
    now: datetime,
    by: Mapping[str, str] | None = None,
) -> int:
    """How many are left. With the last go recovery codes and trusted browsers, so it needs `turn_off`.

    Raises `NotFound` and `LastSecondFactor`. The edge asks for a fresh confirmation first.
    """
    await second_factors.lock_person(tx, user_id)
    name = ""
    if kind is Way.PASSKEY:
        known = [each for each in await factors.list_passkeys(tx, user_id) if each.id == passkey_id]
        name = known[0].name if known else ""
        gone = passkey_id is not None and await passkeys.delete_passkey(tx, user_id, passkey_id)
    else:
        gone = await second_factors.delete_factor(tx, user_id, kind)
    if not gone:
        raise NotFound("There is no such second step in your account.")
    left = (await factors.factors_of(tx, user_id)).count
    if not left:
        if not turn_off:
            raise LastSecondFactor(
                "Without this one your password alone opens your account. Say that you want this to remove it."
            )
        await second_factors.delete_recovery_codes(tx, user_id)
        await devices.distrust_devices(tx, user_id)
    await note_removed(tx, user_id, kind, left=left, now=now, name=name, by=by)
    return left
