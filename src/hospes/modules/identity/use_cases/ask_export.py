"""Have a copy made of all that is known of a person."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.errors import ExportUnderWay
from hospes.modules.identity.store import privacy
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.jobs import defer

MAKE_EXPORT = "identity.make_export"


async def ask_export(tx: WriteTx, *, user_id: UUID, now: datetime) -> UUID:
    """The id of the copy that a job makes; raises `ExportUnderWay`."""
    export_id = new_id()
    if not await privacy.insert_export(tx, export_id, user_id, now):
        raise ExportUnderWay("A copy is being made already. You get a mail when it is ready.")
    await audit.note(tx, actor=user_id, action="account.export_asked", subject=user_id, now=now)
    await defer(tx, MAKE_EXPORT, export_id=str(export_id), user_id=str(user_id))
    return export_id
