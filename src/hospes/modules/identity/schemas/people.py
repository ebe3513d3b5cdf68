"""The shapes of admins' work with people, and of the audit trail."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.identity.contracts import User
from hospes.platform.audit import AuditEntry

Reason = Annotated[str, Field(max_length=2000)]


class RoleChange(StrEnum):
    """Give a role, or take it."""

    GRANT = "grant"
    REVOKE = "revoke"


class ReasonIn(BaseModel):
    """Why; it is written down."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class PersonOut(BaseModel):
    """An account as admins see it."""

    id: UUID
    email: str
    name: str
    roles: list[str]
    status: str
    email_verified: bool
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        """As it is now."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            roles=sorted(user.roles),
            status=str(user.status),
            email_verified=user.email_verified_at is not None,
            created_at=user.created_at,
        )


class PeopleOut(BaseModel):
    """Accounts, the newest first; `next_before` is given as `before` for more."""

    items: list[PersonOut]
    next_before: UUID | None


class ActingOut(BaseModel):
    """Whose account the session is in now, and the token its next changes carry."""

    user_id: UUID
    acting: bool
    until: datetime | None
    csrf_token: str


class EntryOut(BaseModel):
    """One thing that was done. `actor_id` null: the product itself; `acting_for`: whose account an admin was in."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    acting_for: UUID | None
    action: str = Field(examples=["role.granted"])
    subject_id: UUID | None
    data: dict[str, Any]

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """As it was written."""
        names = ("id", "at", "actor_id", "acting_for", "action", "subject_id")
        return cls(data=dict(entry.data), **{name: getattr(entry, name) for name in names})


class AuditOut(BaseModel):
    """The latest first; `next_before` is given as `before` for more."""

    items: list[EntryOut]
    next_before: UUID | None
