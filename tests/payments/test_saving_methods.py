"""A card is kept without paying: at each vendor that can, with the bank's question, once, and by its owner only."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from hospes.modules.payments import queries
from hospes.modules.payments.contracts import Method, SavedMethod, Saving, SavingStatus
from hospes.modules.payments.errors import InvalidMethod, TooManyMethods, WayNotOffered
from hospes.modules.payments.providers.port import ProviderDown
from hospes.modules.payments.use_cases.save_method import ask_provider, finish_savings, save_method
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.builders.providers import Bench, paypal, paystack, stripe
from tests.conftest import FixedClock

PAGE = "/account/payment-methods"
CHALLENGE = "4000 0025 0000 3155"


async def kept(rt: Runtime, user_id: Any) -> list[SavedMethod]:
    async with rt.db.read() as tx:
        return await queries.list_methods(tx, user_id)


async def asked(rt: Runtime, provider: str, token: str = "", **given: Any) -> Saving:
    """A fresh payer's method, asked for and not sent yet."""
    async with rt.db.write() as tx:
        user_id = given.pop("user_id", None) or (await a_user(tx)).id
        method, now = Method(token), rt.clock.now()
        return await save_method(tx, rt, user_id=user_id, provider=provider, method=method, now=now, **given)


async def sent(rt: Runtime, saving: Saving) -> Saving:
    found = await ask_provider(rt, saving.id)
    assert found is not None
    return found


# At vendors, over the wire.


@pytest.fixture(params=[stripe, paypal], ids=lambda make: make.__name__)
async def bench(request: pytest.FixtureRequest, runtime: Runtime, db: Database, now: datetime) -> AsyncIterator[Bench]:
    make: Callable[..., Any] = request.param
    async with make(db, now) as made:
        runtime.ports.payment_providers = {made.name: made.provider}
        yield made


def finish(bench: Bench, ref: str) -> None:
    """The payer does what is asked, at the vendor."""
    (bench.server.approve if bench.name == "paypal" else bench.server.pay_in_element)(ref)


async def test_a_method_chosen_at_the_vendor_is_kept_once_its_payer_has_confirmed_it(
    runtime: Runtime, bench: Bench
) -> None:
    saving = await sent(runtime, await asked(runtime, bench.name))
    assert saving.status is SavingStatus.NEEDS_ACTION
    assert saving.ref is not None
    assert saving.action is not None
    kind = "redirect" if bench.name == "paypal" else "payment_element"
    assert saving.action["kind"] == kind
    again = await sent(runtime, saving)
    assert (again.status, again.action) == (SavingStatus.NEEDS_ACTION, saving.action)
    assert await kept(runtime, saving.user_id) == []
    finish(bench, saving.ref)
    done = await sent(runtime, saving)
    (one,) = await kept(runtime, saving.user_id)
    assert (done.status, done.method_id, one.is_default) == (SavingStatus.KEPT, one.id, True)
    assert one.customer
    assert await sent(runtime, done) == done
    assert len(await kept(runtime, saving.user_id)) == 1


@pytest.mark.parametrize("mode", ["500", "cut_after", "nonsense", "429"])
async def test_whatever_goes_wrong_it_is_kept_once_in_the_end(
    runtime: Runtime, clock: FixedClock, bench: Bench, mode: Any
) -> None:
    saving = await asked(runtime, bench.name)
    bench.server.faults.next(mode)
    first = await sent(runtime, saving)
    assert first.status is SavingStatus.ASKED
    clock.at += timedelta(minutes=2)
    await finish_savings(runtime)
    second = await sent(runtime, saving)
    assert second.status is SavingStatus.NEEDS_ACTION
    assert second.ref is not None
    finish(bench, second.ref)
    clock.at += timedelta(minutes=2)
    await finish_savings(runtime)
    await finish_savings(runtime)
    assert len(await kept(runtime, saving.user_id)) == 1


async def test_what_nobody_confirms_within_a_day_is_over(runtime: Runtime, clock: FixedClock, bench: Bench) -> None:
    saving = await sent(runtime, await asked(runtime, bench.name))
    clock.at += timedelta(hours=25)
    over = await sent(runtime, saving)
    assert (over.status, over.reason) == (SavingStatus.DECLINED, "action_abandoned")


async def test_a_payer_has_one_name_at_the_vendor_for_all_their_methods(runtime: Runtime, bench: Bench) -> None:
    first = await sent(runtime, await asked(runtime, bench.name))
    assert first.ref is not None
    finish(bench, first.ref)
    await sent(runtime, first)
    second = await sent(runtime, await asked(runtime, bench.name, user_id=first.user_id))
    assert second.ref is not None
    if bench.name == "stripe":
        assert len(bench.server.of("customer")) == 1
        finish(bench, second.ref)
        await sent(runtime, second)
        names = [each.customer for each in await kept(runtime, first.user_id)]
        assert len(names) == 2
        assert len(set(names)) == 1


async def test_a_vendor_that_keeps_only_what_pays_says_so(runtime: Runtime, db: Database, now: datetime) -> None:
    async with paystack(db, now) as made:
        runtime.ports.payment_providers = {"paystack": made.provider}
        with pytest.raises(WayNotOffered, match="only when you pay"):
            await asked(runtime, "paystack")
        with pytest.raises(WayNotOffered, match="not set up"):
            await asked(runtime, "nobody")


async def test_stripes_message_keeps_the_method_before_its_payer_comes_back(
    client: Any, db: Database, now: datetime
) -> None:
    rt: Runtime = client.app.state.runtime
    async with stripe(db, now) as made:
        rt.ports.payment_providers = {"stripe": made.provider}
        saving = await sent(rt, await asked(rt, "stripe"))
        assert saving.ref is not None
        finish(made, saving.ref)
        headers, raw = made.server.event("setup_intent.succeeded", made.server.objects[saving.ref], at=rt.clock.now())
        answer = await client.post("/api/v1/webhooks/stripe", content=raw, headers=headers)
        assert answer.json() == {"received": True, "repeated": False}
        assert len(await kept(rt, saving.user_id)) == 1


# The sandbox, its bank, and who may.


async def test_ten_cards_a_day_may_be_tried_and_no_more(runtime: Runtime, clock: FixedClock) -> None:
    first = await asked(runtime, "sandbox", "tok_nobody_gave")
    over = await sent(runtime, first)
    assert (over.status, over.reason, over.method.token) == (SavingStatus.DECLINED, "unknown_method", "")
    for _ in range(9):
        await asked(runtime, "sandbox", "tok_nobody_gave", user_id=first.user_id)
    with pytest.raises(TooManyMethods):
        await asked(runtime, "sandbox", "tok_nobody_gave", user_id=first.user_id)
    clock.at += timedelta(days=1, minutes=1)
    await asked(runtime, "sandbox", "tok_nobody_gave", user_id=first.user_id)
    with pytest.raises(InvalidMethod):
        await asked(runtime, "sandbox")


async def test_a_vendor_out_of_service_is_asked_again(runtime: Runtime, clock: FixedClock) -> None:
    class Down:
        can = runtime.ports.payment_providers["sandbox"].can

        async def save_method(self, order: Any) -> Any:
            raise ProviderDown("as the test wants")

    runtime.ports.payment_providers = {"down": Down()}
    saving = await sent(runtime, await asked(runtime, "down", "tok"))
    assert (saving.status, saving.method.token) == (SavingStatus.ASKED, "tok")


@pytest.fixture
async def ada(client: Any) -> Any:
    async with client.app.state.runtime.db.write() as tx:
        return await a_user(tx)


async def signed_in(client: Any, user: Any) -> dict[str, str]:
    answer = await client.post("/api/v1/auth/login", json={"email": user.email, "password": PASSWORD})
    token = answer.json()["access_token"]
    return {"authorization": f"Bearer {token}", "idempotency-key": str(new_id())}


async def a_token(client: Any, headers: dict[str, str], number: str = "4242 4242 4242 4242") -> dict[str, str]:
    card = {"number": number, "expiry": "12/30", "cvc": "123", "name": "Ada Lovelace"}
    found: dict[str, str] = (await client.post("/api/v1/sandbox/tokens", json=card, headers=headers)).json()
    return found


async def keep(client: Any, headers: dict[str, str], **given: Any) -> httpx.Response:
    body = {"provider": "sandbox", "method": await a_token(client, headers), **given}
    answer: httpx.Response = await client.post("/api/v1/payments/methods", json=body, headers=headers)
    return answer


async def test_over_the_api_a_card_is_kept_once_and_can_be_offered_first_and_forgotten(client: Any, ada: Any) -> None:
    headers = await signed_in(client, ada)
    method = await a_token(client, headers)
    answers = [await keep(client, headers, method=method) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    saving = (await client.get(f"/api/v1/payments/methods/adding/{answers[0].json()['id']}", headers=headers)).json()
    assert saving["status"] == "kept"
    again = {**headers, "idempotency-key": str(new_id())}
    await keep(client, again, make_default=True)
    items = (await client.get("/api/v1/payments/methods", headers=headers)).json()["items"]
    assert [(each["label"], each["is_default"]) for each in items] == [
        ("Visa •••• 4242", True),
        ("Visa •••• 4242", False),
    ]
    assert items[1]["id"] == saving["method_id"]
    put = await client.put(f"/api/v1/payments/methods/{items[1]['id']}/default", headers=headers)
    assert [each["id"] for each in put.json()["items"]] == [items[1]["id"], items[0]["id"]]
    assert (await client.delete(f"/api/v1/payments/methods/{items[1]['id']}", headers=headers)).status_code == 204
    left = (await client.get("/api/v1/payments/methods", headers=headers)).json()["items"]
    assert [(each["id"], each["is_default"]) for each in left] == [(items[0]["id"], False)]


async def test_without_a_key_or_a_session_nothing_is_kept_and_a_stranger_finds_nothing(client: Any, ada: Any) -> None:
    headers = await signed_in(client, ada)
    bare = {"authorization": headers["authorization"]}
    assert (await keep(client, bare)).json()["code"] == "idempotency_key_required"
    saving = (await keep(client, headers)).json()["id"]
    method = (await client.get("/api/v1/payments/methods", headers=headers)).json()["items"][0]["id"]
    client.cookies.clear()
    assert (await client.post("/api/v1/payments/methods", json={}, headers={})).status_code == 401
    async with client.app.state.runtime.db.write() as tx:
        grace = await a_user(tx)
    other = await signed_in(client, grace)
    assert (await client.get(f"/api/v1/payments/methods/adding/{saving}", headers=other)).status_code == 404
    assert (await client.put(f"/api/v1/payments/methods/{method}/default", headers=other)).status_code == 404
    assert (await client.delete(f"/api/v1/payments/methods/{method}", headers=other)).status_code == 404


async def on_page(client: Any, user: Any) -> None:
    client.cookies.clear()
    page = await client.get("/login")
    form = {"csrf_token": csrf(page.text), "email": user.email, "password": PASSWORD}
    assert (await client.post("/login", data=form)).status_code == 303


def csrf(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found is not None
    return found[1]


async def add(client: Any, number: str, **given: str) -> httpx.Response:
    page = await client.get(f"{PAGE}/add")
    form = {"number": number, "expiry": "12/30", "cvc": "123", "name": "Ada Lovelace", "provider": "sandbox", **given}
    answer: httpx.Response = await client.post(f"{PAGE}/add", data={"csrf_token": csrf(page.text), **form})
    return answer


async def test_on_the_page_a_card_is_added_offered_first_and_forgotten_after_a_question(client: Any, ada: Any) -> None:
    await on_page(client, ada)
    assert "Add a card" in (await client.get(PAGE)).text
    adding = await add(client, "4242 4242 4242 4242")
    assert adding.status_code == 303
    assert (await client.get(adding.headers["location"])).headers["location"] == PAGE
    await client.get((await add(client, "5555 5555 5555 4444")).headers["location"])
    page = (await client.get(PAGE)).text
    assert page.index("4242") < page.index("4444"), "the first one stays what is offered first"
    async with client.app.state.runtime.db.read() as tx:
        visa, master = await queries.list_methods(tx, ada.id)
    await client.post(f"{PAGE}/{master.id}/first", data={"csrf_token": csrf(page)})
    page = (await client.get(PAGE)).text
    assert page.index("4444") < page.index("4242")
    sure = await client.get(f"{PAGE}/{visa.id}/forget")
    assert "Forget Visa •••• 4242?" in sure.text
    assert "4242" in (await client.get(PAGE)).text, "the question changes nothing"
    await client.post(f"{PAGE}/{visa.id}/delete", data={"csrf_token": csrf(sure.text)})
    assert "4242" not in (await client.get(PAGE)).text
    assert (await client.get(f"{PAGE}/{visa.id}/forget")).status_code == 404


async def test_a_card_that_is_wrong_or_refused_is_said_beside_its_field(client: Any, ada: Any) -> None:
    await on_page(client, ada)
    wrong = await add(client, "4242 4242 4242 4241")
    assert wrong.status_code == 422
    assert 'id="cc-number-error"' in wrong.text
    assert "Ada Lovelace" in wrong.text
    assert "4242 4242" not in wrong.text.split("<details")[0]
    refused = await add(client, "4000 0000 0000 9995")
    page = await client.get(refused.headers["location"])
    assert "The card is not kept." in page.text
    assert await kept(client.app.state.runtime, ada.id) == []


@pytest.mark.parametrize(("answer", "number"), [("approve", 1), ("decline", 0)])
async def test_the_bank_may_ask_first(client: Any, ada: Any, answer: str, number: int) -> None:
    await on_page(client, ada)
    asking = (await add(client, CHALLENGE)).headers["location"]
    assert asking.endswith("/challenge")
    question = await client.get(asking)
    assert "Is this you?" in question.text
    waits = await client.get(asking.replace("/challenge", ""))
    assert "Your card is not kept yet" in waits.text
    assert await kept(client.app.state.runtime, ada.id) == []
    answered = await client.post(asking, data={"csrf_token": csrf(question.text), "answer": answer})
    await client.get(answered.headers["location"])
    assert len(await kept(client.app.state.runtime, ada.id)) == number
    late = await client.post(asking, data={"csrf_token": csrf(question.text), "answer": "approve"})
    await client.get(late.headers["location"])
    assert len(await kept(client.app.state.runtime, ada.id)) == number


async def test_control_a_card_whose_bank_asks_is_not_kept_before_the_answer(client: Any, ada: Any) -> None:
    rt: Runtime = client.app.state.runtime
    await on_page(client, ada)
    await add(client, CHALLENGE)
    async with rt.db.write() as tx:
        await tx.run("UPDATE sandbox.saving SET status = 'saved'", ())
    rt.clock.at += timedelta(minutes=2)  # type: ignore[attr-defined]
    await finish_savings(rt)
    assert len(await kept(rt, ada.id)) == 1, "only the vendor's word stands between"
