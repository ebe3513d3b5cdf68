"""People as other modules see them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What an account may do; one person may hold several. `policies.roles` says what each means."""

    GUEST = "guest"
    HOST = "host"
    PROFESSIONAL = "professional"
    PARTNER = "partner"
    PREMIUM = "premium"
    ADMIN = "admin"


class AccountStatus(StrEnum):
    """Only an active account can sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """Whom to call when something happens to a person; `relation` in their own words."""

    name: str
    phone: str
    relation: str


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person and kept sealed, in stored form."""

    email: str
    first_name: str
    last_name: str
    phone: str | None = None
    born_on: date | None = None
    city: str | None = None
    bio: str = ""
    emergency_contact: EmergencyContact | None = None


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account; never carries the password hash. Of a forgotten one nothing but the id is left.

    `photo` is a key of storage; `currency`: in which they want amounts shown besides, None for each place's own.
    """

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
    email_verified_at: datetime | None = None
    phone_verified_at: datetime | None = None
    photo: str | None = None
    emergency_contact: EmergencyContact | None = None
    currency: str | None = None

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
    zone: str = "UTC"
    country: str | None = None
    city: str | None = None
    bio: str = ""
    emergency_contact: EmergencyContact | None = None


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
    emergency_contact: EmergencyContact | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an API client keeps: a short-lived JWT and the one-time token that buys the next pair."""

    access: str
    refresh: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The password was right, and nothing else is asked for."""

    user: User


@dataclass(frozen=True, slots=True)
class SecondFactorNeeded:
    """The password was right; one of `methods` ("totp", "sms", "passkey", "recovery") must prove it once more."""

    user_id: UUID
    methods: tuple[str, ...]


class Purpose(StrEnum):
    """What a code or a link is good for."""

    VERIFY_EMAIL = "verify_email"
    VERIFY_PHONE = "verify_phone"
    CHANGE_EMAIL = "change_email"
    CHANGE_PHONE = "change_phone"
    UNDO_EMAIL = "undo_email"
    UNDO_PHONE = "undo_phone"
    RESET_PASSWORD = "reset_password"  # noqa: S105  a name
    SECOND_FACTOR = "second_factor"
    ADD_FACTOR = "add_factor"


class Channel(StrEnum):
    """How a code travels."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way; `code_expires_at` is when it stops being good."""

    challenge_id: UUID
    code_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """A code or link was right: `address` is the mailbox or number it had been sent to, at `sent_at`."""

    challenge_id: UUID
    user_id: UUID
    purpose: Purpose
    address: str
    sent_at: datetime


class Topic(StrEnum):
    """What somebody may be told of."""

    SECURITY = "security"
    ACCOUNT = "account"
    BOOKINGS = "bookings"
    MONEY = "money"
    WAITLIST = "waitlist"
    GIFTS = "gifts"
    WELCOME = "welcome"
    HOST_REQUESTS = "host_requests"
    HOST_BOOKINGS = "host_bookings"
    HOST_PAYOUTS = "host_payouts"


class NewsChannel(StrEnum):
    """How somebody is told."""

    MAIL = "mail"
    SMS = "sms"
    PUSH = "push"


CODE_SEAL = "code-on-its-way"  # under which `sealed` in `user.code_sent` opens: JSON of address, code, link


class DocumentKind(StrEnum):
    """By what people show who they are."""

    PASSPORT = "passport"
    ID_CARD = "id_card"
    DRIVING_LICENCE = "driving_licence"


class Side(StrEnum):
    """A picture that goes with a document; `selfie` is of the person who holds it."""

    FRONT = "front"
    BACK = "back"
    SELFIE = "selfie"


class CheckStatus(StrEnum):
    """Of an identity check: an approved one expires with its document, or when a newer one takes its place."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """A document somebody has sent to show who they are, and what became of it. `sides` are the files still kept."""

    id: UUID
    user_id: UUID
    kind: DocumentKind
    country: str
    expires_on: date
    status: CheckStatus
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    reviewed_by: UUID | None
    files_until: datetime | None
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class IdentityStanding:
    """How somebody stands: their latest check, `verified` while one is in force, `proven` once one ever was."""

    latest: IdentityCheck | None
    verified: bool
    proven: bool
