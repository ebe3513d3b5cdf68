"""The shapes of signing in with an account elsewhere."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from hospes.modules.identity.policies.forms import Application
from hospes.modules.identity.schemas.fields import Secret, Text


class NewcomerForm(BaseModel):
    """What a provider does not tell."""

    email: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    phone: Text = ""
    date_of_birth: Text = ""
    agree: Text = ""

    def draft(self, language: str, proven: str) -> Application:
        """As the rules take it; an address that the provider has proven is not replaced by a typed one."""
        return Application(
            email=proven or self.email,
            password="",
            first_name=self.first_name,
            last_name=self.last_name,
            phone=self.phone,
            date_of_birth=self.date_of_birth,
            language=language,
        )


class ProveForm(BaseModel):
    """The password of the account that is to be linked."""

    password: Secret = ""


class IdTokenIn(BaseModel):
    """What an app got from the provider's own sign-in; the rest is needed the first time only."""

    id_token: Annotated[str, Field(max_length=8000)]
    nonce: Annotated[str, Field(min_length=8, max_length=500, description="As it was given to the provider.")]
    email: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    date_of_birth: Text | None = Field(None, description="ISO 8601; needed for a new account.")
    language: Text | None = None


class ProviderOut(BaseModel):
    """One way to sign in."""

    name: str
    label: str


class LinkedAccountOut(BaseModel):
    """An account elsewhere with which the person signs in."""

    provider: str
    linked_at: datetime
    last_used_at: datetime
