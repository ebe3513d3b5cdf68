"""What the product asks of whoever vouches for people elsewhere: Google, Facebook, Apple, any OpenID provider."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Vouched:
    """A person as a provider knows them; `subject` is the provider's lasting name for them, `email` may change."""

    provider: str
    subject: str
    email: str  # empty when it was not shared
    email_verified: bool
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Errand:
    """One trip to a provider and back: what was sent along and must come back, or be known, unchanged."""

    back: str  # the address the provider sends the browser back to
    state: str
    nonce: str
    verifier: str  # of PKCE (RFC 7636)
    again: bool = False  # the person shall prove themselves there anew, even if they are signed in there


class VouchingRefused(Exception):
    """The provider, or our check of what it said, does not vouch for anybody; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderSilent(Exception):
    """The provider cannot be reached or makes no sense; trying again later may help."""


class SignInProvider(Protocol):
    """One way to sign in with an account elsewhere. Every method may raise `ProviderSilent`."""

    name: str
    label: str
    posts_back: bool  # the browser comes back with a form from another site

    async def address(self, errand: Errand) -> str:
        """Where the browser is sent."""

    async def redeem(self, errand: Errand, code: str, *, said: str, now: datetime) -> Vouched:
        """Who came back with this code; `said` is what the form told of them. Raises `VouchingRefused`."""

    async def read(self, id_token: str, nonce: str, *, now: datetime) -> Vouched:
        """Who an app's sign-in is for, by the ID token it was given. Raises `VouchingRefused`."""

    async def aclose(self) -> None:
        """Close connections."""
