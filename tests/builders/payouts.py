"""Bookings that are paid by the ledger too, accounts that can be paid to, and a provider that pays or fails as told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.booking.contracts import Booking, BookingStatus
from hospes.modules.catalog.facade import get_business
from hospes.modules.identity.queries.identity_checks import list_proven
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Line, guest, provider
from hospes.modules.payments.providers.port import (
    AccountLink,
    AccountOrder,
    AccountState,
    Capabilities,
    Declined,
    Outcome,
    ProviderDown,
    ReportLine,
    Succeeded,
    TransferOrder,
    Unknown,
)
from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.settings import Payouts
from tests.builders.booking import NOW, Stay, a_booking
from tests.builders.documents import an_identity_check
from tests.builders.payments import Killed

TERMS = Payouts()


async def a_paid_booking(
    tx: WriteTx, stay: Stay, *, status: BookingStatus = BookingStatus.CONFIRMED, now: datetime = NOW, **given: Any
) -> Booking:
    """Confirmed, its money taken by the books of payments and of the ledger; nothing allocated yet."""
    booking = await a_booking(tx, stay, status=status, now=now, **given)
    lines = (Line(provider("sandbox"), booking.total.amount), Line(guest(stay.guest_id), -booking.total.amount))
    await ledger.post(
        tx,
        key=f"payment:test:{booking.id}",
        kind="captured",
        about=booking.id,
        lines=lines,
        currency=booking.total.currency,
        now=now,
    )
    return booking


async def an_earning(tx: WriteTx, stay: Stay, *, now: datetime = NOW, **given: Any) -> Booking:
    """A paid booking that is allocated."""
    booking = await a_paid_booking(tx, stay, now=now, **given)
    await allocate_booking(tx, booking.id, terms=TERMS, now=now)
    return booking


async def a_payout_account(
    tx: WriteTx, business_id: UUID, *, provider: str = "fake", status: str = "enabled", now: datetime = NOW
) -> None:
    """An account at the provider, of a business whose owner has shown who they are."""
    owner = (await get_business(tx, business_id)).owner_id
    if not await list_proven(tx, [owner]):
        await an_identity_check(tx, owner)
    await tx.run(
        "INSERT INTO payouts.account (business_id, id, provider, email, country, ref, status, created_at, checked_at)"
        " VALUES (%s, %s, %s, 'host@example.com', 'FR', %s, %s, %s, %s)",
        (business_id, new_id(), provider, f"acct_{business_id.hex[-6:]}", status, now, now),
    )


def after_stay(booking: Booking) -> datetime:
    """When its money can be paid out."""
    return booking.check_in_at + timedelta(hours=TERMS.delay_hours)


@dataclass
class FakeBank:
    """Pays accounts. `answers`: what the next transfers do instead: refuse, lose, down, killed_before, killed_after."""

    name: str = "fake"
    can: Capabilities = field(default_factory=lambda: Capabilities(transfers=True))
    answers: list[str] = field(default_factory=list)
    made: dict[UUID, TransferOrder] = field(default_factory=dict)
    calls: int = 0
    state: AccountState = field(default_factory=lambda: AccountState(True))
    lines: list[ReportLine] = field(default_factory=list)
    opened: list[AccountOrder] = field(default_factory=list)

    async def transfer(self, order: TransferOrder) -> Outcome:
        self.calls += 1
        answer = self.answers.pop(0) if self.answers else "pay"
        if answer == "down":
            raise ProviderDown("as the test wants")
        if answer == "killed_before":
            raise Killed
        if answer == "refuse":
            return Declined("account_closed")
        self.made.setdefault(order.key, order)
        if answer == "killed_after":
            raise Killed
        return Unknown("lost") if answer == "lose" else Succeeded(f"tr_{order.key}", self.made[order.key].amount, 25)

    async def look_up(self, key: UUID, kind: str, *, ref: str | None = None, target: str | None = None) -> Any:
        found = self.made.get(key)
        return Succeeded(f"tr_{key}", found.amount, 25) if found else None

    async def open_account(self, order: AccountOrder) -> AccountLink:
        self.opened.append(order)
        return AccountLink("acct_new", "https://bank.example/go-on")

    async def account_state(self, ref: str) -> AccountState:
        return self.state

    async def report(self, since: datetime, until: datetime) -> list[ReportLine]:
        return [each for each in self.lines if since <= each.at < until]
