"""What every payment provider promises (src/hospes/modules/payments/providers/port.py)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.builders.keys import KEYRING
from tests.builders.providers import Bench, fake, impatient, paypal, paystack, sandbox, stripe, url_of

from hospes.modules.payments.contracts import EvidenceFile, Fact, Method
from hospes.modules.payments.providers.port import (
    AccountOrder,
    AccountRefused,
    Answered,
    Authorised,
    CaptureOrder,
    ChargeOrder,
    Declined,
    EvidenceOrder,
    NeedsAction,
    Outcome,
    Pending,
    ProviderDown,
    RefundOrder,
    RenewOrder,
    ReverseOrder,
    SignatureRefused,
    Succeeded,
    TransferOrder,
    Unknown,
    VoidOrder,
)
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.money import Money

PAGE = "https://stay.example/pay/1"


@pytest.fixture(scope="module")
async def db(running: Any) -> AsyncIterator[Database]:
    """One database for all of these tests: every order has a key of its own."""
    name = "payment_providers"
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} TEMPLATE hospes STRATEGY FILE_COPY")
        database = Database(running.url(name), max_write=20, keyring=KEYRING)
        await database.open()
        yield database
        await database.close()
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=[sandbox, fake, stripe, paystack, paypal], ids=lambda make: make.__name__)
async def bench(request: pytest.FixtureRequest, db: Database, now: datetime) -> AsyncIterator[Bench]:
    async with request.param(db, now) as made:
        yield made


def needs(bench: Bench, *capabilities: str) -> None:
    """Skip a provider that does not claim to do this."""
    for name in capabilities:
        if not getattr(bench.provider.can, name):
            pytest.skip(f"{bench.name} does not: {name}")


async def an_order(bench: Bench, word: str = "ok", **given: Any) -> ChargeOrder:
    said: dict[str, Any] = {"amount": bench.amount, "page": PAGE, "email": "guest@example.org", **given}
    return ChargeOrder(new_id(), method=await bench.method(word), **said)


async def charged(bench: Bench, word: str = "ok", **given: Any) -> tuple[ChargeOrder, Succeeded]:
    order = await an_order(bench, word, **given)
    outcome = await bench.provider.charge(order)
    assert isinstance(outcome, Succeeded), outcome
    return order, outcome


async def authorised(bench: Bench, word: str = "ok") -> tuple[ChargeOrder, Authorised]:
    order = await an_order(bench, word, capture=False)
    outcome = await bench.provider.charge(order)
    assert isinstance(outcome, Authorised), outcome
    return order, outcome


async def found(bench: Bench, order: ChargeOrder, ref: str | None = None) -> Outcome:
    """What became of a charge: looked up, or where the vendor cannot be asked, by the same order again."""
    kind = "charge" if order.capture else "authorise"
    outcome: Outcome = await bench.provider.look_up(order.key, kind, ref=ref) or await bench.provider.charge(order)
    return outcome


async def test_a_charge_that_succeeds_says_what_was_taken(bench: Bench) -> None:
    order, outcome = await charged(bench)
    assert outcome.amount == bench.amount
    assert outcome.ref
    assert await bench.provider.look_up(order.key, "charge", ref=outcome.ref) == outcome


async def test_the_same_order_twice_takes_the_money_once(bench: Bench) -> None:
    order, first = await charged(bench)
    assert await bench.provider.charge(order) == first


async def test_the_same_order_twice_at_once_takes_the_money_once(bench: Bench) -> None:
    order = await an_order(bench)
    outcomes = await asyncio.gather(*(bench.provider.charge(order) for _ in range(5)))
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert isinstance(outcomes[0], Succeeded)


async def test_control_two_keys_take_the_money_twice(bench: Bench) -> None:
    first, second = [(await charged(bench))[1] for _ in range(2)]
    assert first.ref != second.ref


async def test_a_key_used_for_another_amount_is_never_a_success(bench: Bench) -> None:
    order, _ = await charged(bench)
    other = replace(order, amount=Money(bench.amount.amount - 1, bench.amount.currency))
    assert isinstance(await bench.provider.charge(other), Unknown)


async def test_a_declined_card_says_why_and_is_found_declined(bench: Bench) -> None:
    order = await an_order(bench, "decline")
    outcome = await bench.provider.charge(order)
    assert isinstance(outcome, Declined)
    assert outcome.reason == bench.declines
    assert await found(bench, order, outcome.ref) == outcome


async def test_a_lost_answer_is_unknown_and_found_later(bench: Bench) -> None:
    order = await an_order(bench, "lost")
    assert isinstance(await bench.provider.charge(order), Unknown)
    outcome = await found(bench, order)
    assert isinstance(outcome, Succeeded)
    assert outcome.amount == bench.amount


async def test_a_key_that_never_arrived_is_not_found(bench: Bench) -> None:
    assert await bench.provider.look_up(new_id(), "charge") is None
    assert await bench.provider.look_up(new_id(), "refund") is None


async def test_out_of_service_nothing_has_happened_and_the_same_order_works_afterwards(bench: Bench) -> None:
    order = await an_order(bench)
    order = replace(order, method=await bench.out_of_service())
    with pytest.raises(ProviderDown):
        await bench.provider.charge(order)
    assert await bench.provider.look_up(order.key, "charge") is None
    assert isinstance(await bench.provider.charge(order), Succeeded)


@pytest.mark.parametrize(("approve", "expected"), [(True, Succeeded), (False, Declined)])
async def test_a_question_waits_for_its_answer(bench: Bench, approve: bool, expected: type) -> None:
    order = await an_order(bench, "challenge")
    asked = await bench.provider.charge(order)
    assert isinstance(asked, NeedsAction)
    assert url_of(asked).startswith(("/pay/1/challenge", "https://"))
    waiting = await bench.provider.look_up(order.key, "charge", ref=asked.ref)
    assert isinstance(waiting, NeedsAction)
    assert waiting.action in ({}, asked.action)
    await bench.answer(asked.ref, approve)
    settled = await bench.provider.look_up(order.key, "charge", ref=asked.ref)
    assert isinstance(settled, expected)
    if approve:
        await bench.answer(asked.ref, False)
        assert await bench.provider.look_up(order.key, "charge", ref=asked.ref) == settled


@pytest.mark.parametrize("amount", [0, -1, -5_000])
async def test_nothing_and_less_cannot_be_taken(bench: Bench, amount: int) -> None:
    if bench.name == "fake":
        pytest.skip("the fake takes anything")
    order = await an_order(bench, amount=Money(amount, bench.amount.currency))
    assert await bench.provider.charge(order) == Declined("amount_not_supported")


async def test_a_currency_it_does_not_take_is_declined_before_anything_is_sent(bench: Bench) -> None:
    needs(bench, "currencies")
    order = await an_order(bench, amount=Money(5_000, "XTS"))
    assert await bench.provider.charge(order) == Declined("currency_not_supported")
    assert not any(method == "POST" for method, _ in bench.server.faults.seen)


async def test_a_saved_method_is_charged_without_its_payer_until_it_is_forgotten(bench: Bench) -> None:
    needs(bench, "save_methods")
    order = await an_order(bench, "challenge" if bench.name == "paypal" else "ok", save=True)
    first = await bench.provider.charge(order)
    if isinstance(first, NeedsAction):
        await bench.answer(first.ref, True)
        first = await bench.provider.look_up(order.key, "charge", ref=first.ref)
    assert isinstance(first, Succeeded)
    assert first.method is not None
    assert first.method.token
    later = replace(order, key=new_id(), method=first.method, customer=first.customer, save=False, off_session=True)
    second = await bench.provider.charge(later)
    assert isinstance(second, Succeeded)
    assert second.ref != first.ref
    await bench.provider.forget_method(first.method.token)
    await bench.provider.forget_method(first.method.token)
    third = await bench.provider.charge(replace(later, key=new_id()))
    assert isinstance(third, Declined)
    assert third.reason == "unknown_method"


async def test_what_is_authorised_is_taken_later_and_only_as_much_as_is_asked(bench: Bench) -> None:
    needs(bench, "authorise")
    order, held = await authorised(bench)
    assert held.amount == bench.amount
    assert held.expires_at > bench.now() + timedelta(days=1)
    assert await bench.provider.look_up(order.key, "authorise", ref=held.ref) == held
    take = CaptureOrder(new_id(), held.ref, bench.part(3))
    assert await bench.provider.look_up(take.key, "capture", target=held.ref) is None
    taken = await bench.provider.capture(take)
    assert isinstance(taken, Succeeded)
    assert (taken.ref, taken.amount) == (held.ref, bench.part(3))
    again = await bench.provider.capture(take)
    assert isinstance(again, Succeeded)
    assert again.amount == taken.amount
    looked = await bench.provider.look_up(take.key, "capture", target=held.ref)
    assert isinstance(looked, Succeeded)
    assert looked.amount == taken.amount
    assert isinstance(await bench.provider.capture(CaptureOrder(new_id(), held.ref, bench.part(2))), Declined)
    assert isinstance(await bench.provider.void(VoidOrder(new_id(), held.ref)), Declined)


async def test_a_capture_whose_answer_is_lost_is_found(bench: Bench) -> None:
    needs(bench, "authorise")
    if bench.server is None:
        pytest.skip("there is no wire to cut")
    _, held = await authorised(bench)
    bench.server.faults.next("cut_after")
    take = CaptureOrder(new_id(), held.ref, bench.amount)
    assert isinstance(await bench.provider.capture(take), Unknown)
    looked = await bench.provider.look_up(take.key, "capture", target=held.ref)
    assert isinstance(looked, Succeeded)
    assert looked.amount == bench.amount


async def test_more_than_is_authorised_is_not_taken(bench: Bench) -> None:
    needs(bench, "authorise")
    _, held = await authorised(bench)
    too_much = Money(bench.amount.amount + 1, bench.amount.currency)
    assert isinstance(await bench.provider.capture(CaptureOrder(new_id(), held.ref, too_much)), Declined)
    assert isinstance(await bench.provider.capture(CaptureOrder(new_id(), held.ref, bench.amount)), Succeeded)


async def test_what_is_released_cannot_be_taken(bench: Bench) -> None:
    needs(bench, "authorise")
    _, held = await authorised(bench)
    order = VoidOrder(new_id(), held.ref)
    assert await bench.provider.look_up(order.key, "void", target=held.ref) is None
    released = await bench.provider.void(order)
    assert isinstance(released, Succeeded)
    assert released.amount == bench.amount
    assert await bench.provider.void(VoidOrder(new_id(), held.ref)) == released
    assert await bench.provider.look_up(order.key, "void", target=held.ref) == released
    late = await bench.provider.capture(CaptureOrder(new_id(), held.ref, bench.amount))
    assert isinstance(late, Declined)
    assert late.reason == "authorisation_expired"


async def test_an_authorisation_that_lapsed_cannot_be_taken(bench: Bench) -> None:
    needs(bench, "authorise")
    _, held = await authorised(bench, "lapse")
    bench.lapse(held.ref)
    late = await bench.provider.capture(CaptureOrder(new_id(), held.ref, bench.amount))
    assert late == Declined("authorisation_expired", held.ref)


async def test_a_hold_that_is_renewed_has_another_name_and_its_money_is_taken_or_released_once(bench: Bench) -> None:
    needs(bench, "renews")
    for end in ("capture", "void"):
        bench.set_time(lambda: datetime.now(UTC))
        _, held = await authorised(bench)
        assert held.honoured_until is not None
        assert held.honoured_until < held.expires_at
        order = RenewOrder(new_id(), held.ref, bench.amount)
        assert await bench.provider.renew(order) == Declined("renewal_not_possible", held.ref), "it is too early"
        bench.set_time(lambda: datetime.now(UTC) + timedelta(days=4))
        order = RenewOrder(new_id(), held.ref, bench.amount)
        renewed = await bench.provider.renew(order)
        assert isinstance(renewed, Authorised)
        assert (renewed.amount, renewed.ref != held.ref) == (bench.amount, True)
        assert renewed.honoured_until is not None
        assert renewed.honoured_until > held.honoured_until
        assert await bench.provider.renew(order) == renewed
        assert await bench.provider.look_up(order.key, "authorise", ref=renewed.ref, target=held.ref) == renewed
        assert await bench.provider.look_up(order.key, "authorise", target=held.ref) is None
        if end == "void":
            assert isinstance(await bench.provider.void(VoidOrder(new_id(), renewed.ref)), Succeeded)
            late = await bench.provider.capture(CaptureOrder(new_id(), renewed.ref, bench.amount))
            assert isinstance(late, Declined)
            continue
        take = CaptureOrder(new_id(), renewed.ref, bench.part(3))
        taken = await bench.provider.capture(take)
        assert isinstance(taken, Succeeded)
        assert taken.amount == bench.part(3)
        looked = await bench.provider.look_up(take.key, "capture", target=renewed.ref)
        assert isinstance(looked, Succeeded)
        assert isinstance(await bench.provider.capture(CaptureOrder(new_id(), held.ref, bench.part(1))), Declined)
        back = await bench.provider.refund(RefundOrder(new_id(), taken.ref, bench.part(1)))
        assert isinstance(back, Succeeded)


async def test_a_renewal_whose_answer_is_lost_is_found_by_the_same_order(bench: Bench) -> None:
    needs(bench, "renews")
    _, held = await authorised(bench)
    bench.set_time(lambda: datetime.now(UTC) + timedelta(days=4))
    order = RenewOrder(new_id(), held.ref, bench.amount)
    bench.server.faults.next("cut_after")
    assert isinstance(await bench.provider.renew(order), Unknown)
    again = await bench.provider.renew(order)
    assert isinstance(again, Authorised)
    assert len(bench.server.orders[held.ref]["purchase_units"][0]["renewed"]) == 1


async def test_who_cannot_renew_says_so_and_what_is_held_stands(bench: Bench) -> None:
    if bench.name == "fake" or bench.provider.can.renews:
        pytest.skip("it renews, or holds nothing")
    ref = (await authorised(bench))[1].ref if bench.provider.can.authorise else "nothing"
    outcome = await bench.provider.renew(RenewOrder(new_id(), ref, bench.amount))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "not_supported"
    if bench.provider.can.authorise:
        assert isinstance(await bench.provider.capture(CaptureOrder(new_id(), ref, bench.amount)), Succeeded)


async def test_what_cannot_be_held_is_not_taken_instead(bench: Bench) -> None:
    if bench.provider.can.authorise or bench.name == "fake":
        pytest.skip("it can be held")
    assert await bench.provider.charge(await an_order(bench, capture=False)) == Declined("not_supported")


async def test_a_refund_twice_gives_the_money_back_once(bench: Bench) -> None:
    _, taken = await charged(bench)
    order = RefundOrder(new_id(), taken.ref, bench.part(3))
    first = await bench.provider.refund(order)
    assert isinstance(first, Succeeded)
    assert first.amount == bench.part(3)
    assert await bench.provider.refund(order) == first
    assert await bench.provider.look_up(order.key, "refund", ref=first.ref, target=taken.ref) == first
    assert await bench.provider.look_up(order.key, "refund", target=taken.ref) == first
    rest = await bench.provider.refund(RefundOrder(new_id(), taken.ref, bench.part(2)))
    assert isinstance(rest, Succeeded)


async def test_a_refund_whose_answer_is_lost_is_found_and_not_made_again(bench: Bench) -> None:
    if bench.server is None:
        pytest.skip("there is no wire to cut")
    _, taken = await charged(bench)
    bench.server.faults.next("cut_after")
    order = RefundOrder(new_id(), taken.ref, bench.amount)
    assert isinstance(await bench.provider.refund(order), Unknown)
    looked = await bench.provider.look_up(order.key, "refund", target=taken.ref)
    assert isinstance(looked, Succeeded)
    assert await bench.provider.refund(order) == looked


async def test_more_than_was_taken_is_not_given_back(bench: Bench) -> None:
    _, taken = await charged(bench)
    order = RefundOrder(new_id(), taken.ref, Money(bench.amount.amount + 1, bench.amount.currency))
    assert isinstance(await bench.provider.refund(order), Declined)
    assert await bench.provider.look_up(order.key, "refund", target=taken.ref) is None


async def test_a_transfer_twice_pays_the_host_once(bench: Bench) -> None:
    needs(bench, "transfers")
    await charged(bench)
    order = TransferOrder(new_id(), await bench.account(), bench.part(1), "Stay of June")
    first = await bench.provider.transfer(order)
    assert isinstance(first, Succeeded | Pending)
    assert first.amount == bench.part(1)
    bench.pay_out(first.ref)
    done = await bench.provider.look_up(order.key, "transfer", ref=first.ref, target=order.account_ref)
    assert isinstance(done, Succeeded)
    assert done.amount == bench.part(1)
    again = await bench.provider.transfer(order)
    assert isinstance(again, Succeeded | Pending)
    assert again.ref == first.ref


async def test_a_transfer_whose_answer_is_lost_is_found_by_the_same_order(bench: Bench) -> None:
    needs(bench, "transfers")
    if bench.server is None:
        pytest.skip("there is no wire to cut")
    await charged(bench)
    order = TransferOrder(new_id(), await bench.account(), bench.part(1), "Stay of June")
    bench.server.faults.next("cut_after")
    assert isinstance(await bench.provider.transfer(order), Unknown)
    again = await bench.provider.transfer(order)
    assert isinstance(again, Succeeded | Pending)
    assert again.amount == bench.part(1)


async def test_nobody_is_paid_who_is_not_known(bench: Bench) -> None:
    needs(bench, "transfers")
    if bench.name == "paypal":
        pytest.skip("PayPal tells only later whether somebody has an address")
    await charged(bench)
    outcome = await bench.provider.transfer(TransferOrder(new_id(), "acct_nobody", bench.part(1), "Nothing"))
    assert isinstance(outcome, Declined)


async def test_a_transfer_is_taken_back_once(bench: Bench) -> None:
    needs(bench, "transfers", "reverses")
    await charged(bench)
    paid = await bench.provider.transfer(TransferOrder(new_id(), await bench.account(), bench.part(2), "June"))
    assert isinstance(paid, Succeeded)
    order = ReverseOrder(new_id(), paid.ref, bench.part(2))
    back = await bench.provider.reverse(order)
    assert isinstance(back, Succeeded)
    assert await bench.provider.reverse(order) == back
    assert await bench.provider.look_up(order.key, "reverse", target=paid.ref) == back
    assert isinstance(await bench.provider.reverse(ReverseOrder(new_id(), paid.ref, bench.part(1))), Declined)


async def test_an_account_says_whether_it_can_be_paid(bench: Bench) -> None:
    needs(bench, "transfers")
    ref = await bench.account()
    state = await bench.provider.account_state(ref)
    assert (state.payouts_enabled, state.due) == (True, ())


async def test_an_account_without_what_is_needed_is_refused_with_a_sentence(bench: Bench) -> None:
    needs(bench, "account_fields")
    order = AccountOrder(new_id(), new_id(), "host@example.org", "NG", PAGE)
    with pytest.raises(AccountRefused, match="Please give"):
        await bench.provider.open_account(order)


async def test_the_report_tells_what_moved_with_our_keys(bench: Bench) -> None:
    if bench.name == "fake":
        pytest.skip("the fake keeps no report")
    order, taken = await charged(bench)
    back = RefundOrder(new_id(), taken.ref, bench.part(1))
    await bench.provider.refund(back)
    day = timedelta(days=1)
    lines = await bench.provider.report(bench.now() - day, bench.now() + day)
    said = [(line.kind, line.key, line.amount) for line in lines]
    less = Money(-bench.part(1).amount, bench.amount.currency)
    assert said == [("charge", order.key, bench.amount), ("refund", back.key, less)]
    assert all(line.fee.amount >= 0 for line in lines)
    if taken.fee is not None:
        assert lines[0].fee.amount == taken.fee
    assert await bench.provider.report(bench.now() - 3 * day, bench.now() - 2 * day) == []


async def test_a_dispute_is_found_without_a_message(bench: Bench) -> None:
    needs(bench, "disputes")
    order, taken = await charged(bench, "dispute")
    bench.dispute(taken.ref)
    since = bench.now()
    bench.pass_time(timedelta(hours=1))
    [news] = await bench.provider.list_disputes(since)
    assert (news.charge_key, news.amount, news.status) == (order.key, bench.amount, "open")


async def test_a_dispute_is_answered_once_however_often_it_is_sent(bench: Bench) -> None:
    needs(bench, "disputes", "answers_disputes")
    _, taken = await charged(bench, "dispute")
    bench.dispute(taken.ref)
    since = bench.now()
    bench.pass_time(timedelta(hours=1))
    [news] = await bench.provider.list_disputes(since)
    facts = (Fact("service", "What was booked", "A room"), Fact("email", "Address", "guest@example.org"))
    file = EvidenceFile("INV-2026-00001.pdf", "application/pdf", b"%PDF-1.7 made up")
    order = EvidenceOrder(new_id(), news.ref, "The guest slept here for three nights.", facts, (file,))
    for _ in range(2):
        assert await bench.provider.answer_dispute(order) == Answered(news.ref)
    other = replace(order, key=new_id(), words="Something else.")
    late = await bench.provider.answer_dispute(other)
    if bench.name != "paystack":  # it says only that it has an answer
        assert late == Declined("evidence_not_wanted", news.ref)
    assert await bench.provider.answer_dispute(order) == Answered(news.ref)
    if bench.server is not None:
        kept = await bench.evidence(news.ref)
        assert "The guest slept here for three nights." in kept
        assert "A room" in kept
        assert "Something else." not in kept
        assert "INV-2026-00001.pdf" in kept


async def test_a_lost_answer_to_a_dispute_is_sent_again_without_harm(bench: Bench) -> None:
    needs(bench, "answers_disputes")
    if bench.server is None:
        pytest.skip("there is no wire to cut")
    _, taken = await charged(bench, "dispute")
    bench.dispute(taken.ref)
    [news] = await bench.provider.list_disputes(bench.now())
    file = EvidenceFile("INV-2026-00001.pdf", "application/pdf", b"%PDF-1.7 made up")
    order = EvidenceOrder(new_id(), news.ref, "The guest slept here.", (), (file,))
    bench.server.faults.next("cut_after", method="PUT" if bench.name == "paystack" else "POST", path="disput")
    assert isinstance(await bench.provider.answer_dispute(order), Unknown)
    assert await bench.provider.answer_dispute(order) == Answered(news.ref)


async def test_a_dispute_that_nobody_knows_takes_no_answer(bench: Bench) -> None:
    needs(bench, "answers_disputes")
    unknown = "999" if bench.name == "paystack" else "dp_nothing"
    outcome = await bench.provider.answer_dispute(EvidenceOrder(new_id(), unknown, "Nothing."))
    assert outcome == Declined("evidence_not_wanted", unknown)


MODES = ["500", "500_after", "cut_after", "nonsense", "nonsense_after", "silent", "silent_after", "429"]


@pytest.mark.parametrize("mode", MODES)
async def test_whatever_goes_wrong_the_money_is_taken_once_in_the_end(bench: Bench, mode: Any) -> None:
    if bench.server is None:
        pytest.skip("there is no wire")
    order = await an_order(bench)
    await bench.provider.charge(replace(order, key=new_id()))  # a token is fetched before anything goes wrong
    bench.server.faults.next(mode)
    if mode == "429":
        with pytest.raises(ProviderDown):
            await bench.provider.charge(order)
    else:
        with impatient(bench.http) if mode.startswith("silent") else nullcontext():
            assert isinstance(await bench.provider.charge(order), Unknown)
    outcome = await found(bench, order)
    assert isinstance(outcome, Succeeded)
    assert outcome.amount == bench.amount
    day = timedelta(days=1)
    lines = await bench.provider.report(bench.now() - day, bench.now() + day)
    assert [line.key for line in lines].count(order.key) == 1


async def test_a_signed_message_is_read(bench: Bench, now: datetime) -> None:
    key = new_id()
    headers, raw = bench.message(key, now)
    event = await bench.provider.parse_webhook(headers, raw, now=now)
    assert event.key == key
    assert event.id
    again = await bench.provider.parse_webhook(headers, raw, now=now)
    assert again.id == event.id


@pytest.mark.parametrize("age", [timedelta(days=5), timedelta(minutes=-6)])
async def test_a_message_signed_long_ago_or_in_the_future_is_refused(
    bench: Bench, now: datetime, age: timedelta
) -> None:
    if bench.name == "paystack":
        pytest.skip("Paystack's messages carry no time; a repeated one has the same id")
    headers, raw = bench.message(new_id(), now - age)
    with pytest.raises(SignatureRefused, match="too long ago"):
        await bench.provider.parse_webhook(headers, raw, now=now)


@pytest.mark.parametrize("value", ["", "t=1", "v1=ab", "t=x,v1=ab", "t=²,v1=ab", "t=1,v1=é", "t=1,t=2,v1=a", "00"])
async def test_a_message_without_a_good_signature_is_refused(bench: Bench, now: datetime, value: str) -> None:
    headers, raw = bench.message(new_id(), now)
    for name in [name for name in headers if "sig" in name]:
        with pytest.raises(SignatureRefused):
            await bench.provider.parse_webhook({**headers, name: value}, raw, now=now)
    with pytest.raises(SignatureRefused):
        await bench.provider.parse_webhook({}, raw, now=now)


async def test_a_message_whose_body_was_touched_is_refused(bench: Bench, now: datetime) -> None:
    headers, raw = bench.message(new_id(), now)
    for body in (raw + b" ", raw[:-1] + b',"x":1}', raw.replace(b"-", b"0", 1)):
        with pytest.raises(SignatureRefused):
            await bench.provider.parse_webhook(headers, body, now=now)


async def test_a_method_that_nobody_gave_is_declined(bench: Bench) -> None:
    if bench.name == "fake":
        pytest.skip("the fake takes anything")
    outcome = await bench.provider.charge(replace(await an_order(bench), method=Method("nothing_we_know")))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "unknown_method"
