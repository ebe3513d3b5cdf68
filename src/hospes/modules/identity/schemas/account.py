"""The shapes of the account. Fields are loose text: `policies.forms` judges them, all at once."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.identity.contracts import User
from hospes.modules.identity.policies.forms import ProfileDraft
from hospes.modules.identity.schemas.fields import Text


def profile_as_typed(user: User) -> dict[str, str]:
    """The profile as a form shows it."""
    contact = user.emergency_contact
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": user.phone or "",
        "language": user.language,
        "time_zone": user.zone,
        "country": user.country or "",
        "city": user.city or "",
        "bio": user.bio,
        "emergency_name": contact.name if contact else "",
        "emergency_phone": contact.phone if contact else "",
        "emergency_relation": contact.relation if contact else "",
    }


class ProfileIn(BaseModel):
    """What to change; what is left out stays, null empties."""

    model_config = ConfigDict(extra="forbid")

    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    language: Text | None = None
    time_zone: Text | None = None
    country: Text | None = Field(None, description="ISO 3166 alpha-2")
    city: Text | None = None
    bio: Annotated[str, Field(max_length=5000)] | None = Field(None, description="At most 500 characters.")
    emergency_name: Text | None = Field(None, description="Whom to call; belongs together with the number.")
    emergency_phone: Text | None = None
    emergency_relation: Text | None = Field(None, description="In your own words.", examples=["my sister"])

    def over(self, user: User) -> ProfileDraft:
        """The whole profile with these changes."""
        changes = {name: getattr(self, name) or "" for name in self.model_fields_set}
        return ProfileDraft(**{**profile_as_typed(user), **changes})


class EmergencyContactOut(BaseModel):
    """Whom to call when something happens."""

    name: str
    phone: str
    relation: str

    @classmethod
    def of(cls, user: User) -> Self | None:
        """From the contract."""
        known = user.emergency_contact
        return cls(name=known.name, phone=known.phone, relation=known.relation) if known else None


def photo_path(user: User) -> str | None:
    """Where the person's picture is served."""
    return f"/media/{user.photo}" if user.photo else None


class UserOut(BaseModel):
    """A person, as they see themselves."""

    id: UUID
    email: str
    email_verified: bool
    first_name: str
    last_name: str
    phone: str | None
    phone_verified: bool
    photo: str | None = Field(description="The path of the picture.")
    emergency_contact: EmergencyContactOut | None
    date_of_birth: date | None
    language: str
    time_zone: str
    country: str | None
    city: str | None
    bio: str
    roles: list[str]
    created_at: datetime
    version: int

    @classmethod
    def of(cls, user: User) -> Self:
        """From the contract."""
        return cls(
            id=user.id,
            email=user.email,
            email_verified=user.email_verified_at is not None,
            first_name=user.first_name,
            last_name=user.last_name,
            phone=user.phone,
            phone_verified=user.phone_verified_at is not None,
            photo=photo_path(user),
            emergency_contact=EmergencyContactOut.of(user),
            date_of_birth=user.born_on,
            language=user.language,
            time_zone=user.zone,
            country=user.country,
            city=user.city,
            bio=user.bio,
            roles=sorted(user.roles),
            created_at=user.created_at,
            version=user.version,
        )


class BecameHostOut(BaseModel):
    """The person with their new role, and an access token that carries it (for callers who came with one)."""

    user: UserOut
    access_token: str | None
    expires_in: int | None


class ProfileForm(BaseModel):
    """The account page."""

    first_name: Text = ""
    last_name: Text = ""
    phone: Text = ""
    language: Text = ""
    time_zone: Text = ""
    country: Text = ""
    city: Text = ""
    bio: Annotated[str, Field(max_length=5000)] = ""
    emergency_name: Text = ""
    emergency_phone: Text = ""
    emergency_relation: Text = ""
    version: int | None = None

    def draft(self) -> ProfileDraft:
        """As the rules take it."""
        return ProfileDraft(**self.model_dump(exclude={"version"}))
