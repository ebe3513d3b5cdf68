"""Goodwill that a host gives: taken off what the booking earns, given back when it runs out."""

from datetime import datetime, timedelta

import pytest

from hospes.modules.booking.use_cases.grant_goodwill import grant_goodwill, most_goodwill
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import Account, AccountKind, host, platform
from hospes.modules.payments.errors import InvalidAmount
from hospes.modules.payouts import queries
from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking
from hospes.modules.promotions.use_cases.sweep import expire_credit
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from tests.builders.booking import a_stay
from tests.builders.payouts import TERMS, an_earning


async def test_what_a_host_gives_makes_the_payout_smaller(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx))
    before = await queries.find_earning(tx, booking.id)
    assert before is not None
    who = booking.guest_id
    await grant_goodwill(
        tx,
        booking_id=booking.id,
        amount=Money(2_000, "EUR"),
        reason="cold rooms",
        granted_by=who,
        by_host=True,
        now=now,
    )
    await allocate_booking(tx, booking.id, terms=TERMS, now=now)
    after = await queries.find_earning(tx, booking.id)
    assert after is not None
    assert after.due == before.due - 2_000
    assert ("Goodwill to the guest", -2_000) in [(line.label, line.amount) for line in after.lines]
    assert await ledger.balance(tx, Account(AccountKind.WALLET, str(who)), "EUR") == -2_000
    assert await ledger.balance(tx, platform("goodwill"), "EUR") == 0


async def test_what_runs_out_goes_back_to_the_host_who_gave_it(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx))
    owed = await ledger.balance(tx, host(booking.business_id), "EUR")
    given = Money(2_000, "EUR")
    await grant_goodwill(
        tx, booking_id=booking.id, amount=given, reason="cold", granted_by=booking.guest_id, by_host=True, now=now
    )
    assert await ledger.balance(tx, host(booking.business_id), "EUR") == owed + 2_000
    await expire_credit(tx, now=now + timedelta(days=366))
    assert await ledger.balance(tx, host(booking.business_id), "EUR") == owed


async def test_in_all_no_more_than_the_booking_costs_is_given(tx: WriteTx, now: datetime) -> None:
    booking = await an_earning(tx, await a_stay(tx))
    whole = booking.total.amount
    for part, by_host in ((whole - 500, False), (500, True)):
        await grant_goodwill(
            tx,
            booking_id=booking.id,
            amount=Money(part, "EUR"),
            reason="sorry",
            granted_by=booking.guest_id,
            by_host=by_host,
            now=now,
        )
    assert await most_goodwill(tx, booking) == 0
    with pytest.raises(InvalidAmount):
        await grant_goodwill(
            tx, booking_id=booking.id, amount=Money(1, "EUR"), reason="more", granted_by=booking.guest_id, now=now
        )
