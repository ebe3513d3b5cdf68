"""An admin has looked at a document."""

from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.contracts import CheckStatus, IdentityCheck
from hospes.modules.identity.errors import IdentityCheckDecided, IdentityCheckNotFound
from hospes.modules.identity.store import identity_checks as store
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Forbidden, Invalid
from hospes.platform.outbox import publish

_ACTIONS = {
    CheckStatus.APPROVED: (events.IDENTITY_APPROVED, "identity_check.approved"),
    CheckStatus.REFUSED: (events.IDENTITY_REFUSED, "identity_check.refused"),
}


async def decide_identity_check(
    tx: WriteTx,
    *,
    check_id: UUID,
    admin_id: UUID,
    status: CheckStatus,
    reason: str,
    expires_on: date | None,
    keep_files: timedelta,
    now: datetime,
) -> IdentityCheck:
    """The check as it was; approved or refused now. Refusing needs a reason; `expires_on` corrects the date given.

    Raises `IdentityCheckNotFound`, `IdentityCheckDecided` when somebody was faster, `Forbidden` for one's own."""
    before = await store.lock_check(tx, check_id)
    if before is None:
        raise IdentityCheckNotFound()
    if before.user_id == admin_id:
        raise Forbidden("Somebody else must look at your own document.")
    if before.status is not CheckStatus.WAITING:
        raise IdentityCheckDecided(f"This document is {before.status} already.")
    ends = expires_on or before.expires_on
    _check(status, reason, ends, now)
    if status is CheckStatus.APPROVED:
        await store.replace_approved(tx, before.user_id)
    until = now + keep_files
    if not await store.decide_check(
        tx, check_id, status, admin_id=admin_id, reason=reason, expires_on=ends, files_until=until, now=now
    ):
        raise IdentityCheckDecided("Somebody else has decided this in the meantime.")
    fact, action = _ACTIONS[status]
    data = {"user_id": str(before.user_id), "check_id": str(check_id), "expires_on": ends.isoformat()}
    await publish(tx, fact, before.user_id, data, now=now)
    said = {"check": str(check_id), "kind": before.kind, "corrected": ends != before.expires_on}
    await audit.note(tx, actor=admin_id, action=action, subject=before.user_id, now=now, data=said)
    return before


def _check(status: CheckStatus, reason: str, ends: date, now: datetime) -> None:
    if status is CheckStatus.REFUSED and not reason:
        raise Invalid("Say why.", fields={"reason": "Say what is wrong, so that they can send a better one."})
    if len(reason) > 1000:
        raise Invalid("This is too long.", fields={"reason": "At most 1000 characters."})
    if status is CheckStatus.APPROVED and ends <= now.date():
        raise Invalid("The document has expired.", fields={"expires_on": "The document has expired."})
