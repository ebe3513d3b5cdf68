"""An account's security at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.identity.policies.second_steps import Factors
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.queries.second_factors import Device, Factor, Passkey, Reset
from hospes.platform import audit
from hospes.platform.audit import AuditEntry
from hospes.platform.db import ReadTx

RECENT = 12
_PASSWORD = "account.password_changed"  # noqa: S105  the name of an action


@dataclass(frozen=True, slots=True)
class Security:
    """What protects an account, and what has happened to it; `password_changed_at` is None when it never was."""

    has: Factors
    factors: Sequence[Factor]
    passkeys: Sequence[Passkey]
    devices: Sequence[Device]
    activity: Sequence[AuditEntry]
    password_changed_at: datetime | None
    reset: Reset | None


async def look_at_security(tx: ReadTx, *, user_id: UUID, now: datetime) -> Security:
    """Everything that the page and the API show."""
    changed = await audit.list_entries(tx, subject=user_id, action=_PASSWORD, limit=1)
    return Security(
        has=await factors.factors_of(tx, user_id),
        factors=await factors.list_factors(tx, user_id),
        passkeys=await factors.list_passkeys(tx, user_id),
        devices=await factors.list_devices(tx, user_id, trusted_at=now),
        activity=await audit.list_entries(tx, subject=user_id, limit=RECENT),
        password_changed_at=changed[0].at if changed else None,
        reset=await factors.find_open_reset(tx, user_id),
    )
