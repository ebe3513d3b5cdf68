"""The words of notifications."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What a message tells."""

    BOOKING_REQUESTED = "booking_requested"
    BOOKING_ACCEPTED = "booking_accepted"
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_DECLINED = "booking_declined"
    BOOKING_EXPIRED = "booking_expired"
    BOOKING_CHANGED = "booking_changed"
    BOOKING_CANCELLED = "booking_cancelled"
    SERIES_BOOKED = "series_booked"
    PAYMENT_FAILED = "payment_failed"
    BALANCE_DUE = "balance_due"
    BALANCE_FAILED = "balance_failed"
    BALANCE_PAID = "balance_paid"
    RENEWAL_REFUSED = "renewal_refused"
    REFUND_DONE = "refund_done"
    WAITLIST_OFFER = "waitlist_offer"
    COUPON_ISSUED = "coupon_issued"
    CREDIT_GIVEN = "credit_given"
    HOST_REQUEST = "host_request"
    HOST_BOOKING = "host_booking"
    HOST_CHANGED = "host_changed"
    HOST_CANCELLED = "host_cancelled"
    PAYOUT_SENT = "payout_sent"
    PAYOUT_FAILED = "payout_failed"
    FEES_INVOICED = "fees_invoiced"
    VERIFY_EMAIL = "verify_email"
    VERIFY_PHONE = "verify_phone"
    CHANGE_EMAIL = "change_email"
    CHANGE_PHONE = "change_phone"
    RESET_PASSWORD = "reset_password"  # noqa: S105  a name
    SECOND_FACTOR = "second_factor"
    ADD_FACTOR = "add_factor"
    WELCOME = "welcome"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  a name
    EMAIL_CHANGED = "email_changed"
    PHONE_CHANGED = "phone_changed"
    PHONE_REPLACED = "phone_replaced"
    LOCKED_OUT = "locked_out"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    NEW_DEVICE = "new_device"
    FACTOR_RESET_ASKED = "factor_reset_asked"
    FACTOR_RESET_APPROVED = "factor_reset_approved"
    FACTOR_RESET_REFUSED = "factor_reset_refused"
    FACTORS_RESET = "factors_reset"
    API_KEY_CREATED = "api_key_created"
    API_KEY_ROTATED = "api_key_rotated"
    EXPORT_READY = "export_ready"
    DELETION_ASKED = "deletion_asked"
    DELETION_UNDONE = "deletion_undone"
    DELETION_PUT_OFF = "deletion_put_off"
    BUSINESS_RECEIVED = "business_received"
    BUSINESS_ACTIVE = "business_active"
    BUSINESS_ASKED = "business_asked"
    BUSINESS_SUSPENDED = "business_suspended"
    BUSINESS_PAUSED = "business_paused"
    BUSINESS_CLOSED = "business_closed"
    PLACE_APPROVED = "place_approved"
    PLACE_REJECTED = "place_rejected"
    PLACE_SUSPENDED = "place_suspended"
    IDENTITY_SENT = "identity_sent"
    IDENTITY_APPROVED = "identity_approved"
    IDENTITY_REFUSED = "identity_refused"
    IDENTITY_ENDING = "identity_ending"
    IDENTITY_EXPIRED = "identity_expired"
    MEMBER_INVITED = "member_invited"
    MEMBER_JOINED = "member_joined"
    MEMBER_CHANGED = "member_changed"
    MEMBER_REMOVED = "member_removed"
    MEMBER_LEFT = "member_left"
    INVITATION_DECLINED = "invitation_declined"
    BUSINESS_HANDED_ON = "business_handed_on"
    BUSINESS_OWNED = "business_owned"


# Where the code and the link stand in a message that is kept; what they are is put in when it is sent.
CODE, LINK = "⟦code⟧", "⟦link⟧"


class MessageStatus(StrEnum):
    """Where a message stands; a failed one has been refused, or tried for two days."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a message; `zone` is an IANA name."""

    id: UUID
    address: str
    name: str
    first_name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What a message says, before it is laid out. `button`: its words and the path of the page it leads to."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    button: tuple[str, str] | None = None
    small: tuple[str, ...] = ()
    because: str = "because of something you did or asked for there"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along; `type` such as application/pdf."""

    name: str
    type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as recorded. `calendar`: text/calendar to attach, or empty; `documents`: ids of PDFs to attach.

    `channel`: "email" or "sms"; `secrets`: sealed JSON of code and link; `worthless_at`: it is not sent after that.
    """

    id: UUID
    event_id: UUID
    kind: Kind
    recipient_id: UUID
    address: str
    name: str
    subject: str
    plain: str = field(repr=False)
    html: str = field(repr=False)
    calendar: str = field(repr=False)
    documents: tuple[UUID, ...]
    status: MessageStatus
    tries: int
    next_try_at: datetime | None
    fault: str
    created_at: datetime
    sent_at: datetime | None
    channel: str = "email"
    secrets: str = field(default="", repr=False)
    worthless_at: datetime | None = None
