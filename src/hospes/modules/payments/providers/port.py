"""The port every payment provider fills, in our words: vendor types never leave a provider's file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from hospes.platform.money import Money


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """Take this amount; `key` makes a repeat harmless; `return_url` is where a payer comes back to after an action."""

    key: UUID
    booking_id: UUID
    amount: Money
    token: str
    return_url: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give this amount of the charge `charge_ref` back."""

    key: UUID
    charge_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The provider says it is done, for this amount."""

    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Declined:
    """Refused for good; `reason` is a stable word such as `insufficient_funds`."""

    reason: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class NeedsAction:
    """The payer must do something first, at `url` (a path of ours or an address of the provider's)."""

    ref: str
    url: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, or one we do not understand: never taken for success; looked up later."""

    why: str


@dataclass(frozen=True, slots=True)
class NotSeen:
    """The provider never got a call with this key: it is safe to call."""


Outcome = Succeeded | Declined | NeedsAction | Unknown


class ProviderDown(Exception):
    """The provider could not be reached and has not received the call; try later."""


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A verified webhook: `key` is our attempt id when the provider knows it."""

    id: str
    type: str
    key: UUID | None


class PaymentProvider(Protocol):
    """A payment provider. Calls may take seconds and are never made inside a transaction."""

    name: str

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Take money; repeating a key answers the first outcome."""
        ...

    async def look_up(self, key: UUID) -> Outcome | NotSeen:
        """What became of the call with this key."""
        ...

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money back; repeating a key answers the first outcome."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: float) -> ProviderEvent:
        """Verify the signature over the raw body and read the event; raises `SignatureInvalid`."""
        ...
