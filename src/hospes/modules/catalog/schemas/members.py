"""The wire shapes of members and invitations."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.queries.members import Invitation


class GivenRole(StrEnum):
    """What an invitation or a change may make of somebody; ownership is handed over."""

    MANAGER = "manager"
    STAFF = "staff"


class InvitationIn(BaseModel):
    """Whom to ask."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, Field(max_length=320)]
    role: GivenRole


class MemberPatch(BaseModel):
    """Another part."""

    model_config = ConfigDict(extra="forbid")

    role: GivenRole


class OwnerIn(BaseModel):
    """Who is to own the business: somebody who works there."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID


class MemberOut(BaseModel):
    """Somebody who works for the business. `email` is seen by those who may choose who works there."""

    user_id: UUID
    name: str
    email: str | None
    role: MemberRole
    may: list[str] = Field(description="What this part includes, in words.")
    joined_at: datetime | None
    you: bool


class MembersOut(BaseModel):
    """The owner, then managers, then staff."""

    items: list[MemberOut]


class InvitationOut(BaseModel):
    """An invitation that nobody has answered yet; its link is in the mail only."""

    id: UUID
    email: str
    role: MemberRole
    invited_by: UUID
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    good: bool = Field(description="False: it has run out. Send it again, or revoke it.")

    @classmethod
    def of(cls, each: Invitation, now: datetime) -> "InvitationOut":
        """As listed at this time."""
        return cls(
            id=each.id,
            email=each.address,
            role=each.role,
            invited_by=each.invited_by,
            created_at=each.created_at,
            sent_at=each.sent_at,
            expires_at=each.expires_at,
            good=each.is_good(now),
        )


class InvitationsOut(BaseModel):
    """The newest first."""

    items: list[InvitationOut]


class OpenedOut(BaseModel):
    """What an invitation asks of who holds its link."""

    business: str
    role: MemberRole
    may: list[str]
    invited_by: str
    expires_at: datetime


class AnsweredOut(BaseModel):
    """What came of it."""

    business_id: UUID
    role: MemberRole
    answer: str = Field(examples=["accepted"])


class HandedOverOut(BaseModel):
    """Whose the business is now."""

    business_id: UUID
    owner_id: UUID
