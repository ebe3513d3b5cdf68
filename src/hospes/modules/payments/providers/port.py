"""What payments ask of a provider, in our words. Vendor types and vendor words stay in the vendor's file.

Every implementation passes tests/contract/test_payment_providers.py, and promises:

- The order's key is sent as the vendor's idempotency key (Stripe `Idempotency-Key`, Paystack `reference`, PayPal
  `PayPal-Request-Id`) and kept with the vendor's object, so that the same order twice moves money once, and
  `look_up` finds it again.
- An unknown vendor status is `Unknown`, never `Succeeded`. `Succeeded` carries the amount the vendor says it moved.
- `ProviderDown` is raised only when the order has certainly not reached the vendor; any doubt is `Unknown`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from hospes.modules.payments.contracts import Method
from hospes.platform.money import Money


class ProviderDown(Exception):
    """The provider could not be reached: nothing has happened there."""


class SignatureRefused(Exception):
    """A webhook is not from the provider, or too old; the message says which."""


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """Take this amount. `page` is our address for this payment; a vendor sends the payer back to `<page>/status`."""

    key: UUID
    amount: Money
    method: Method
    page: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give this amount of a charge back; `charge_ref` is the vendor's name of the charge."""

    key: UUID
    charge_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The money moved: this amount, by the vendor's account of it."""

    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Declined:
    """No money moved, and none will by this order. `reason` is one of our codes (policies/reasons.py)."""

    reason: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class NeedsAction:
    """The payer must do something first: `{"kind": "redirect", "url": …}`."""

    ref: str
    action: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether money moved is not known; `look_up` will tell."""

    why: str


Outcome = Succeeded | Declined | NeedsAction | Unknown
Kind = Literal["charge", "refund"]


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A message of the vendor whose signature was right. It only says where to look: `look_up(key)` is the truth.

    `key` is our key of the charge or refund it is about, None when it is about neither."""

    id: str
    type: str
    key: UUID | None
    payload: dict[str, Any]


class PaymentProvider(Protocol):
    """A vendor that moves money."""

    name: str

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Take the money, or find what became of an order with this key. Raises `ProviderDown`."""
        ...

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money back, or find what became of an order with this key. Raises `ProviderDown`."""
        ...

    async def look_up(self, key: UUID, kind: Kind) -> Outcome | None:
        """What became of an order; None when it never arrived. Raises `ProviderDown`."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        """The message, its signature over the raw body checked; raises `SignatureRefused`."""
        ...


class CardVault(Protocol):
    """A provider whose card form our own page shows (the sandbox); others run theirs in the browser."""

    async def tokenise(self, form: Any, *, now: datetime) -> Method:
        """A token for the card; raises `InvalidCard` with what is wrong by field. The number is not kept."""
        ...

    async def answer_challenge(self, key: UUID, *, approve: bool) -> None:
        """The payer's answer to the bank's question about a charge; a repeated answer changes nothing."""
        ...
