"""The shapes of registering and signing in. Fields are loose text: `policies.forms` judges them, all at once."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from hospes.modules.identity.contracts import Tokens, User
from hospes.modules.identity.policies.forms import Application
from hospes.modules.identity.schemas.account import UserOut
from hospes.modules.identity.schemas.fields import Secret, Text, Token

COOKIE = "For pages of API clients: keep the refresh token in a cookie that scripts cannot read."


class RegisterIn(BaseModel):
    """A registration."""

    email: Text = Field(examples=["ada@example.com"])
    password: Secret = Field(description="At least 8 characters with a small letter, a capital letter and a digit.")
    first_name: Text
    last_name: Text
    date_of_birth: Text = Field(description="ISO 8601; at least 18 years ago.", json_schema_extra={"format": "date"})
    phone: Text = Field(description="With country code.", examples=["+34612345678"])
    language: Text | None = Field(None, examples=["en", "pt-BR"])
    time_zone: Text | None = Field(None, examples=["Europe/Madrid"])
    country: Text | None = Field(None, description="ISO 3166 alpha-2")
    city: Text | None = None
    bio: Annotated[str, Field(max_length=5000)] | None = Field(None, description="At most 500 characters.")
    emergency_name: Text | None = Field(None, description="Whom to call; belongs together with the number.")
    emergency_phone: Text | None = None
    emergency_relation: Text | None = None
    referral_code: Annotated[str, Field(max_length=40)] | None = Field(None, description="Of whoever invited them.")

    def application(self) -> Application:
        """As the rules take it."""
        return Application(
            email=self.email,
            password=self.password,
            first_name=self.first_name,
            last_name=self.last_name,
            phone=self.phone,
            date_of_birth=self.date_of_birth,
            language=self.language or "en",
            time_zone=self.time_zone or "",
            country=self.country or "",
            city=self.city or "",
            bio=self.bio or "",
            emergency_name=self.emergency_name or "",
            emergency_phone=self.emergency_phone or "",
            emergency_relation=self.emergency_relation or "",
        )


class LoginIn(BaseModel):
    """An email address and its password."""

    email: Text
    password: Secret
    cookie: bool = Field(False, description=COOKIE)


class RefreshIn(BaseModel):
    """The refresh token of the last answer; it is good once. Left out: the one in the cookie."""

    refresh_token: Token | None = None


class LogoutIn(BaseModel):
    """The refresh token whose sign-in shall end."""

    refresh_token: Token | None = None


class TokensOut(BaseModel):
    """Send the access token as `Authorization: Bearer`; trade the refresh token before or after it has run out."""

    access_token: str
    refresh_token: str | None = Field(description="Null when it was put into the cookie.")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the name of the scheme
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
    language: Text = ""
    time_zone: Text = ""
    country: Text = ""
    city: Text = ""
    bio: Annotated[str, Field(max_length=5000)] = ""
    emergency_name: Text = ""
    emergency_phone: Text = ""
    emergency_relation: Text = ""
    agree: str = ""
    next: Annotated[str, Field(max_length=2000)] = ""

    def application(self, language: str) -> Application:
        """As the rules take it."""
        said = self.model_dump(exclude={"next", "agree"})
        return Application(**{**said, "language": self.language or language})
