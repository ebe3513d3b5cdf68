"""What others hand to the ledger and get from it: accounts, lines, entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from hospes.platform.money import Money, at_rate

CURRENCY_COOKIE = "hospes_currency"


class AccountKind(StrEnum):
    """Whose account it is. A balance above zero is owed to the platform (or held by it), below zero owed by it."""

    GUEST = "guest"  # owner: the user's id
    HOST = "host"  # the business's id
    PLATFORM = "platform"  # fees, promotions, goodwill, chargebacks, rounding
    PROVIDER = "provider"  # the provider's name: money held there
    PROVIDER_FEES = "provider_fees"  # the provider's name: what it has charged
    TAX = "tax"  # the business's id: tax taken on its behalf
    DEPOSIT = "deposit"  # the user's id: damage deposits held
    WALLET = "wallet"  # the user's id: credit not spent yet


@dataclass(frozen=True, slots=True)
class Account:
    """One account per currency; it is opened when it is first posted to."""

    kind: AccountKind
    owner: str


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a transaction, in minor units: above zero a debit, below zero a credit."""

    account: Account
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One posting as an account sees it; `balance` is the account's after it."""

    id: int
    transaction_id: int
    key: str
    kind: str
    about: UUID | None
    note: str
    posted_at: datetime
    account: Account
    money: Money
    balance: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """What was posted under one key."""

    id: int
    key: str
    kind: str
    about: UUID | None
    currency: str
    note: str
    posted_at: datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account in one currency and what is on it."""

    id: int
    account: Account
    balance: Money


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `base` buys so much of `currency`, as `source` says for that day."""

    source: str
    base: str
    currency: str
    on_date: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in another currency; `rate` is how much of that one unit of the first buys, as `source` said `at`."""

    money: Money
    rate: Decimal
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """For showing only, never for charging: one unit of the charged currency buys `rate` of `currency`, as `source`
    said for the day `on`."""

    currency: str
    rate: Decimal
    source: str
    on: date

    def of(self, money: Money) -> Money:
        """About how much that is."""
        return at_rate(money, self.currency, self.rate)

    def as_json(self) -> dict[str, str]:
        """What `from_json` reads."""
        return {
            "currency": self.currency, "rate": str(self.rate), "source": self.source, "on": self.on.isoformat()
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "Shown":
        """As it was frozen."""
        return cls(value["currency"], Decimal(value["rate"]), value["source"], date.fromisoformat(value["on"]))


@dataclass(frozen=True, slots=True)
class Display:
    """The currency somebody wants to see beside what is charged, with the rate from each currency that has one."""

    currency: str
    rates: Mapping[str, Shown]

    def rate_from(self, currency: str) -> Shown | None:
        """None for the same currency, and for one without a rate: then nothing is shown beside it."""
        return self.rates.get(currency)

    def of(self, amount: int, currency: str) -> Money | None:
        """About how much so many minor units are."""
        rate = self.rates.get(currency)
        return rate.of(Money(amount, currency)) if rate else None


def guest(user_id: UUID) -> Account:
    """What a guest owes (above zero) or is owed."""
    return Account(AccountKind.GUEST, str(user_id))


def host(business_id: UUID) -> Account:
    """What a business is owed (below zero)."""
    return Account(AccountKind.HOST, str(business_id))


def tax(business_id: UUID) -> Account:
    """Tax taken from guests on behalf of a business, to be handed on (below zero)."""
    return Account(AccountKind.TAX, str(business_id))


def platform(what: str) -> Account:
    """The platform's own: fees, promotions, goodwill, chargebacks or rounding."""
    return Account(AccountKind.PLATFORM, what)


def provider(name: str) -> Account:
    """Money held at a provider (above zero)."""
    return Account(AccountKind.PROVIDER, name)


def provider_fees(name: str) -> Account:
    """What a provider has charged (above zero)."""
    return Account(AccountKind.PROVIDER_FEES, name)


def deposit(user_id: UUID) -> Account:
    """A guest's damage deposits held (below zero)."""
    return Account(AccountKind.DEPOSIT, str(user_id))


def wallet(user_id: UUID) -> Account:
    """A person's credit not spent yet (below zero)."""
    return Account(AccountKind.WALLET, str(user_id))
