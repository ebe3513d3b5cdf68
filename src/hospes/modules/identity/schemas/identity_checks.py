"""The shapes of identity checks. No file and no number of a document is ever in an answer."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from hospes.modules.identity.contracts import CheckStatus, DocumentKind, IdentityCheck, Side
from hospes.modules.identity.policies.person import countries


def _known(code: str) -> str:
    if code not in countries():
        raise ValueError("Choose the country that issued it.")
    return code


Country = Annotated[str, AfterValidator(_known), Field(description="ISO 3166 alpha-2.", examples=["ES"])]


class DocumentForm(BaseModel):
    """What document it is; the pictures come beside it."""

    kind: DocumentKind
    country: Country
    expires_on: date


class DecisionForm(BaseModel):
    """An admin's decision; a refusal needs a reason, `expires_on` corrects the date that was given."""

    reason: Annotated[str, Field(max_length=1000)] = ""
    expires_on: date | None = None


class IdentityCheckOut(BaseModel):
    """A document that was sent, as its person sees it."""

    id: UUID
    kind: DocumentKind
    country: str
    expires_on: date
    status: CheckStatus
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    files_until: datetime | None

    @classmethod
    def of(cls, check: IdentityCheck) -> Self:
        """Without who decided."""
        return cls(**{name: getattr(check, name) for name in cls.model_fields})


class IdentityChecksOut(BaseModel):
    """All of a person, the latest first."""

    items: list[IdentityCheckOut]


class ReviewedCheckOut(IdentityCheckOut):
    """As admins see it; `sides` are the pictures that are still kept."""

    user_id: UUID
    reviewed_by: UUID | None
    sides: list[Side]


class ReviewedChecksOut(BaseModel):
    """The oldest first."""

    items: list[ReviewedCheckOut]
    next_cursor: UUID | None
