"""Keep somebody out, and let them in again."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.contracts import AccountStatus
from hospes.modules.identity.errors import StandingChanged
from hospes.modules.identity.store import refusals, standing
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Invalid
from hospes.platform.outbox import publish


async def suspend_account(tx: WriteTx, *, user_id: UUID, reason: str, actor: UUID, now: datetime) -> None:
    """No way in from the commit on: sessions and tokens that are out are refused within 50 ms in every process.

    Raises `StandingChanged` unless the account is active, `Invalid` for oneself or without a reason. After the commit
    the edge closes the sessions (`facade.close_sessions`).
    """
    said = " ".join(reason.split())[:500]
    if not said:
        raise Invalid("Please say why.", fields={"reason": "Please say why."})
    if user_id == actor:
        raise Invalid("You cannot suspend yourself.", fields={"reason": "You cannot suspend yourself."})
    active, suspended = AccountStatus.ACTIVE, AccountStatus.SUSPENDED
    if not await standing.change_status(tx, user_id, seen=active, status=suspended, reason=said, now=now):
        raise StandingChanged("This account is not active any more. Look at it again.")
    await refusals.refuse(tx, user_id, sessions=True, now=now)
    await kept_tokens.revoke_families_of(tx, user_id, except_id="", now=now)
    await publish(tx, events.SUSPENDED, user_id, {"user_id": str(user_id)}, now=now)
    await audit.note(tx, actor=actor, action="account.suspended", subject=user_id, now=now)


async def reactivate_account(tx: WriteTx, *, user_id: UUID, actor: UUID, now: datetime) -> None:
    """They may sign in again; what was closed stays closed. Raises `StandingChanged` unless it is suspended."""
    active, suspended = AccountStatus.ACTIVE, AccountStatus.SUSPENDED
    if not await standing.change_status(tx, user_id, seen=suspended, status=active, reason="", now=now):
        raise StandingChanged("This account is not suspended any more. Look at it again.")
    await refusals.allow_sessions(tx, user_id)
    await publish(tx, events.REACTIVATED, user_id, {"user_id": str(user_id)}, now=now)
    await audit.note(tx, actor=actor, action="account.reactivated", subject=user_id, now=now)
