"""The shapes of second steps: setting them up, signing in with them, an account's security at a glance."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hospes.modules.identity.policies.second_steps import Factors, Way
from hospes.modules.identity.policies.security_activity import said
from hospes.modules.identity.queries.second_factors import Device, Factor, Passkey, Reset
from hospes.modules.identity.schemas.fields import Text, Token
from hospes.platform.audit import AuditEntry

Code = Annotated[str, Field(max_length=40, examples=["123456"])]
Credential = Annotated[
    dict[str, Any], Field(description="What the browser answered, as `PublicKeyCredential.toJSON()`.")
]


class CodeIn(BaseModel):
    """A code as typed."""

    code: Code


class SecondStepIn(BaseModel):
    """The second step: a code, or the answer of a passkey with the `ceremony` it belongs to."""

    challenge: Token
    method: Way
    code: Code = ""
    ceremony: Token = ""
    credential: Credential = {}
    cookie: bool = Field(False, description="For a client in a browser: keep the refresh token in a cookie.")


class ChallengeIn(BaseModel):
    """The sign-in that waits."""

    challenge: Token


class CeremonyOut(BaseModel):
    """Give `options` to the browser (`parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`)."""

    ceremony: str
    options: dict[str, Any]


class PasskeyLoginIn(BaseModel):
    """A passkey's answer to `ceremony`."""

    ceremony: Token
    credential: Credential
    cookie: bool = Field(False, description="For a client in a browser: keep the refresh token in a cookie.")


class PasskeyIn(BaseModel):
    """A passkey that was made for `ceremony`."""

    ceremony: Token
    credential: Credential
    name: Text = ""


class PasskeyNameIn(BaseModel):
    """What to call a passkey."""

    name: Text


class CodeSentOut(BaseModel):
    """A code is on its way."""

    code_expires_at: datetime


class TotpBegunOut(BaseModel):
    """What an authenticator app takes over: by picture, by address, or typed."""

    secret: str
    otpauth_url: str
    qr_svg: str
    expires_in: int = Field(description="Seconds in which the first code must be sent.")


class FactorAddedOut(BaseModel):
    """Recovery codes when there were none; they are shown this once."""

    recovery_codes: list[str] | None


class RecoveryCodesOut(BaseModel):
    """Ten codes, shown this once."""

    recovery_codes: list[str]


class FactorOut(BaseModel):
    """An app or text messages."""

    kind: Literal["totp", "sms"]
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, factor: Factor) -> Self:
        """From the read side."""
        kind: Literal["totp", "sms"] = "totp" if factor.kind == "totp" else "sms"
        return cls(kind=kind, created_at=factor.created_at, last_used_at=factor.last_used_at)


class PasskeyOut(BaseModel):
    """A passkey."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    synced: bool = Field(description="Kept in step between the person's devices.")

    @classmethod
    def of(cls, passkey: Passkey) -> Self:
        """From the read side."""
        return cls(
            id=passkey.id,
            name=passkey.name,
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
            synced=passkey.backed_up,
        )


class DeviceOut(BaseModel):
    """A browser that is not asked for the second step."""

    id: UUID
    name: str
    place: str
    last_used_at: datetime
    trusted_until: datetime | None

    @classmethod
    def of(cls, device: Device) -> Self:
        """From the read side."""
        return cls(
            id=device.id,
            name=device.name,
            place=device.place,
            last_used_at=device.last_seen_at,
            trusted_until=device.trusted_until,
        )


class ActivityOut(BaseModel):
    """Something that was done to the account."""

    at: datetime
    action: str
    words: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """From the audit trail."""
        return cls(at=entry.at, action=entry.action, words=said(entry.action, entry.data))


class ResetOut(BaseModel):
    """A request to remove every second step."""

    id: UUID
    user_id: UUID
    status: Literal["asked", "approved", "done", "refused", "cancelled"]
    words: str
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    due_at: datetime | None

    @classmethod
    def of(cls, reset: Reset) -> Self:
        """From the read side."""
        names = cls.model_fields
        return cls.model_validate({name: getattr(reset, name) for name in names})


class ResetsOut(BaseModel):
    """Requests to remove every second step."""

    items: list[ResetOut]


class ReasonIn(BaseModel):
    """Why an admin decides so; kept in the audit trail's row."""

    reason: Annotated[str, Field(max_length=1000)]


class SecurityOut(BaseModel):
    """An account's security at a glance."""

    factors: list[FactorOut]
    passkeys: list[PasskeyOut]
    recovery_codes_left: int
    trusted_devices: list[DeviceOut]
    password_changed_at: datetime | None
    activity: list[ActivityOut]
    methods: list[Way]
    reset: ResetOut | None


def methods_of(has: Factors) -> list[Way]:
    """How the second step can be taken."""
    return list(has.ways)


class SecondStepForm(BaseModel):
    """The page of the second step."""

    way: Way = Way.TOTP
    code: Code = ""
    trust: Annotated[str, Field(max_length=10)] = ""


class CodeForm(BaseModel):
    """One code."""

    code: Code = ""


class RemoveForm(BaseModel):
    """Whether the last one may go."""

    turn_off: Annotated[str, Field(max_length=10)] = ""


class NameForm(BaseModel):
    """What to call a passkey."""

    name: Text = ""


class LostForm(BaseModel):
    """What a person says who has lost every second step."""

    words: Annotated[str, Field(max_length=1000)] = ""


class ReasonForm(BaseModel):
    """Why an admin decides so."""

    reason: Annotated[str, Field(max_length=1000)] = ""


class ConfirmStepIn(BaseModel):
    """Confirming: a code, or the answer of a passkey with the `ceremony` it belongs to."""

    method: Way
    code: Code = ""
    ceremony: Token = ""
    credential: Credential = {}


class ConfirmStepForm(BaseModel):
    """Confirming on a page."""

    way: Way = Way.TOTP
    code: Code = ""
    next: Annotated[str, Field(max_length=2000)] = ""
