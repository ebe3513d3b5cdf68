"""The wire and form shapes of identity. Fields are loose text: `policies.forms` judges them, all at once."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hospes.modules.identity.contracts import Tokens, User
from hospes.modules.identity.policies.forms import Application, ProfileDraft

Text = Annotated[str, Field(max_length=400)]
Secret = Annotated[str, Field(max_length=1000, json_schema_extra={"format": "password"})]
Token = Annotated[str, Field(max_length=200)]


class RegisterIn(BaseModel):
    """A registration."""

    email: Text = Field(examples=["ada@example.com"])
    password: Secret = Field(description="At least 8 characters with a small letter, a capital letter and a digit.")
    first_name: Text
    last_name: Text
    date_of_birth: Text = Field(description="ISO 8601; at least 18 years ago.", json_schema_extra={"format": "date"})
    phone: Text | None = Field(None, description="With country code.", examples=["+34612345678"])
    language: Text | None = Field(None, examples=["en", "pt-BR"])
    referral_code: Annotated[str, Field(max_length=40)] | None = Field(None, description="Of whoever invited them.")

    def application(self) -> Application:
        """As the rules take it."""
        return Application(
            email=self.email,
            password=self.password,
            first_name=self.first_name,
            last_name=self.last_name,
            phone=self.phone or "",
            date_of_birth=self.date_of_birth,
            language=self.language or "en",
        )


class LoginIn(BaseModel):
    """An email address and its password."""

    email: Text
    password: Secret


class RefreshIn(BaseModel):
    """The refresh token of the last answer; it is good once."""

    refresh_token: Token


class LogoutIn(BaseModel):
    """The refresh token whose sign-in shall end."""

    refresh_token: Token | None = None


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

    def over(self, user: User) -> ProfileDraft:
        """The whole profile with these changes."""
        changes = {name: getattr(self, name) or "" for name in self.model_fields_set}
        return ProfileDraft(**{**profile_as_typed(user), **changes})


class UserOut(BaseModel):
    """A person, as they see themselves."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    phone: str | None
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
            first_name=user.first_name,
            last_name=user.last_name,
            phone=user.phone,
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


class TokensOut(BaseModel):
    """Send the access token as `Authorization: Bearer`; trade the refresh token before or after it has run out."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds until the access token runs out.")


class SignedInOut(TokensOut):
    """A person and their tokens."""

    user: UserOut

    @classmethod
    def of(cls, user: User, tokens: Tokens) -> Self:
        """From the contracts."""
        return cls(
            access_token=tokens.access,
            refresh_token=tokens.refresh,
            expires_in=tokens.expires_in,
            user=UserOut.of(user),
        )


class BecameHostOut(BaseModel):
    """The person with their new role, and an access token that carries it (for callers who came with one)."""

    user: UserOut
    access_token: str | None
    expires_in: int | None


class LoginForm(BaseModel):
    """The sign-in page."""

    email: Text = ""
    password: Secret = ""
    next: Annotated[str, Field(max_length=2000)] = ""


class SignupForm(BaseModel):
    """The sign-up page."""

    email: Text = ""
    password: Secret = ""
    first_name: Text = ""
    last_name: Text = ""
    phone: Text = ""
    date_of_birth: Text = ""
    next: Annotated[str, Field(max_length=2000)] = ""

    def application(self, language: str) -> Application:
        """As the rules take it."""
        return Application(
            email=self.email,
            password=self.password,
            first_name=self.first_name,
            last_name=self.last_name,
            phone=self.phone,
            date_of_birth=self.date_of_birth,
            language=language,
        )


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
    version: int | None = None

    def draft(self) -> ProfileDraft:
        """As the rules take it."""
        return ProfileDraft(**self.model_dump(exclude={"version"}))


def profile_as_typed(user: User) -> dict[str, str]:
    """The profile as a form shows it."""
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": user.phone or "",
        "language": user.language,
        "time_zone": user.zone,
        "country": user.country or "",
        "city": user.city or "",
        "bio": user.bio,
    }
