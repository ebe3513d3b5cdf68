"""People as other modules see them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What an account may do; one person may hold several."""

    GUEST = "guest"
    HOST = "host"
    ADMIN = "admin"


class AccountStatus(StrEnum):
    """Only an active account can sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account; never carries the password hash."""

    id: UUID
    email: str
    first_name: str
    last_name: str
    roles: frozenset[str]
    phone: str | None
    born_on: date | None
    language: str
    zone: str
    country: str | None
    city: str | None
    bio: str
    status: AccountStatus
    created_at: datetime
    version: int

    @property
    def name(self) -> str:
        """First and last name, as shown to others."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Applicant:
    """A checked registration: every field is in its stored form."""

    email: str
    first_name: str
    last_name: str
    phone: str | None
    born_on: date
    language: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked profile, in stored form; what a person may change about themselves."""

    first_name: str
    last_name: str
    phone: str | None
    language: str
    zone: str
    country: str | None
    city: str | None
    bio: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an API client keeps: a short-lived JWT and the one-time token that buys the next pair."""

    access: str
    refresh: str
    expires_in: int
