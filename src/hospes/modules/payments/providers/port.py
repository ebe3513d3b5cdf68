"""What payments ask of a provider, in our words. Vendor types and vendor words stay in the vendor's file.

Every implementation passes tests/contract/test_payment_providers.py, and promises:

- The order's key is sent as the vendor's idempotency key (Stripe `Idempotency-Key`, Paystack `reference`, PayPal
  `PayPal-Request-Id`) and kept with the vendor's object, so that the same order twice moves money once, and
  `look_up` finds it again. Where a vendor cannot be asked by key, `look_up` answers None and the same order sent again
  finds what the first one did.
- An unknown vendor status is `Unknown`, never `Succeeded`. `Succeeded` carries the amount the vendor says it moved.
- `ProviderDown` is raised only when the order has certainly not reached the vendor; any doubt is `Unknown`.
- What a provider cannot do, by `can`, it answers with `Declined("not_supported")`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from hospes.modules.payments.contracts import EvidenceFile, Fact, Method
from hospes.platform.money import Money


class ProviderDown(Exception):
    """The provider could not be reached: nothing has happened there."""


class SignatureRefused(Exception):
    """A webhook is not from the provider, or too old; the message says which."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do. `currencies` and `countries` (ISO codes) are None when it takes every one."""

    authorise: bool = False
    save_methods: bool = False
    transfers: bool = False
    disputes: bool = False
    currencies: frozenset[str] | None = None
    countries: frozenset[str] | None = None
    account_fields: tuple[str, ...] = ()  # what `AccountOrder.details` must say; none: the vendor asks on its own page
    reverses: bool = False  # whether a transfer can be taken back
    hosted_only: bool = False  # the payer always chooses at the vendor: our pages show no card form
    saves_unpaid: bool = False  # a method can be kept without paying
    renews: bool = False  # it is sure of an authorisation for a part of its time only, and can be made sure again
    answers_disputes: bool = False  # it takes evidence from us


@dataclass(frozen=True, slots=True)
class ChargeOrder:
    """Take this amount, or with `capture=False` only authorise it.

    `page` is our address for this payment; a vendor sends the payer back to `<page>/status`. A method with an empty
    token means that the payer chooses at the vendor. `customer` is the vendor's name of the payer, as an earlier answer
    gave it. `off_session`: the payer is not there, and cannot be asked anything. `save`: keep the method for later.
    """

    key: UUID
    amount: Money
    method: Method
    page: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    capture: bool = True
    customer: str | None = None
    off_session: bool = False
    save: bool = False
    email: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """Take this amount of an authorised charge; the rest is released."""

    key: UUID
    charge_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class VoidOrder:
    """Release an authorised charge, or withdraw one that waits for its payer."""

    key: UUID
    charge_ref: str


@dataclass(frozen=True, slots=True)
class RenewOrder:
    """Make the vendor sure again of an authorisation that stands: the same amount, the same payer, who is not asked."""

    key: UUID
    charge_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give this amount of a charge back; `charge_ref` is the vendor's name of the charge."""

    key: UUID
    charge_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class TransferOrder:
    """Pay this amount to an account that `open_account` made; `about` says for what, in words a host may read."""

    key: UUID
    account_ref: str
    amount: Money
    about: str


@dataclass(frozen=True, slots=True)
class ReverseOrder:
    """Take this amount of a transfer back."""

    key: UUID
    transfer_ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class SaveOrder:
    """Keep a method for later without taking anything. An empty token: the payer chooses at the vendor."""

    key: UUID
    page: str
    method: Method
    customer: str | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceOrder:
    """What is said against a dispute, for good: `words` of a person, facts of our books, documents."""

    key: UUID
    dispute_ref: str
    words: str
    facts: tuple[Fact, ...] = ()
    files: tuple[EvidenceFile, ...] = ()

    def fact(self, *names: str) -> str:
        """The texts of these facts, a line each; empty when none is there."""
        return "\n".join(each.text for name in names for each in self.facts if each.name == name)

    def in_words(self, *but: str) -> str:
        """The person's words, then the facts with their labels, but for those that go elsewhere."""
        said = [f"{each.label}: {each.text}" for each in self.facts if each.name not in but]
        return "\n".join(part for part in (self.words, *said) if part)


@dataclass(frozen=True, slots=True)
class AccountOrder:
    """Open an account that can be paid to. The vendor sends its owner back to `page`."""

    key: UUID
    business_id: UUID
    email: str
    country: str
    page: str
    details: Mapping[str, str] = field(default_factory=dict)  # by `Capabilities.account_fields`
    name: str = ""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The money moved: this amount, by the vendor's account of it; of a void, the amount released.

    `fee` is what the vendor keeps, in the same currency, when it says so already."""

    ref: str
    amount: Money
    fee: int | None = None
    method: Method | None = None  # as the vendor says; its token can be charged later only when it was saved
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class Authorised:
    """This amount is reserved until `expires_at`, and nothing is taken yet. `honoured_until`: the vendor is sure of the
    money only that long, and wants a `renew` then; None: as long as it stands."""

    ref: str
    amount: Money
    expires_at: datetime
    method: Method | None = None
    customer: str | None = None
    honoured_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """No money moved, and none will by this order. `reason` is one of our codes (policies/reasons.py)."""

    reason: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class NeedsAction:
    """The payer must do something first: `{"kind": "redirect", "url": …}`, or `{"kind": "payment_element",
    "client_secret": …, "publishable_key": …}`. An empty action from `look_up`: the one given before still stands."""

    ref: str
    action: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pending:
    """The vendor has accepted the order and finishes it later, perhaps in days; a webhook or `look_up` will tell."""

    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Saved:
    """The method can be charged later, with this token and customer."""

    ref: str
    method: Method
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Whether money moved is not known; `look_up` will tell."""

    why: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The vendor has what we say against a dispute, and passes it on."""

    ref: str


Outcome = Succeeded | Authorised | Declined | NeedsAction | Pending | Unknown
SaveOutcome = Saved | Declined | NeedsAction | Unknown
EvidenceOutcome = Answered | Declined | Unknown
Kind = Literal["charge", "authorise", "capture", "void", "refund", "transfer", "reverse"]


@dataclass(frozen=True, slots=True)
class AccountLink:
    """An account, and where its owner finishes opening it; an empty address: nothing is left to do."""

    ref: str
    url: str


@dataclass(frozen=True, slots=True)
class AccountState:
    """Whether an account can be paid to; `due` names in plain words what its owner must still give, at `url`."""

    payouts_enabled: bool
    due: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One movement in the vendor's own books. `amount` is signed: what came in is positive, before `fee`.

    `key` is our key of the order; of authorised money that was taken, that of the authorisation."""

    ref: str
    key: UUID | None
    kind: Literal["charge", "refund", "transfer", "reverse", "dispute", "payout", "other"]
    amount: Money
    fee: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class DisputeNews:
    """A payer's bank takes a charge back (`open`), and how that ended. `charge_key` is our key of the charge."""

    ref: str
    charge_ref: str
    charge_key: UUID | None
    amount: Money
    status: Literal["open", "won", "lost"]
    reason: str
    evidence_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A message of the vendor whose signature was right. It only says where to look: `look_up(key)` is the truth.

    `key` is our key of the order it is about, None when it is about none. `account_ref`: this account has changed."""

    id: str
    type: str
    key: UUID | None
    payload: dict[str, Any]
    dispute: DisputeNews | None = None
    account_ref: str | None = None


class PaymentProvider(Protocol):
    """A vendor that moves money. Every call that goes out raises `ProviderDown`."""

    name: str
    can: Capabilities

    async def charge(self, order: ChargeOrder) -> Outcome:
        """Take or authorise the money, or find what became of an order with this key."""
        ...

    async def capture(self, order: CaptureOrder) -> Outcome:
        """Take authorised money; a lapsed authorisation is `Declined("authorisation_expired")`."""
        ...

    async def void(self, order: VoidOrder) -> Outcome:
        """Release authorised money; what was released before is a success, what was taken is declined."""
        ...

    async def renew(self, order: RenewOrder) -> Outcome:
        """`Authorised` under another name, in place of the one before. `Declined("renewal_not_possible")`: the one
        before stands as it is; any other reason: its money may be gone."""
        ...

    async def refund(self, order: RefundOrder) -> Outcome:
        """Give money back, or find what became of an order with this key."""
        ...

    async def transfer(self, order: TransferOrder) -> Outcome:
        """Pay somebody, or find what became of an order with this key."""
        ...

    async def reverse(self, order: ReverseOrder) -> Outcome:
        """Take a transfer back, or find what became of an order with this key."""
        ...

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        """What became of an order; None when it never arrived: then the same order may be sent again.

        `ref` is the vendor's name of it, if an answer gave one; `target` the `charge_ref`, `account_ref` or
        `transfer_ref` that was ordered. Give what is known: some vendors cannot search. It may also finish what the
        payer has approved."""
        ...

    async def save_method(self, order: SaveOrder) -> SaveOutcome:
        """Keep a method for later, or ask the payer to."""
        ...

    async def look_up_saved(self, ref: str) -> SaveOutcome:
        """What became of `save_method`, by the `ref` of its answer."""
        ...

    async def forget_method(self, token: str) -> None:
        """The vendor forgets a saved method; one it does not know is forgotten already."""
        ...

    async def open_account(self, order: AccountOrder) -> AccountLink:
        """Open an account, or find the one of this key. Raises `AccountRefused` with what is wrong."""
        ...

    async def account_state(self, ref: str) -> AccountState:
        """Whether the account can be paid to; `url` is fresh and short-lived."""
        ...

    async def report(self, since: datetime, until: datetime) -> Sequence[ReportLine]:
        """Every movement of the vendor's books in [since, until), oldest first."""
        ...

    async def list_disputes(self, since: datetime) -> Sequence[DisputeNews]:
        """Every dispute opened or decided since then: ask now and then, for a webhook may be lost."""
        ...

    async def answer_dispute(self, order: EvidenceOrder) -> EvidenceOutcome:
        """Give evidence, once; the same order again changes nothing. `Declined("evidence_not_wanted")`: too late, or
        answered already elsewhere."""
        ...

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        """The message, its signature over the raw body checked; raises `SignatureRefused`.

        `ProviderDown` when the vendor had to be asked and did not answer: it will send the message again."""
        ...


class AccountRefused(Exception):
    """The vendor does not open this account; the message says why, for the host."""
