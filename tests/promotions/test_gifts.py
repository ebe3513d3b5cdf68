"""What is given on its own: by triggers, campaigns, birthdays and referrals, once each."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.identity import facade as identity
from hospes.modules.identity.contracts import User
from hospes.modules.identity.store.accounts import update_person
from hospes.modules.promotions import queries, subscribers
from hospes.modules.promotions.contracts import (
    Campaign,
    CampaignStatus,
    CouponKind,
    Gift,
    GiftKind,
    ReferralStatus,
)
from hospes.modules.promotions.policies.people import birthdays_on, currency_for, normal_email
from hospes.modules.promotions.store import gifts
from hospes.modules.promotions.use_cases.refer_friends import join_by_referral, referral_code, reward_referral
from hospes.modules.promotions.use_cases.run_campaigns import run_campaigns, wish_birthdays
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import a_stay
from tests.builders.identity import a_user

DAY = timedelta(days=1)
TEN_PERCENT = Gift(GiftKind.PERCENT, 30, percent_bp=1000)


def told(type: str, aggregate_id: UUID, now: datetime, **data: Any) -> Event:
    return Event(new_id(), type, aggregate_id, data, now)


async def coupons_of(tx: WriteTx, user_id: UUID, now: datetime) -> list[tuple[str, str]]:
    owned = await queries.list_owned(tx, user_id, now, after=None, limit=50)
    return [(each.coupon.source, each.coupon.code.split("-")[0]) for each in owned]


async def test_who_signs_up_gets_ten_percent_for_thirty_days_once(runtime: Runtime, now: datetime) -> None:
    async with runtime.db.write() as tx:
        user = await a_user(tx)
    event = told("user.registered", user.id, now, user_id=str(user.id))
    await subscribers.welcome(runtime, event)
    await subscribers.welcome(runtime, event)
    await subscribers.welcome(runtime, replace(event, id=new_id()))
    async with runtime.db.write() as tx:
        (owned,) = await queries.list_owned(tx, user.id, now, after=None, limit=5)
        facts = await tx.all("SELECT data FROM platform.outbox WHERE type = 'coupon.given'")
    coupon = owned.coupon
    assert (coupon.kind, coupon.percent_bp, coupon.first_booking_only) == (CouponKind.PERCENT, 1000, True)
    assert (coupon.ends_at, coupon.per_user_limit, coupon.global_limit) == (now + 30 * DAY, 1, 1)
    assert [fact["data"]["code"] for fact in facts] == [coupon.code]


async def test_each_trigger_gives_what_its_rule_says(runtime: Runtime, now: datetime) -> None:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        guest = stay.guest_id
        await tx.run("UPDATE identity.user_account SET country = 'ES', zone = 'Europe/Madrid' WHERE id = %s", (guest,))
        await update_person(tx, guest, now, city="Madrid", bio="Hello")
    booked = {"guest_id": str(guest), "business_id": str(stay.sellable.business_id)}
    for _ in range(2):
        await subscribers.thank_for_email(runtime, told("user.email_verified", guest, now))
        await subscribers.thank_for_profile(runtime, told("user.profile_changed", guest, now))
        await subscribers.congratulate_host(runtime, told("booking.confirmed", new_id(), now, **booked))
    await subscribers.thank_for_stay(runtime, told("booking.completed", new_id(), now, **booked))
    async with runtime.db.write() as tx:
        (balance,) = await queries.balances(tx, guest, now)
        assert (balance.currency, balance.amount) == ("EUR", 1500)
        assert await coupons_of(tx, guest, now) == [("booking_completed", "AGAIN")]
        assert await coupons_of(tx, stay.owner_id, now) == [("first_hosting", "HOST")]


async def test_a_rule_that_is_switched_off_gives_nothing(runtime: Runtime, now: datetime) -> None:
    async with runtime.db.write() as tx:
        user = await a_user(tx)
        rule = await queries.find_rule(tx, "signup")
        assert rule is not None
        assert await gifts.update_rule(tx, replace(rule, active=False), now)
        assert not await gifts.update_rule(tx, replace(rule, active=True), now), "another version"
    await subscribers.welcome(runtime, told("user.registered", user.id, now))
    async with runtime.db.write() as tx:
        assert await coupons_of(tx, user.id, now) == []


async def test_a_campaign_goes_on_where_it_stopped_and_gives_nobody_twice(tx: WriteTx, now: datetime) -> None:
    people = sorted([(await a_user(tx)).id for _ in range(7)])
    campaign = Campaign(new_id(), "Summer of 26", "guests", None, TEN_PERCENT, now, now + 10 * DAY)
    await gifts.insert_campaign(tx, campaign, now)
    assert not await run_campaigns(tx, limit=3, now=now - DAY)
    rounds = 0
    while await run_campaigns(tx, limit=3, now=now):
        rounds += 1
        if rounds == 2:  # as if it had forgotten: the keys remember
            await tx.run("UPDATE promotions.campaign SET reached = NULL")
        assert rounds < 20
    done = await queries.find_campaign(tx, campaign.id)
    assert done is not None
    assert (done.status, done.given) == (CampaignStatus.DONE, 7)
    for person in people:
        assert await coupons_of(tx, person, now) == [("campaign", "SUMMEROF26")]
    (owned,) = await queries.list_owned(tx, people[0], now, after=None, limit=5)
    assert owned.coupon.ends_at == now + 10 * DAY, "no longer than the campaign"


async def test_birthdays_are_wished_once_a_year(tx: WriteTx, now: datetime) -> None:
    born = [(await a_user(tx, born_on=date(1980, 6, 1))).id for _ in range(5)]
    other = (await a_user(tx, born_on=date(1980, 6, 2))).id

    async def all_wishes(at: datetime) -> None:
        after = await wish_birthdays(tx, after=None, limit=2, now=at)
        while after is not None:
            after = await wish_birthdays(tx, after=after, limit=2, now=at)

    await all_wishes(now)
    await all_wishes(now)
    assert [len(await coupons_of(tx, each, now)) for each in (*born, other)] == [1, 1, 1, 1, 1, 0]
    await all_wishes(now.replace(year=2027))
    assert len(await coupons_of(tx, born[0], now)) == 2


def test_whoever_was_born_on_29_february_has_a_birthday_every_year() -> None:
    assert birthdays_on(date(2027, 3, 1)) == [(3, 1), (2, 29)]
    assert birthdays_on(date(2028, 3, 1)) == [(3, 1)]
    assert birthdays_on(date(2028, 2, 29)) == [(2, 29)]


def test_credit_is_in_the_currency_of_the_country_where_there_is_an_amount() -> None:
    amounts = {"USD": 1000, "EUR": 900}
    on = date(2026, 6, 1)
    assert [currency_for(each, amounts, on) for each in ("ES", "US", "JP", None)] == ["EUR", "USD", "USD", "USD"]


def test_a_profile_is_complete_at_80_percent() -> None:
    user = User(
        *(new_id(), "a@example.com", "Ada", "Lovelace", frozenset(), "+34612345678", date(1990, 5, 31), "en", "UTC"),
        *("ES", "Madrid", "", None, datetime(2026, 1, 1, tzinfo=UTC), 1),  # type: ignore[arg-type]
    )
    assert identity.completeness(user) == 75
    assert identity.completeness(replace(user, bio="Hello")) == 87


@pytest.mark.parametrize(
    ("one", "other"), [("A.da+x@gmail.com", "ada@googlemail.com"), ("ada+trip@Example.com", "ada@example.com")]
)
def test_one_mailbox_under_two_names_is_one(one: str, other: str) -> None:
    assert normal_email(one) == normal_email(other)
    assert normal_email("a.da@example.com") != normal_email("ada@example.com"), "dots count elsewhere"


async def joined(tx: WriteTx, now: datetime, *, origin: str = "elsewhere", **friend: Any) -> tuple[UUID, UUID]:
    """Who invited, and the friend."""
    referrer = (await a_user(tx, email=f"ada-{new_id().hex[-6:]}@gmail.com")).id
    code = await referral_code(tx, user_id=referrer, origin="home", now=now)
    came = (await a_user(tx, **friend)).id
    await join_by_referral(tx, friend_id=came, code=code.lower(), origin=origin, now=now)
    return referrer, came


async def state_of(tx: WriteTx, referrer: UUID) -> list[tuple[ReferralStatus, str]]:
    return [(each.status, each.reason) for each in await queries.list_referrals(tx, referrer, after=None, limit=50)]


async def test_both_get_credit_when_the_friends_first_stay_has_ended_once(tx: WriteTx, now: datetime) -> None:
    referrer, friend = await joined(tx, now)
    assert await state_of(tx, referrer) == [(ReferralStatus.JOINED, "")]
    first = {"friend_id": friend, "booking_id": new_id(), "business_id": new_id(), "now": now}
    assert await reward_referral(tx, **first) is ReferralStatus.REWARDED
    assert await reward_referral(tx, **first) is None
    for person in (referrer, friend):
        assert [each.amount for each in await queries.balances(tx, person, now)] == [2000]


async def test_the_same_person_twice_is_refused(tx: WriteTx, now: datetime) -> None:
    referrer, friend = await joined(tx, now, origin="home")
    assert await state_of(tx, referrer) == [(ReferralStatus.REFUSED, "same_address")]
    assert await reward_referral(tx, friend_id=friend, booking_id=new_id(), business_id=new_id(), now=now) is None
    again = (await a_user(tx, email="grace@gmail.com")).id
    code = await referral_code(tx, user_id=again, origin="home", now=now)
    twin = (await a_user(tx, email="g.race+1@googlemail.com")).id
    await join_by_referral(tx, friend_id=twin, code=code, origin="away", now=now)
    await join_by_referral(tx, friend_id=again, code=code, origin="away", now=now)
    assert await state_of(tx, again) == [(ReferralStatus.REFUSED, "same_email")]


async def test_one_card_for_both_is_refused(tx: WriteTx, now: datetime) -> None:
    referrer, friend = await joined(tx, now)
    for person in (referrer, friend):
        await gifts.note_mark(tx, "a card", person, now)
    await reward_referral(tx, friend_id=friend, booking_id=new_id(), business_id=new_id(), now=now)
    assert await state_of(tx, referrer) == [(ReferralStatus.REFUSED, "same_payment")]
    assert await queries.balances(tx, friend, now) == []


async def test_a_stay_with_whoever_invited_is_refused(tx: WriteTx, now: datetime) -> None:
    stay = await a_stay(tx)
    code = await referral_code(tx, user_id=stay.owner_id, origin="home", now=now)
    friend = (await a_user(tx)).id
    await join_by_referral(tx, friend_id=friend, code=code, origin="away", now=now)
    await reward_referral(tx, friend_id=friend, booking_id=new_id(), business_id=stay.sellable.business_id, now=now)
    assert await state_of(tx, stay.owner_id) == [(ReferralStatus.REFUSED, "own_place")]


async def test_nobody_is_rewarded_more_often_a_month_than_the_rule_allows(tx: WriteTx, now: datetime) -> None:
    rule = await queries.find_rule(tx, "referral_referrer")
    assert rule is not None
    await gifts.update_rule(tx, replace(rule, monthly=2), now)
    referrer = (await a_user(tx)).id
    code = await referral_code(tx, user_id=referrer, origin="home", now=now)
    for at in (now, now, now, now + 31 * DAY):
        friend = (await a_user(tx)).id
        await join_by_referral(tx, friend_id=friend, code=code, origin=str(friend), now=now)
        await reward_referral(tx, friend_id=friend, booking_id=new_id(), business_id=new_id(), now=at)
        assert [each.amount for each in await queries.balances(tx, friend, now)] == [2000]
    assert sorted(reason for _, reason in await state_of(tx, referrer)) == ["", "", "", "monthly_limit"]
    assert [each.amount for each in await queries.balances(tx, referrer, now)] == [6000]


async def test_a_payment_is_remembered_by_a_hash(runtime: Runtime, now: datetime) -> None:
    async with runtime.db.write() as tx:
        user = await a_user(tx)
    event = told("payment.completed", new_id(), now, payer_id=str(user.id), fingerprint="card_of_ada")
    await subscribers.note_payer(runtime, event)
    await subscribers.note_payer(runtime, told("payment.completed", new_id(), now, payer_id=str(user.id)))
    async with runtime.db.read() as tx:
        rows = await tx.all("SELECT mark, user_id FROM promotions.payer_mark")
    assert [row["user_id"] for row in rows] == [user.id]
    assert len(rows[0]["mark"]) == 64
