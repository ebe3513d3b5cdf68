"""Stripe's own ways, beyond what every provider promises: its client talks to tests/providers_wire/stripe_server.py."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.port import (
    AccountOrder,
    AccountRefused,
    ChargeOrder,
    Declined,
    NeedsAction,
    Pending,
    ProviderDown,
    RefundOrder,
    Saved,
    SaveOrder,
    SignatureRefused,
    Succeeded,
    TransferOrder,
    Unknown,
)
from hospes.modules.payments.providers.signature import sign
from hospes.modules.payments.providers.stripe import reading
from hospes.modules.payments.providers.stripe.api import API_VERSION, StripeApi
from hospes.modules.payments.providers.stripe.messages import parse_stripe_webhook
from hospes.modules.payments.providers.stripe.provider import StripeProvider
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.samples import a_sample
from tests.providers_wire.stripe_server import KEY, SECRET, StripeServer
from tests.providers_wire.wire import on_a_port

FIFTY = Money(5_000, "EUR")
PAGE = "https://stay.example/pay/1"


@pytest.fixture
def server() -> StripeServer:
    return StripeServer()


@pytest.fixture
async def stripe(server: StripeServer) -> AsyncIterator[StripeProvider]:
    async with on_a_port(server.app) as base:
        api = StripeApi(KEY, base=base)
        yield StripeProvider(api, publishable_key="pk_test", webhook_secrets=(SECRET, "whsec_of_connect"))
        await api.aclose()


def an_order(token: str = "pm_card_visa", amount: Money = FIFTY, **given: Any) -> ChargeOrder:
    return ChargeOrder(new_id(), amount, Method(token), PAGE, **given)


async def test_the_pinned_version_goes_with_every_call(stripe: StripeProvider, server: StripeServer) -> None:
    await stripe.charge(an_order())
    assert server.versions == {API_VERSION}


async def test_the_payer_who_chooses_gets_the_payment_element(stripe: StripeProvider, server: StripeServer) -> None:
    order = an_order("", save=True, email="guest@example.org")
    asked = await stripe.charge(order)
    assert isinstance(asked, NeedsAction)
    [intent] = server.of("payment_intent")
    secret = intent["client_secret"]
    assert asked.action == {"kind": "payment_element", "client_secret": secret, "publishable_key": "pk_test"}
    server.pay_in_element(intent["id"], "pm_card_visa_chargeDeclined")  # the payer may try again in the element
    assert isinstance(await stripe.look_up(order.key, "charge", ref=asked.ref), NeedsAction)
    server.pay_in_element(intent["id"])
    paid = await stripe.look_up(order.key, "charge", ref=asked.ref)
    assert isinstance(paid, Succeeded)
    assert paid.customer == server.of("customer")[0]["id"]
    assert paid.method is not None
    assert (paid.method.brand, paid.method.last4) == ("visa", "4242")


async def test_a_method_is_saved_without_paying(stripe: StripeProvider, server: StripeServer) -> None:
    asked = await stripe.save_method(SaveOrder(new_id(), PAGE, Method(""), email="guest@example.org"))
    assert isinstance(asked, NeedsAction)
    assert asked.action["client_secret"].startswith("seti_")
    server.pay_in_element(asked.ref)
    saved = await stripe.look_up_saved(asked.ref)
    assert isinstance(saved, Saved)
    later = an_order(saved.method.token, customer=saved.customer, off_session=True)
    assert isinstance(await stripe.charge(later), Succeeded)
    assert isinstance(await stripe.charge(replace(later, key=new_id(), customer=None)), Declined)  # another's method


async def test_a_card_that_declines_is_not_saved(stripe: StripeProvider) -> None:
    order = SaveOrder(new_id(), PAGE, Method("pm_card_visa_chargeDeclinedExpiredCard"))
    assert await stripe.save_method(order) == Declined("expired_card", "seti_000000000000000000000002")


async def test_a_bank_that_wants_to_ask_declines_without_the_payer(stripe: StripeProvider) -> None:
    outcome = await stripe.charge(an_order("pm_card_authenticationRequired", off_session=True))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "authentication_required"


async def test_until_the_search_knows_a_charge_the_same_order_finds_it(
    stripe: StripeProvider, server: StripeServer
) -> None:
    order, server.search_lags = an_order(), True
    server.faults.next("cut_after")
    assert isinstance(await stripe.charge(order), Unknown)
    assert await stripe.look_up(order.key, "charge") is None
    assert isinstance(await stripe.charge(order), Succeeded)
    assert len(server.of("charge")) == 1


async def test_control_without_the_idempotency_key_the_search_would_let_it_be_charged_twice(
    stripe: StripeProvider, server: StripeServer
) -> None:
    order, server.search_lags = an_order(), True
    server.faults.next("cut_after")
    await stripe.charge(order)
    server.replays.clear()  # as if no key had been sent
    await stripe.charge(order)
    assert len(server.of("charge")) == 2


async def test_the_same_key_while_it_is_worked_on_waits_for_the_first(
    stripe: StripeProvider, server: StripeServer
) -> None:
    server.slow = 0.1
    order = an_order()
    outcomes = await asyncio.gather(*(stripe.charge(order) for _ in range(3)))
    assert isinstance(outcomes[0], Succeeded)
    assert outcomes == [outcomes[0]] * 3
    assert len(server.of("charge")) == 1


async def test_a_bank_debit_is_pending_until_it_arrives(stripe: StripeProvider, server: StripeServer) -> None:
    order = an_order("pm_sepa")
    pending = await stripe.charge(order)
    assert isinstance(pending, Pending)
    assert await stripe.look_up(order.key, "charge") == pending
    server.settle(pending.ref)
    assert isinstance(await stripe.look_up(order.key, "charge"), Succeeded)


async def test_a_refund_may_take_days(stripe: StripeProvider) -> None:
    charged = await stripe.charge(an_order("pm_card_refund_pending"))
    assert isinstance(charged, Succeeded)
    order = RefundOrder(new_id(), charged.ref, FIFTY)
    refund = await stripe.refund(order)
    assert isinstance(refund, Pending)
    assert await stripe.look_up(order.key, "refund", target=charged.ref) == refund


async def test_a_wrong_key_is_a_provider_that_is_down_and_nothing_happens(server: StripeServer) -> None:
    async with on_a_port(server.app) as base:
        api = StripeApi("sk_test_another", base=base)
        provider = StripeProvider(api, publishable_key="", webhook_secrets=())
        with pytest.raises(ProviderDown):
            await provider.charge(an_order())
        await api.aclose()


async def test_nobody_there_is_a_provider_that_is_down() -> None:
    api = StripeApi(KEY, base="http://127.0.0.1:9")
    provider = StripeProvider(api, publishable_key="", webhook_secrets=())
    with pytest.raises(ProviderDown):
        await provider.charge(an_order())
    with pytest.raises(ProviderDown):
        await provider.report(datetime.now(UTC), datetime.now(UTC))
    await api.aclose()


async def test_an_amount_too_large_for_stripe_is_declined(stripe: StripeProvider) -> None:
    outcome = await stripe.charge(an_order(amount=Money(10**13, "EUR")))
    assert outcome == Declined("amount_not_supported")


@pytest.mark.parametrize(
    ("amount", "units"),
    [
        (Money(500, "JPY"), 500),
        (Money(1_050, "EUR"), 1_050),
        (Money(10_500, "KWD"), 10_500),
        (Money(10_501, "KWD"), None),  # the last of the three digits must be zero
        (Money(5, "ISK"), 500),  # no decimals here, two at Stripe
        (Money(5, "UGX"), 500),
    ],
)
async def test_amounts_are_counted_as_stripe_counts_them(
    stripe: StripeProvider, server: StripeServer, amount: Money, units: int | None
) -> None:
    assert reading.units_of(amount) == units
    outcome = await stripe.charge(an_order(amount=amount))
    if units is None:
        assert outcome == Declined("amount_not_supported")
        return
    assert isinstance(outcome, Succeeded)
    assert outcome.amount == amount
    assert server.of("charge")[0]["amount"] == units


async def test_an_account_is_opened_by_its_owner_at_stripe(stripe: StripeProvider, server: StripeServer) -> None:
    order = AccountOrder(new_id(), new_id(), "host@example.org", "DE", PAGE)
    link = await stripe.open_account(order)
    assert link.url.startswith("https://connect.stripe.com/")
    assert (await stripe.open_account(order)).ref == link.ref
    state = await stripe.account_state(link.ref)
    assert not state.payouts_enabled
    assert "A bank account to be paid to." in state.due
    assert state.url.startswith("https://connect.stripe.com/")
    paid = TransferOrder(new_id(), link.ref, FIFTY, "June")
    assert await stripe.transfer(paid) == Declined("account_not_ready")
    server.enable(link.ref)
    assert (await stripe.account_state(link.ref)).payouts_enabled
    assert await stripe.transfer(replace(paid, key=new_id())) == Declined("provider_balance_too_low")
    assert not (await stripe.account_state("acct_nobody")).payouts_enabled
    with pytest.raises(AccountRefused, match="not supported"):
        await stripe.open_account(replace(order, key=new_id(), country="XX"))


async def test_a_dispute_is_told_and_so_is_its_end(stripe: StripeProvider, server: StripeServer, now: datetime) -> None:
    charged = await stripe.charge(an_order("pm_card_createDispute"))
    assert isinstance(charged, Succeeded)
    [dispute] = server.of("dispute")
    for status, ours in [("needs_response", "open"), ("under_review", "open"), ("won", "won"), ("lost", "lost")]:
        dispute["status"] = status
        headers, raw = server.event("charge.dispute.updated", dispute, at=now)
        event = await stripe.parse_webhook(headers, raw, now=now)
        assert event.dispute is not None
        assert (event.dispute.status, event.dispute.charge_ref, event.dispute.amount) == (ours, charged.ref, FIFTY)


async def test_the_message_of_a_capture_names_the_capture(
    stripe: StripeProvider, server: StripeServer, now: datetime
) -> None:
    keys = {"key": str(new_id()), "capture_key": str(new_id())}
    thing = {"id": "pi_1", "object": "payment_intent", "status": "succeeded", "metadata": keys}
    headers, raw = server.event("payment_intent.succeeded", thing, at=now)
    assert str((await stripe.parse_webhook(headers, raw, now=now)).key) == keys["capture_key"]
    thing["status"] = "requires_capture"
    headers, raw = server.event("payment_intent.amount_capturable_updated", thing, at=now)
    assert str((await stripe.parse_webhook(headers, raw, now=now)).key) == keys["key"]


async def test_messages_of_connected_accounts_have_a_secret_of_their_own(
    stripe: StripeProvider, server: StripeServer, now: datetime
) -> None:
    account = {"id": "acct_1", "object": "account"}
    headers, raw = server.event("account.updated", account, at=now, secret="whsec_of_connect")
    assert (await stripe.parse_webhook(headers, raw, now=now)).account_ref == "acct_1"
    headers, raw = server.event("account.updated", account, at=now, secret="whsec_of_nobody")
    with pytest.raises(SignatureRefused):
        await stripe.parse_webhook(headers, raw, now=now)


async def test_an_event_of_a_kind_we_do_not_know_is_kept_and_points_nowhere(
    stripe: StripeProvider, server: StripeServer, now: datetime
) -> None:
    for thing in ({"object": "novelty"}, {}, {"metadata": {"key": "not ours"}}, {"metadata": []}):
        headers, raw = server.event("novelty.happened", thing, at=now)
        event = await stripe.parse_webhook(headers, raw, now=now)
        assert (event.key, event.dispute, event.account_ref) == (None, None, None)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"nonsense", b'{"object":"event","id":7}', b'{"id":"evt_1"}'])
async def test_signed_nonsense_is_refused(now: datetime, raw: bytes) -> None:
    with pytest.raises(SignatureRefused):
        parse_stripe_webhook((SECRET,), {"stripe-signature": sign(SECRET, raw, at=now)}, raw, now=now)


async def test_without_a_secret_no_message_is_believed(now: datetime) -> None:
    raw = b'{"object":"event","id":"evt_1","type":"x"}'
    with pytest.raises(SignatureRefused, match="No secret"):
        parse_stripe_webhook(("", ""), {"stripe-signature": sign("", raw, at=now)}, raw, now=now)


def test_the_shared_signatures_are_judged_as_stripe_judges_them() -> None:
    vectors = a_sample("signature-vectors.json")["stripe"]
    at = datetime.fromtimestamp(vectors["timestamp"], UTC)
    body = vectors["body"].encode()
    for header in vectors["good"]:
        event = parse_stripe_webhook((vectors["secret"],), {"stripe-signature": header}, body, now=at)
        assert event.id == "evt_1"
    for bad in vectors["bad"]:
        late = timedelta(seconds=301 if "tolerance" in bad["name"] else 0)
        headers = {"stripe-signature": bad["header"]}
        with pytest.raises(SignatureRefused):
            parse_stripe_webhook((vectors["secret"],), headers, bad["body"].encode(), now=at + late)


def test_stripes_own_verifier_takes_what_we_sign() -> None:
    import stripe as client

    raw, at = b'{"id":"evt_1"}', datetime.now(UTC)
    assert client.WebhookSignature.verify_header(raw.decode(), sign(SECRET, raw, at=at), SECRET, 300)


def test_every_shared_sample_is_read(now: datetime) -> None:
    samples = a_sample("stripe/fixtures3.json")["resources"]
    for name, thing in samples.items():
        event = {"id": "evt_1", "object": "event", "type": f"{name}.updated", "data": {"object": thing}}
        raw = json.dumps(event).encode()
        headers = {"stripe-signature": sign(SECRET, raw, at=now)}
        assert parse_stripe_webhook((SECRET,), headers, raw, now=now).id == "evt_1"
    asked = reading.read_intent(samples["payment_intent"], "pk")
    assert isinstance(asked, NeedsAction)
    assert asked.action["kind"] == "payment_element"
    assert reading.read_refund(samples["refund"]) == Succeeded("re_1Pgc72B7WZ01zgkWqPvrRrPE", Money(100, "USD"))
    transfer = reading.read_transfer(samples["transfer"])
    assert transfer == Succeeded("tr_1Pgc7BB7WZ01zgkWVJfE40RX", Money(1_100, "USD"))
    dispute = reading.read_dispute(samples["dispute"])
    assert dispute is not None
    assert (dispute.amount, dispute.status, dispute.reason) == (Money(1_000, "USD"), "open", "general")
    line = reading.read_line(samples["balance_transaction"])
    assert line is not None
    assert (line.kind, line.amount, line.fee) == ("charge", Money(100, "USD"), Money(0, "USD"))
    assert isinstance(reading.read_saving(samples["setup_intent"], "pk"), NeedsAction)


@pytest.mark.parametrize("status", ["", "paid", "SUCCEEDED", "succeeded ", None, 1, ["succeeded"]])
def test_a_status_we_do_not_know_is_never_a_success(status: Any) -> None:
    intent = {"id": "pi_1", "amount": 5_000, "amount_received": 5_000, "currency": "eur", "status": status}
    assert isinstance(reading.read_intent(intent, ""), Unknown)


@pytest.mark.parametrize("received", [0, -1, None, "5000.5", 10**16, 1.5, True])
def test_a_success_over_no_amount_is_no_success(received: Any) -> None:
    intent = {"id": "pi_1", "amount": 1, "amount_received": received, "currency": "eur", "status": "succeeded"}
    assert isinstance(reading.read_intent(intent, ""), Unknown)


@pytest.mark.parametrize(("received", "currency"), [(4_999, "eur"), (5_001, "eur"), (5_000, "usd"), (5_000, "jpy")])
def test_another_amount_or_currency_is_told_as_it_is(received: int, currency: str) -> None:
    said = {"amount": 5_000, "amount_received": received, "currency": currency, "status": "succeeded"}
    outcome = reading.read_intent({"id": "pi_1", **said}, "")
    assert isinstance(outcome, Succeeded)
    assert outcome.amount == Money(received, currency.upper())
    assert outcome.amount != FIFTY
