"""Which card paid is told as a keyed hash: enough to see that two people share one, and nothing else."""

from typing import Any

import orjson

from hospes.modules.identity.contracts import User
from hospes.modules.payments import facade
from hospes.modules.payments.contracts import Payment
from hospes.modules.payments.policies.marks import mark_of
from hospes.modules.payments.providers.paypal.reading import read_method as paypal_method
from hospes.modules.payments.providers.paystack.reading import read_method as paystack_method
from hospes.modules.payments.providers.stripe.reading import read_method as stripe_method
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.modules.promotions import queries, subscribers
from hospes.modules.promotions.contracts import ReferralStatus
from hospes.modules.promotions.use_cases.refer_friends import join_by_referral, referral_code, reward_referral
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user
from tests.builders.payments import a_card, a_payment


async def paid(rt: Runtime, payer: User, *, hold: bool = False, **card: str) -> Payment:
    """A payment of this payer with a test card; with `hold` authorised first and taken then."""
    method = await facade.tokenise_card(rt, "sandbox", a_card(**card))
    async with rt.db.write() as tx:
        payment = await a_payment(tx, payer_id=payer.id, provider="sandbox")
        if hold:
            await tx.run("UPDATE payments.payment SET capture = 'manual' WHERE id = %s", (payment.id,))
        attempt = await facade.start_charge(tx, payment.id, method, rt.clock.now())
    await run_attempt(rt, attempt.id)
    if hold:
        async with rt.db.write() as tx:
            await facade.capture_price(tx, payment.booking_id, now=rt.clock.now())
            row = await tx.find("SELECT id FROM payments.attempt WHERE kind = 'capture'", ())
        assert row is not None
        await run_attempt(rt, row["id"])
    return payment


async def completed(rt: Runtime, payment: Payment) -> Event:
    async with rt.db.read() as tx:
        r = await tx.find(
            "SELECT * FROM platform.outbox WHERE type = 'payment.completed' AND aggregate_id = %s",
            (payment.booking_id,),
        )
    assert r is not None
    return Event(r["event_id"], r["type"], r["aggregate_id"], r["data"], r["occurred_at"], r["id"])


async def two(rt: Runtime) -> tuple[User, User]:
    async with rt.db.write() as tx:
        return await a_user(tx), await a_user(tx)


async def test_the_same_card_has_the_same_mark_and_another_has_another(runtime: Runtime) -> None:
    ada, grace = await two(runtime)
    payments = [
        await paid(runtime, ada),
        await paid(runtime, grace),
        await paid(runtime, grace, name="Grace Hopper"),
        await paid(runtime, ada, number="4000 0000 0000 6975"),
    ]
    marks = [(await completed(runtime, each)).data["fingerprint"] for each in payments]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3
    assert all(len(each) == 64 and int(each, 16) for each in marks)


async def test_what_was_held_first_says_its_mark_when_it_is_taken(runtime: Runtime) -> None:
    ada, grace = await two(runtime)
    now, later = await paid(runtime, ada), await paid(runtime, grace, hold=True)
    said = (await completed(runtime, later)).data
    assert (said["from_hold"], said["fingerprint"]) == (True, (await completed(runtime, now)).data["fingerprint"])


async def test_the_providers_own_mark_is_stored_nowhere_of_ours(runtime: Runtime) -> None:
    ada, _ = await two(runtime)
    await paid(runtime, ada, hold=True)
    async with runtime.db.read() as tx:
        own = await tx.find("SELECT fingerprint FROM sandbox.token", ())
        kept = await tx.all("SELECT to_jsonb(p) AS it FROM payments.payment AS p", ())
        kept += await tx.all("SELECT to_jsonb(a) AS it FROM payments.attempt AS a", ())
        kept += await tx.all("SELECT to_jsonb(o) AS it FROM platform.outbox AS o", ())
    assert own is not None
    assert own["fingerprint"] not in orjson.dumps([row["it"] for row in kept]).decode()
    assert (
        mark_of(runtime.settings.auth.secret, "sandbox", own["fingerprint"])
        in orjson.dumps([row["it"] for row in kept]).decode()
    )


def test_a_mark_depends_on_the_key_and_on_the_provider_and_nothing_has_none() -> None:
    marks = {mark_of(secret, name, "fp") for secret in ("one", "two") for name in ("stripe", "paystack")}
    assert len(marks) == 4
    assert mark_of("one", "stripe", "") == ""


def test_each_vendors_mark_is_read_where_its_documents_say() -> None:
    card = {"type": "card", "card": {"brand": "visa", "last4": "4242", "fingerprint": "Xt5EWLLDS7FJjR1c"}}
    stripe = stripe_method({"payment_method": "pm_1", "latest_charge": {"payment_method_details": card}})
    paystack = paystack_method({"authorization": {"authorization_code": "A", "signature": "SIG_x", "last4": "4081"}})
    paypal, _ = paypal_method({"payment_source": {"paypal": {"account_id": "QYR5Z8XDVJNXQ"}}})
    said = [each.fingerprint for each in (stripe, paystack, paypal) if each]
    assert said == ["Xt5EWLLDS7FJjR1c", "SIG_x", "QYR5Z8XDVJNXQ"]


async def referred(rt: Runtime, ada: User, grace: User) -> ReferralStatus | None:
    """Ada has brought Grace, whose first stay has ended."""
    now, stay = rt.clock.now(), {"booking_id": new_id(), "business_id": new_id()}
    async with rt.db.write() as tx:
        code = await referral_code(tx, user_id=ada.id, origin="home", now=now)
        await join_by_referral(tx, friend_id=grace.id, code=code, origin="away", now=now)
        return await reward_referral(tx, friend_id=grace.id, now=now, **stay)


async def balances(rt: Runtime, *people: User) -> list[list[Any]]:
    async with rt.db.read() as tx:
        return [[each.amount for each in await queries.balances(tx, one.id, rt.clock.now())] for one in people]


async def test_who_pays_with_the_card_of_whoever_brought_them_earns_nothing_for_either(runtime: Runtime) -> None:
    ada, grace = await two(runtime)
    for person in (ada, grace):
        await subscribers.note_payer(runtime, await completed(runtime, await paid(runtime, person)))
    assert await referred(runtime, ada, grace) is ReferralStatus.REFUSED
    assert await balances(runtime, ada, grace) == [[], []]


async def test_two_cards_earn_credit_for_both(runtime: Runtime) -> None:
    ada, grace = await two(runtime)
    for person, name in ((ada, "Ada Lovelace"), (grace, "Grace Hopper")):
        await subscribers.note_payer(runtime, await completed(runtime, await paid(runtime, person, name=name)))
    assert await referred(runtime, ada, grace) is ReferralStatus.REWARDED
    assert await balances(runtime, ada, grace) == [[2000], [2000]]


async def test_control_without_the_mark_one_card_earns_credit_for_both(runtime: Runtime) -> None:
    ada, grace = await two(runtime)
    for person in (ada, grace):
        event = await completed(runtime, await paid(runtime, person))
        blind = Event(event.id, event.type, event.aggregate_id, {**event.data, "fingerprint": None}, event.occurred_at)
        await subscribers.note_payer(runtime, blind)
    assert await referred(runtime, ada, grace) is ReferralStatus.REWARDED
