"""The shapes of confirming that it is you, and of the role one looks at."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hospes.modules.identity.schemas.fields import Secret


class ConfirmIn(BaseModel):
    """The password of the account that is signed in."""

    password: Secret


class ConfirmedOut(BaseModel):
    """Until when what touches money, roles or signing in may be done without confirming again."""

    confirmed_until: datetime
    access_token: str | None = Field(description="For API clients: send this one from now on.")
    expires_in: int | None
    csrf_token: str | None = Field(description="For browser sessions: send this one from now on.")


class SwitchRoleIn(BaseModel):
    """The role to look at the product as."""

    role: Literal["guest", "host", "admin"]


class CurrentRoleOut(BaseModel):
    """Which menu is shown; what one may do follows from all roles held."""

    current_role: str
    roles: list[str]
    csrf_token: str = Field(description="Send this one from now on.")


class ConfirmForm(BaseModel):
    """The page that asks for the password once more."""

    password: Secret = ""
    next: Annotated[str, Field(max_length=2000)] = ""
