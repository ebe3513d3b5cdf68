"""The shapes of codes, links, and what they change."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from hospes.modules.identity.contracts import CodeSent, Purpose
from hospes.modules.identity.schemas.fields import Secret, Text, Token

Code = Annotated[str, Field(max_length=20, description="The six digits.", examples=["123456"])]


class Verifiable(StrEnum):
    """What can be verified by a code."""

    EMAIL = "verify_email"
    PHONE = "verify_phone"

    @property
    def purpose(self) -> Purpose:
        """As the rules name it."""
        return Purpose(str(self))


class CodeSentOut(BaseModel):
    """A code is on its way."""

    code_expires_at: datetime = Field(description="When it stops being good; links last longer.")

    @classmethod
    def of(cls, sent: CodeSent) -> Self:
        """From the contract."""
        return cls(code_expires_at=sent.code_expires_at)


class ProofIn(BaseModel):
    """The link's token, or (signed in) the code."""

    token: Token | None = Field(None, description="What stands in the link of the mail after `link=`.")
    code: Code | None = None


class CodeIn(BaseModel):
    """A code."""

    code: Code


class OtpSendIn(BaseModel):
    """For what a code is wanted."""

    purpose: Verifiable


class OtpVerifyIn(BaseModel):
    """A code, and for what it is."""

    purpose: Verifiable
    code: Code


class ForgotPasswordIn(BaseModel):
    """Whose password was forgotten."""

    email: Text = Field(examples=["ada@example.com"])


class ResetAskedOut(BaseModel):
    """The same for every address: if it has an account, a mail is on its way."""

    reset_id: UUID = Field(description="Send it along with the code.")
    code_expires_at: datetime


class ResetPasswordIn(BaseModel):
    """The link's token, or the code and what it was asked with; and the new password."""

    token: Token | None = None
    reset_id: UUID | None = None
    code: Code | None = None
    password: Secret


class UndoIn(BaseModel):
    """The token of the link in the mail that told of the change."""

    token: Token


class UndoneOut(BaseModel):
    """Everybody is signed out and the old password is worthless."""

    reset_token: str = Field(description="Sets a new password (`reset-password`), for an hour.")


class ChangeEmailIn(BaseModel):
    """The address wanted."""

    email: Text
    current_password: Secret


class ChangePhoneIn(BaseModel):
    """The number wanted."""

    phone: Text = Field(examples=["+34612345678"])
    current_password: Secret


class ChangePasswordIn(BaseModel):
    """The password wanted."""

    current_password: Secret
    password: Secret


class CodeForm(BaseModel):
    """A page's field for a code."""

    code: Annotated[str, Field(max_length=20)] = ""
    next: Annotated[str, Field(max_length=2000)] = ""


class LinkForm(BaseModel):
    """The button that confirms a link."""

    link: Annotated[str, Field(max_length=200)] = ""


class ForgotForm(BaseModel):
    """The page for who has forgotten their password."""

    email: Text = ""


class ResetForm(BaseModel):
    """The page of a new password."""

    link: Annotated[str, Field(max_length=200)] = ""
    reset_id: UUID | None = None
    code: Annotated[str, Field(max_length=20)] = ""
    password: Secret = ""


class ChangeEmailForm(BaseModel):
    """The page of another address."""

    email: Text = ""
    current_password: Secret = ""


class ChangePhoneForm(BaseModel):
    """The page of another number."""

    phone: Text = ""
    current_password: Secret = ""


class ChangePasswordForm(BaseModel):
    """The page of another password."""

    current_password: Secret = ""
    password: Secret = ""
