"""PayPal's own ways, beyond what every provider promises."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.paypal import reading
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.paypal.provider import PayPalProvider
from hospes.modules.payments.providers.port import (
    AccountOrder,
    AccountRefused,
    ChargeOrder,
    Declined,
    NeedsAction,
    Pending,
    ProviderDown,
    Saved,
    SaveOrder,
    SignatureRefused,
    Succeeded,
    TransferOrder,
    Unknown,
    VoidOrder,
)
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.providers import impatient
from tests.builders.samples import a_sample
from tests.providers_wire.paypal_server import CLIENT, SECRET, WEBHOOK, PayPalServer
from tests.providers_wire.wire import on_a_port

FIFTY = Money(5_000, "EUR")
PAGE = "https://stay.example/pay/1"


@pytest.fixture
def server() -> PayPalServer:
    return PayPalServer()


@pytest.fixture
async def api(server: PayPalServer) -> AsyncIterator[PayPalApi]:
    async with on_a_port(server.app) as base:
        api = PayPalApi(CLIENT, SECRET, base=base)
        yield api
        await api.aclose()


@pytest.fixture
def paypal(api: PayPalApi) -> PayPalProvider:
    return PayPalProvider(api, webhook_id=WEBHOOK)


def an_order(token: str = "vault_ok", amount: Money = FIFTY, **given: Any) -> ChargeOrder:
    return ChargeOrder(new_id(), amount, Method(token), PAGE, **given)


async def test_one_token_serves_many_calls_and_is_renewed_when_it_is_refused(
    paypal: PayPalProvider, server: PayPalServer
) -> None:
    outcomes = await asyncio.gather(*(paypal.charge(an_order()) for _ in range(4)))
    assert all(isinstance(outcome, Succeeded) for outcome in outcomes)
    assert server.sign_ins == 1
    server.forget_tokens()
    assert isinstance(await paypal.charge(an_order()), Succeeded)
    assert server.sign_ins == 2


async def test_wrong_keys_are_a_provider_that_is_down(server: PayPalServer) -> None:
    async with on_a_port(server.app) as base:
        provider = PayPalProvider(PayPalApi(CLIENT, "another", base=base), webhook_id=WEBHOOK)
        with pytest.raises(ProviderDown):
            await provider.charge(an_order())
        await provider.aclose()
    assert server.orders == {}


async def test_nothing_is_taken_before_the_payer_approves_and_then_it_is_taken_once(
    paypal: PayPalProvider, server: PayPalServer
) -> None:
    order = an_order("")
    asked = await paypal.charge(order)
    assert isinstance(asked, NeedsAction)
    assert isinstance(await paypal.look_up(order.key, "charge", ref=asked.ref), NeedsAction)
    server.approve(asked.ref)
    server.faults.next("cut_after", path="/capture")
    assert isinstance(await paypal.look_up(order.key, "charge", ref=asked.ref), Unknown)
    outcomes = [await paypal.look_up(order.key, "charge", ref=asked.ref) for _ in range(2)]
    assert isinstance(outcomes[0], Succeeded)
    assert outcomes[0] == outcomes[1]
    unit = server.orders[asked.ref]["purchase_units"][0]
    assert len(unit["payments"]["captures"]) == 1
    assert unit["invoice_id"] == str(order.key)


async def test_an_order_nobody_approved_is_let_go_without_a_call_that_moves_anything(
    paypal: PayPalProvider, server: PayPalServer
) -> None:
    asked = await paypal.charge(an_order(""))
    assert isinstance(asked, NeedsAction)
    sent = len([path for method, path in server.faults.seen if method == "POST"])
    assert await paypal.void(VoidOrder(new_id(), asked.ref)) == Succeeded(asked.ref, FIFTY)
    assert len([path for method, path in server.faults.seen if method == "POST"]) == sent


async def test_a_bank_that_wants_to_ask_declines_without_the_payer(paypal: PayPalProvider) -> None:
    outcome = await paypal.charge(an_order("vault_ask", off_session=True))
    assert isinstance(outcome, Declined)
    assert outcome.reason == "authentication_required"


async def test_beyond_the_keys_memory_a_second_payment_of_one_key_is_refused(
    paypal: PayPalProvider, server: PayPalServer
) -> None:
    order = an_order()
    assert isinstance(await paypal.charge(order), Succeeded)
    server.replays.clear()  # PayPal keeps request ids for hours, not for ever
    assert isinstance(await paypal.charge(order), Unknown)
    assert len(server.orders) == 1


async def test_a_payment_under_review_is_pending(paypal: PayPalProvider) -> None:
    assert isinstance(await paypal.charge(an_order("vault_pending")), Pending)


@pytest.mark.parametrize(
    ("amount", "said"),
    [(Money(500, "JPY"), "500"), (Money(50_000, "HUF"), "500"), (Money(50_050, "HUF"), None), (FIFTY, "50.00")],
)
async def test_amounts_are_written_as_paypal_wants_them(amount: Money, said: str | None) -> None:
    written = reading.amount_of(amount)
    assert (written and written["value"]) == said
    if written:
        assert reading.money_of({"amount": written}) == amount


async def test_a_method_is_saved_without_paying(paypal: PayPalProvider, server: PayPalServer) -> None:
    asked = await paypal.save_method(SaveOrder(new_id(), PAGE, Method("")))
    assert isinstance(asked, NeedsAction)
    assert isinstance(await paypal.look_up_saved(asked.ref), NeedsAction)
    server.approve(asked.ref)
    saved = await paypal.look_up_saved(asked.ref)
    assert isinstance(saved, Saved)
    assert isinstance(await paypal.charge(an_order(saved.method.token, off_session=True)), Succeeded)
    assert isinstance(await paypal.look_up_saved("nobody"), Declined)


@pytest.mark.parametrize("status", ["FAILED", "RETURNED", "BLOCKED", "REFUNDED"])
async def test_a_payout_that_comes_back_is_told(paypal: PayPalProvider, server: PayPalServer, status: str) -> None:
    order = TransferOrder(new_id(), "host@example.org", FIFTY, "June")
    paid = await paypal.transfer(order)
    assert isinstance(paid, Pending)
    for waiting in ("UNCLAIMED", "ONHOLD"):
        server.pay_out(paid.ref, waiting)
        assert isinstance(await paypal.look_up(order.key, "transfer", ref=paid.ref), Pending)
    server.pay_out(paid.ref, status)
    assert await paypal.look_up(order.key, "transfer", ref=paid.ref) == Declined("transfer_refused", paid.ref)


async def test_a_second_payout_of_one_key_finds_the_first(paypal: PayPalProvider, server: PayPalServer) -> None:
    order = TransferOrder(new_id(), "host@example.org", FIFTY, "June")
    first = await paypal.transfer(order)
    server.replays.clear()
    assert await paypal.transfer(order) == first
    assert len(server.payouts) == 1


@pytest.mark.parametrize("address", ["", "nobody", "a b@c.d", "x" * 130 + "@y.z"])
async def test_an_address_that_is_none_is_refused(paypal: PayPalProvider, address: str) -> None:
    with pytest.raises(AccountRefused):
        await paypal.open_account(
            AccountOrder(new_id(), new_id(), "host@example.org", "DE", PAGE, {"paypal_email": address})
        )


async def test_a_report_of_forty_days_is_asked_in_parts(paypal: PayPalProvider) -> None:
    order = an_order()
    outcome = await paypal.charge(order)
    assert isinstance(outcome, Succeeded)
    now = datetime.fromisoformat("2099-01-01T00:00:00+00:00")
    assert await paypal.report(now - timedelta(days=40), now) == []


async def test_a_dispute_is_told_and_so_is_its_end(paypal: PayPalProvider, server: PayPalServer, now: datetime) -> None:
    order = an_order()
    charged = await paypal.charge(order)
    assert isinstance(charged, Succeeded)
    dispute = server.dispute(charged.ref)
    for outcome, ours in [("", "open"), ("RESOLVED_SELLER_FAVOUR", "won"), ("RESOLVED_BUYER_FAVOUR", "lost")]:
        if outcome:
            dispute.update(status="RESOLVED", dispute_outcome={"outcome_code": outcome})
        headers, raw = server.event("CUSTOMER.DISPUTE.UPDATED", dispute, at=now)
        event = await paypal.parse_webhook(headers, raw, now=now)
        assert event.dispute is not None
        assert (event.dispute.status, event.dispute.charge_key, event.dispute.amount) == (ours, order.key, FIFTY)


async def test_disputes_on_later_pages_are_found_too(paypal: PayPalProvider, server: PayPalServer) -> None:
    keys = []
    for _ in range(5):
        order = an_order()
        charged = await paypal.charge(order)
        assert isinstance(charged, Succeeded)
        server.dispute(charged.ref)
        keys.append(order.key)
    found = await paypal.list_disputes(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    assert [news.charge_key for news in found] == keys


async def test_the_message_of_a_refund_names_the_refund(
    paypal: PayPalProvider, server: PayPalServer, now: datetime
) -> None:
    charge, refund = new_id(), new_id()
    resource = {"id": "REF1", "custom_id": str(refund), "invoice_id": str(charge)}
    headers, raw = server.event("PAYMENT.CAPTURE.REFUNDED", resource, at=now)
    assert (await paypal.parse_webhook(headers, raw, now=now)).key == refund
    headers, raw = server.event("PAYMENT.CAPTURE.COMPLETED", resource, at=now)
    assert (await paypal.parse_webhook(headers, raw, now=now)).key == charge


@pytest.mark.parametrize(
    "address",
    ["http://api.paypal.com/c", "https://api.paypal.com.evil.example/c", "https://evil.example/paypal.com", "nothing"],
)
async def test_a_certificate_from_elsewhere_is_refused_before_paypal_is_asked(
    paypal: PayPalProvider, server: PayPalServer, now: datetime, address: str
) -> None:
    headers, raw = server.event("X", {}, at=now)
    with pytest.raises(SignatureRefused, match="certificate"):
        await paypal.parse_webhook({**headers, "paypal-cert-url": address}, raw, now=now)
    assert server.faults.seen == []


async def test_a_message_for_another_webhook_is_refused(server: PayPalServer, now: datetime) -> None:
    async with on_a_port(server.app) as base:
        for webhook_id, words in (("WH-ANOTHER", "does not fit"), ("", "No webhook id")):
            api = PayPalApi(CLIENT, SECRET, base=base)
            provider = PayPalProvider(api, webhook_id=webhook_id)
            headers, raw = server.event("X", {}, at=now)
            with pytest.raises(SignatureRefused, match=words):
                await provider.parse_webhook(headers, raw, now=now)
            await provider.aclose()


async def test_when_paypal_cannot_say_the_message_is_neither_believed_nor_refused(
    api: PayPalApi, paypal: PayPalProvider, server: PayPalServer, now: datetime
) -> None:
    headers, raw = server.event("X", {}, at=now)
    for mode in ("500", "silent", "nonsense", "429"):
        server.faults.next(mode, path="verify")  # type: ignore[arg-type]
        with pytest.raises(ProviderDown), impatient(api.http) if mode == "silent" else nullcontext():
            await paypal.parse_webhook(headers, raw, now=now)


async def test_the_body_cannot_break_out_of_the_question_to_paypal(
    paypal: PayPalProvider, server: PayPalServer, now: datetime
) -> None:
    headers, raw = server.event("X", {}, at=now)
    for forged in (raw + b',"webhook_id":"WH-OTHER"', b'{}},{"id":"1"', raw + b"}", b"[]", b""):
        with pytest.raises(SignatureRefused):
            await paypal.parse_webhook(headers, forged, now=now)


def test_the_shared_signature_is_made_as_our_server_makes_it() -> None:
    vector = a_sample("signature-vectors.json")["paypal"]
    assert vector["message"].rsplit("|", 1)[1] == str(crc32(vector["body"].encode()))
    key = load_pem_public_key(vector["public_key_pem"].encode())
    assert isinstance(key, RSAPublicKey)
    signature = base64.b64decode(vector["signature_b64"])
    key.verify(signature, vector["message"].encode(), padding.PKCS1v15(), hashes.SHA256())


def test_every_shared_example_is_read() -> None:
    seen = 0
    for name in ("checkout_orders_v2", "payments_payment_v2", "payments_payouts_batch_v1", "customer_disputes_v1"):
        for example in _examples(a_sample(f"paypal/{name}.json")):
            seen += 1
            reading.read_order(example)
            reading.read_capture(example, "ref")
            reading.read_refund(example)
            reading.read_payout(example)
            reading.read_dispute(example)
            reading.key_of("X", example)
    assert seen > 5
    created = a_sample("paypal/checkout_orders_v2.json")["paths"]["/v2/checkout/orders"]["post"]["responses"]["201"]
    order = created["content"]["application/json"]["examples"]["orders_request_create"]["value"]
    assert isinstance(reading.read_order({"id": "1", "status": "CREATED", **order}), NeedsAction)


def _examples(tree: Any) -> Any:
    if isinstance(tree, dict):
        for name in ("example", "value"):
            if isinstance(tree.get(name), dict):
                yield tree[name]
        for branch in tree.values():
            yield from _examples(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _examples(branch)


@pytest.mark.parametrize("status", ["", "PAID", "completed", None, 1, ["COMPLETED"]])
def test_a_status_we_do_not_know_is_never_a_success(status: Any) -> None:
    amount = {"currency_code": "EUR", "value": "50.00"}
    said = {"id": "1", "status": status, "amount": amount}
    unit = {"amount": amount, "payments": {"captures": [said]}}
    assert isinstance(reading.read_order({"id": "1", "status": "COMPLETED", "purchase_units": [unit]}), Unknown)
    assert isinstance(reading.read_refund(said), Unknown)
    assert isinstance(reading.read_order({"id": "1", "status": status}), Unknown)
    assert isinstance(reading.read_order({"id": "1", "status": "COMPLETED"}), Unknown)


@pytest.mark.parametrize("value", ["0.00", "-50.00", "NaN", "Infinity", "1e30", "50.001", 50, None, ""])
def test_an_amount_that_is_none_is_no_success(value: Any) -> None:
    said = {"id": "1", "status": "COMPLETED", "amount": {"currency_code": "EUR", "value": value}}
    assert isinstance(reading.read_capture(said, "ref"), Unknown)


def test_what_the_json_of_an_event_looks_like_does_not_matter() -> None:
    assert reading.key_of("X", json.loads("[1, 2]")) is None
