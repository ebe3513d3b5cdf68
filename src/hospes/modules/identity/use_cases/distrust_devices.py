"""Ask a person's browsers for the second step again."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.store import devices
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound


async def distrust_devices(tx: WriteTx, *, user_id: UUID, device_id: UUID | None = None, now: datetime) -> int:
    """One browser, or all of them; answers how many were trusted. Raises `NotFound` for one that was not."""
    if device_id is None:
        count = await devices.distrust_devices(tx, user_id)
    else:
        count = int(await devices.distrust_device(tx, user_id, device_id))
        if not count:
            raise NotFound("This browser is not trusted.")
    if count:
        await audit.note(tx, actor=user_id, action="device.distrusted", subject=user_id, now=now, data={"count": count})
    return count
