"""Paystack's own ways, beyond what every provider promises."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.paystack import reading
from hospes.modules.payments.providers.paystack.api import PaystackApi
from hospes.modules.payments.providers.paystack.messages import parse_paystack_webhook, sign
from hospes.modules.payments.providers.paystack.provider import PaystackProvider
from hospes.modules.payments.providers.port import (
    AccountOrder,
    AccountRefused,
    ChargeOrder,
    Declined,
    NeedsAction,
    Pending,
    ProviderDown,
    RefundOrder,
    SignatureRefused,
    Succeeded,
    Unknown,
)
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.samples import FOLDER, a_sample
from tests.providers_wire.paystack_server import KEY, PaystackServer
from tests.providers_wire.wire import on_a_port

NAIRA = Money(500_000, "NGN")
PAGE = "https://stay.example/pay/1"


@pytest.fixture
def server() -> PaystackServer:
    return PaystackServer()


@pytest.fixture
async def paystack(server: PaystackServer) -> AsyncIterator[PaystackProvider]:
    async with on_a_port(server.app) as base:
        provider = PaystackProvider(PaystackApi(KEY, base=base), secret_key=KEY)
        yield provider
        await provider.aclose()


def an_order(token: str = "", amount: Money = NAIRA, **given: Any) -> ChargeOrder:
    return ChargeOrder(new_id(), amount, Method(token), PAGE, **{"email": "guest@example.org", **given})


async def test_naira_are_sent_in_kobo_with_our_key_as_the_reference(
    paystack: PaystackProvider, server: PaystackServer
) -> None:
    order = an_order(amount=Money(1_250_075, "NGN"))
    assert isinstance(await paystack.charge(order), NeedsAction)
    sent = server.transactions[str(order.key)]
    assert (sent["amount"], sent["currency"]) == (1_250_075, "NGN")


async def test_francs_without_a_subunit_are_sent_in_hundredths(
    paystack: PaystackProvider, server: PaystackServer
) -> None:
    order = an_order("AUTH_ok", Money(5_000, "XOF"))
    outcome = await paystack.charge(order)
    assert server.transactions[str(order.key)]["amount"] == 500_000
    assert isinstance(outcome, Succeeded)
    assert outcome.amount == Money(5_000, "XOF")


@pytest.mark.parametrize(
    ("amount", "currency", "seen"),
    [(499_999, "", Money(499_999, "NGN")), (500_001, "", Money(500_001, "NGN")), (None, "USD", Money(500_000, "USD"))],
)
async def test_what_was_paid_is_told_as_paystack_says_it(
    paystack: PaystackProvider, server: PaystackServer, amount: int | None, currency: str, seen: Money
) -> None:
    order = an_order()
    asked = await paystack.charge(order)
    assert isinstance(asked, NeedsAction)
    server.pay(asked.ref, amount=amount, currency=currency)
    outcome = await paystack.look_up(order.key, "charge", ref=asked.ref)
    assert isinstance(outcome, Succeeded)
    assert outcome.amount == seen
    assert outcome.amount != NAIRA


async def test_a_page_whose_address_was_lost_can_be_paid_by_nobody(
    paystack: PaystackProvider, server: PaystackServer
) -> None:
    order = an_order()
    server.faults.next("cut_after")
    assert isinstance(await paystack.charge(order), Unknown)
    assert await paystack.look_up(order.key, "charge") == Declined("try_again", str(order.key))
    assert await paystack.charge(order) == Declined("try_again", str(order.key))


async def test_a_payer_needs_an_address(paystack: PaystackProvider) -> None:
    assert await paystack.charge(an_order(email="")) == Declined("email_needed")


async def test_nobody_is_asked_when_nobody_is_there(paystack: PaystackProvider) -> None:
    order = an_order("AUTH_ask", off_session=True)
    assert await paystack.charge(order) == Declined("authentication_required", str(order.key))
    assert await paystack.charge(an_order(off_session=True)) == Declined("unknown_method")


async def test_a_charge_that_takes_time_is_pending(paystack: PaystackProvider, server: PaystackServer) -> None:
    order = an_order("AUTH_slow")
    pending = await paystack.charge(order)
    assert pending == Pending(str(order.key), NAIRA)
    server.settle(str(order.key))
    assert isinstance(await paystack.look_up(order.key, "charge", ref=pending.ref), Succeeded)


async def test_a_refund_takes_days_and_is_made_once(paystack: PaystackProvider, server: PaystackServer) -> None:
    server.refunds_take_days = True
    charged = await paystack.charge(an_order("AUTH_ok"))
    assert isinstance(charged, Succeeded)
    order = RefundOrder(new_id(), charged.ref, NAIRA)
    first = await paystack.refund(order)
    assert isinstance(first, Pending)
    assert await paystack.refund(order) == first
    assert len(server.refunds) == 1
    server.refunds[0]["status"] = "failed"
    assert isinstance(await paystack.look_up(order.key, "refund", target=charged.ref), Declined)


async def test_a_list_of_refunds_that_cannot_be_read_is_not_an_empty_one(
    paystack: PaystackProvider, server: PaystackServer
) -> None:
    charged = await paystack.charge(an_order("AUTH_ok"))
    assert isinstance(charged, Succeeded)
    for mode in ("500", "nonsense", "429"):
        server.faults.next(mode, method="GET", path="/refund")  # type: ignore[arg-type]
        with pytest.raises(ProviderDown):
            await paystack.refund(RefundOrder(new_id(), charged.ref, NAIRA))
    assert server.refunds == []


async def test_an_account_number_that_is_none_is_refused(paystack: PaystackProvider) -> None:
    details = {"account_name": "A Host", "account_number": "123", "bank_code": "058"}
    order = AccountOrder(new_id(), new_id(), "host@example.org", "NG", PAGE, details)
    with pytest.raises(AccountRefused, match="Cannot resolve account"):
        await paystack.open_account(order)
    with pytest.raises(AccountRefused, match="does not pay out"):
        await paystack.open_account(AccountOrder(new_id(), new_id(), "host@example.org", "DE", PAGE, details))


async def test_a_dispute_is_told_and_so_is_its_end(
    paystack: PaystackProvider, server: PaystackServer, now: datetime
) -> None:
    order = an_order("AUTH_ok")
    await paystack.charge(order)
    dispute = server.dispute(str(order.key))
    for resolution, ours in [(None, "open"), ("declined", "won"), ("merchant-accepted", "lost")]:
        dispute.update(resolution=resolution, status="resolved" if resolution else "awaiting-merchant-feedback")
        headers, raw = server.event("charge.dispute.create", dispute)
        event = await paystack.parse_webhook(headers, raw, now=now)
        assert event.dispute is not None
        assert (event.dispute.status, event.dispute.charge_key, event.dispute.amount) == (ours, order.key, NAIRA)


def test_a_message_that_comes_again_has_the_same_id_and_another_has_another() -> None:
    def id_of(raw: bytes) -> str:
        return parse_paystack_webhook(KEY, {"x-paystack-signature": sign(KEY, raw)}, raw).id

    raw = b'{"event":"charge.success","data":{"reference":"r1"}}'
    assert id_of(raw) == id_of(raw)
    assert id_of(raw) != id_of(raw.replace(b"r1", b"r2"))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b"nonsense", b'{"event":"x"}', b'{"event":"x","data":[]}'])
def test_signed_nonsense_is_refused(raw: bytes) -> None:
    with pytest.raises(SignatureRefused):
        parse_paystack_webhook(KEY, {"x-paystack-signature": sign(KEY, raw)}, raw)


def test_without_a_secret_no_message_is_believed() -> None:
    raw = b'{"event":"x","data":{}}'
    with pytest.raises(SignatureRefused, match="No secret"):
        parse_paystack_webhook("", {"x-paystack-signature": sign("", raw)}, raw)


def test_events_we_do_not_know_point_nowhere() -> None:
    raw = b'{"event":"novelty","data":{"reference":"not ours"}}'
    event = parse_paystack_webhook(KEY, {"x-paystack-signature": sign(KEY, raw)}, raw)
    assert (event.key, event.dispute) == (None, None)


def test_the_shared_signatures_fit() -> None:
    vectors = a_sample("signature-vectors.json")["paystack"]
    judged = 0
    for vector in vectors["vectors"]:
        file = FOLDER / vector.get("body_file", "")
        if "body" not in vector and not file.is_file():
            continue
        raw = vector["body"].encode() if "body" in vector else file.read_bytes()
        event = parse_paystack_webhook(vectors["secret_key"], {vectors["header"]: vector["signature"]}, raw)
        assert event.type == "charge.success"
        with pytest.raises(SignatureRefused):
            parse_paystack_webhook("sk_test_another", {vectors["header"]: vector["signature"]}, raw)
        judged += 1
    assert judged


def test_the_shared_document_names_every_address_we_call() -> None:
    document = a_sample("paystack/paystack.yaml")
    called = ["/transaction/initialize", "/transaction/charge_authorization", "/transaction/verify/{reference}"]
    called += ["/refund", "/transfer", "/transfer/verify/{reference}", "/transferrecipient", "/dispute", "/transaction"]
    assert set(called) <= set(document["paths"])
    examples = list(_examples(document))
    assert len(examples) >= 4
    for example in examples:
        raw = json.dumps({"event": "x", "data": example}).encode()
        assert parse_paystack_webhook(KEY, {"x-paystack-signature": sign(KEY, raw)}, raw).type == "x"
        assert isinstance(reading.read_transaction(example, told=True), Unknown)
        assert isinstance(reading.read_refund(example), Unknown)
        assert isinstance(reading.read_transfer(example), Unknown)


def _examples(tree: Any) -> Any:
    if isinstance(tree, dict):
        if isinstance(tree.get("example"), dict):
            yield tree["example"]
        for branch in tree.values():
            yield from _examples(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _examples(branch)


@pytest.mark.parametrize("status", ["", "paid", "SUCCESS", None, 1, ["success"]])
def test_a_status_we_do_not_know_is_never_a_success(status: Any) -> None:
    said = {"reference": "r", "amount": 1, "currency": "NGN", "status": status, "id": 1, "transfer_code": "T"}
    assert isinstance(reading.read_transaction(said, told=True), Unknown)
    assert isinstance(reading.read_refund(said), Unknown)
    assert isinstance(reading.read_transfer(said), Unknown)
