"""An admin looks at a picture of somebody's document."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.contracts import Side
from hospes.modules.identity.errors import IdentityCheckNotFound
from hospes.modules.identity.queries import identity_checks as checks
from hospes.platform import audit
from hospes.platform.db import Row, WriteTx


async def look_at_document(tx: WriteTx, *, check_id: UUID, side: Side, admin_id: UUID, now: datetime) -> Row:
    """Where it lies and the key it opens with; that somebody looked is written down first. Raises
    `IdentityCheckNotFound`, also when the file is no longer kept."""
    found = await checks.find_file(tx, check_id, side)
    if found is None:
        raise IdentityCheckNotFound("This picture is no longer kept.")
    said = {"check": str(check_id), "side": str(side)}
    subject = found["user_id"]
    await audit.note(tx, actor=admin_id, action="identity_check.looked_at", subject=subject, now=now, data=said)
    return found
