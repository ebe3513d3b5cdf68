"""Know the browsers that a person signs in with, and tell them of a new one."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import devices
from hospes.modules.identity.use_cases.undo_deletion import undo_deletion
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish

TRUSTED_FOR = timedelta(days=30)


async def meet_device(
    tx: WriteTx,
    *,
    user_id: UUID,
    token_hash: bytes,
    name: str,
    place: str = "",
    trust: bool = False,
    now: datetime,
) -> bool:
    """True when the person never signed in with this browser but did with another: then they are told by mail.

    Who signs in wants to stay: a deletion that waits is taken back. `trust`: it is not asked for the second step for
    30 days.
    """
    await undo_deletion(tx, user_id=user_id, now=now)
    fresh = await devices.meet_device(
        tx, id=new_id(), user_id=user_id, token_hash=token_hash, name=name, place=place, now=now
    )
    new = fresh and await factors.has_other_device(tx, user_id, token_hash)
    if new:
        data = {"user_id": str(user_id), "device": name, "place": place}
        await publish(tx, events.NEW_DEVICE_SIGNED_IN, user_id, data, now=now)
    if trust:
        await devices.trust_device(tx, user_id, token_hash, now + TRUSTED_FOR)
        await audit.note(tx, actor=user_id, action="device.trusted", subject=user_id, now=now)
    return new
