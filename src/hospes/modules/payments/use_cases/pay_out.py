"""Money to hosts: what the module payouts asks of a provider, through here. Never call these in a transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hospes.modules.payments import queries
from hospes.modules.payments.policies.retrying import CALL_LASTS
from hospes.modules.payments.providers.port import (
    AccountOrder,
    AccountRefused,
    AccountState,
    Capabilities,
    Declined,
    Outcome,
    PaymentProvider,
    ProviderDown,
    ReportLine,
    Succeeded,
    TransferOrder,
)
from hospes.platform.db import ReadTx
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Transferred:
    """It has arrived; `fee` in minor units, when the provider says so."""

    ref: str
    amount: Money
    fee: int


@dataclass(frozen=True, slots=True)
class TransferRefused:
    """Nothing moved, and nothing will by this order."""

    reason: str


@dataclass(frozen=True, slots=True)
class TransferUnknown:
    """It may have moved: ask again."""

    why: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class TransferNotMade:
    """The provider has certainly not got it: the same order may be sent again."""

    why: str


TransferAnswer = Transferred | TransferRefused | TransferUnknown | TransferNotMade


class AccountNotOpened(Exception):
    """The provider opens no account; the message says why. `final`: not because it is out of service."""

    def __init__(self, why: str, *, final: bool) -> None:
        super().__init__(why)
        self.final = final


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved at a provider, by our books: `key` is what the provider was given, `kind` as it reports it."""

    key: UUID
    kind: str
    amount: Money
    at: datetime


async def transfer(
    rt: Runtime, provider: str, *, key: UUID, account_ref: str, amount: Money, about: str
) -> TransferAnswer:
    """Pay an account; the same key pays once."""
    port = _port(rt, provider)
    if port is None:
        return TransferNotMade("this provider is not configured")
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            return _answer(await port.transfer(TransferOrder(key, account_ref, amount, about)))
    except ProviderDown as fault:
        return TransferNotMade(str(fault) or "out of service")
    except TimeoutError:
        return TransferUnknown("no answer in time")


async def look_up_transfer(
    rt: Runtime, provider: str, *, key: UUID, account_ref: str, ref: str | None
) -> TransferAnswer:
    """What became of it."""
    port = _port(rt, provider)
    if port is None:
        return TransferUnknown("this provider is not configured", ref)
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            found = await port.look_up(key, "transfer", ref=ref, target=account_ref)
    except (ProviderDown, TimeoutError) as fault:
        return TransferUnknown(str(fault) or "no answer in time", ref)
    return TransferNotMade("it never arrived") if found is None else _answer(found)


async def open_payout_account(
    rt: Runtime,
    provider: str,
    *,
    key: UUID,
    business_id: UUID,
    email: str,
    country: str,
    page: str,
    name: str,
    details: Mapping[str, str],
) -> tuple[str, str]:
    """The provider's name of the account and where its owner goes on; the same key opens one. Raises
    `AccountNotOpened`."""
    port = _port(rt, provider)
    if port is None:
        raise AccountNotOpened("This provider is not configured.", final=True)
    order = AccountOrder(key, business_id, email, country, page, details, name)
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            link = await port.open_account(order)
    except AccountRefused as fault:
        raise AccountNotOpened(str(fault), final=True) from fault
    except (ProviderDown, TimeoutError) as fault:
        raise AccountNotOpened("The provider does not answer at the moment.", final=False) from fault
    return link.ref, link.url


async def payout_account_state(rt: Runtime, provider: str, ref: str) -> AccountState | None:
    """Whether it can be paid to; None when the provider does not answer."""
    port = _port(rt, provider)
    if port is None:
        return None
    try:
        async with asyncio.timeout(CALL_LASTS.total_seconds()):
            return await port.account_state(ref)
    except (ProviderDown, TimeoutError):
        return None


def payout_provider(rt: Runtime) -> tuple[str, Capabilities] | None:
    """The provider through which hosts are paid: the installation's own if it can, else the first that can."""
    asked = rt.settings.payment_provider
    names = sorted(rt.ports.payment_providers, key=lambda name: (name != asked, name))
    for name in names:
        can: Capabilities = rt.ports.payment_providers[name].can
        if can.transfers:
            return name, can
    return None


async def report_of(rt: Runtime, provider: str, since: datetime, until: datetime) -> Sequence[ReportLine] | None:
    """Every movement of the provider's own books in [since, until); None when it does not answer."""
    port = _port(rt, provider)
    if port is None:
        return None
    try:
        async with asyncio.timeout(4 * CALL_LASTS.total_seconds()):
            return await port.report(since, until)
    except (ProviderDown, TimeoutError):
        return None


async def movements_of(
    tx: ReadTx, provider: str, *, since: datetime, until: datetime, keys: Sequence[UUID] = ()
) -> list[Movement]:
    """Charges and refunds at a provider by our books: those that were settled in [since, until), and those of `keys`
    whenever that was."""
    rows = await queries.list_movements(tx, provider, since=since, until=until, keys=keys)
    return [Movement(row["key"], row["kind"], Money(row["amount"], row["currency"]), row["at"]) for row in rows]


def _port(rt: Runtime, provider: str) -> PaymentProvider | None:
    found: PaymentProvider | None = rt.ports.payment_providers.get(provider)
    return found


def _answer(outcome: Outcome) -> TransferAnswer:
    match outcome:
        case Succeeded():
            return Transferred(outcome.ref, outcome.amount, outcome.fee or 0)
        case Declined():
            return TransferRefused(outcome.reason)
        case _:
            return TransferUnknown(type(outcome).__name__.lower(), getattr(outcome, "ref", None))
