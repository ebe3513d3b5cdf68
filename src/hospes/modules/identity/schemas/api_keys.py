"""The shapes of partners' keys."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.identity.policies.api_keys import PER_MINUTE
from hospes.modules.identity.queries.api_keys import ApiKey
from hospes.modules.identity.schemas.fields import Text


class ApiKeyIn(BaseModel):
    """What a key shall be good for."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(description="What it is for, to tell keys apart.", examples=["Channel manager"])
    scopes: Annotated[list[Text], Field(max_length=30)] = Field(examples=[["read:listings", "read:bookings"]])
    lasts_days: int | None = Field(365, description="Null: until it is revoked. At most 730.")
    per_minute: int = Field(PER_MINUTE, description="Requests a minute, all together; at most 6000.")
    business_id: UUID | None = Field(
        None, description="Only for this business, of which you are the owner or a manager. Null: all of yours."
    )


class ApiKeyOut(BaseModel):
    """A key; its secret is shown when it is made and never again."""

    id: UUID
    name: str
    starts_with: str
    scopes: list[str]
    per_minute: int
    live: bool
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")
    revoked_at: datetime | None
    rotated_from: UUID | None
    business_id: UUID | None

    @classmethod
    def of(cls, key: ApiKey, now: datetime) -> Self:
        """As listed at this time."""
        times = ("created_at", "expires_at", "last_used_at", "revoked_at")
        names = ("id", "name", "per_minute", *times, "rotated_from", "business_id")
        said = {name: getattr(key, name) for name in names}
        return cls(starts_with=starts_with(key), scopes=list(key.scopes), live=key.is_live(now), **said)


class ApiKeyMadeOut(BaseModel):
    """The key, this once: send it as `Authorization: Bearer …`."""

    key: str
    listed: ApiKeyOut


class ApiKeysOut(BaseModel):
    """The newest first, and the scopes there are."""

    items: list[ApiKeyOut]
    scopes: dict[str, str]


class ApiKeyForm(BaseModel):
    """The page on which a key is made."""

    name: Text = ""
    scopes: Annotated[list[Text], Field(max_length=30)] = []
    lasts_days: int = 365
    per_minute: int = PER_MINUTE
    business_id: UUID | None = None


def starts_with(key: ApiKey) -> str:
    """As much of a key as may be seen."""
    return f"hk_live_{key.prefix}_"
