"""What is reserved is still there when it is taken: renewed or authorised anew in time, or the payer is asked."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hospes.modules.payments import facade, jobs, queries
from hospes.modules.payments.contracts import AttemptStatus, Method, Payment, PaymentStatus
from hospes.modules.payments.errors import PaymentInProgress, PaymentNotOpen
from hospes.modules.payments.providers.port import CaptureOrder, Declined, VoidOrder
from hospes.modules.payments.use_cases.authorise_anew import refuse_renewal
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.platform.db import Database
from hospes.platform.ids import new_id
from hospes.platform.jobs import run_waiting
from hospes.platform.money import Money
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD, a_user
from tests.builders.payments import a_card, a_payment
from tests.builders.providers import Bench, paypal, sandbox, stripe
from tests.conftest import FixedClock

DAY = timedelta(days=1)
PRICE = Money(15_000, "EUR")


@dataclass
class Scene:
    """One hold at one vendor, whose clock is ours."""

    rt: Runtime
    clock: FixedClock
    bench: Bench
    payment: Payment

    async def read(self) -> Payment:
        async with self.rt.db.read() as tx:
            found = await queries.find_payment(tx, self.payment.id)
        assert found is not None
        return found

    async def work(self) -> None:
        """Whatever waits is called."""
        for _ in range(4):
            async with self.rt.db.read() as tx:
                attempts = await queries.list_attempts(tx, self.payment.id)
            for each in attempts:
                if each.status is AttemptStatus.RECORDED:
                    await run_attempt(self.rt, each.id)
                elif each.status is AttemptStatus.UNKNOWN:
                    await look_up_attempt(self.rt, each.id)

    async def wait(self, span: timedelta) -> None:
        self.clock.at += span
        await take_later_parts(self.rt)
        await self.work()

    async def said(self) -> list[tuple[str, str, str | None]]:
        async with self.rt.db.read() as tx:
            found = await queries.list_attempts(tx, self.payment.id)
        return [(str(each.kind), str(each.status), each.reason) for each in found]

    async def facts(self) -> list[tuple[str, str | None]]:
        async with self.rt.db.read() as tx:
            rows = await tx.all(
                "SELECT type, data ->> 'kind' AS kind FROM platform.outbox WHERE aggregate_id = %s"
                " AND type <> 'payment.processing' ORDER BY id",
                (self.payment.booking_id,),
            )
        return [(row["type"], row["kind"]) for row in rows]

    async def start(self, word: str = "ok", **given: Any) -> None:
        method = await self.bench.method(word)
        async with self.rt.db.write() as tx:
            await facade.start_charge(tx, self.payment.id, method, self.clock.at, **given)

    async def decline_from_now_on(self) -> None:
        """The bank says no to everything that was kept."""
        if self.bench.name == "paypal":
            self.bench.server.declines_next = "PAYER_CANNOT_PAY"
        elif self.bench.name == "stripe":
            for name in self.bench.server.behaviours:
                self.bench.server.behaviours[name] = "decline:insufficient_funds"
        else:
            async with self.rt.db.write() as tx:
                await tx.run("UPDATE sandbox.token SET behaviour = 'decline:insufficient_funds'", ())

    async def take(self) -> Payment:
        async with self.rt.db.write() as tx:
            await facade.capture_price(tx, self.payment.booking_id, now=self.clock.at)
        await self.work()
        return await self.read()


@pytest.fixture(params=[sandbox, stripe, paypal], ids=lambda make: make.__name__)
async def scene(
    request: pytest.FixtureRequest, runtime: Runtime, db: Database, clock: FixedClock
) -> AsyncIterator[Scene]:
    clock.at = datetime.now(UTC)
    make: Callable[..., Any] = request.param
    async with make(db, clock.at) as bench:
        bench.set_time(clock.now)
        if bench.name == "sandbox":
            own = runtime.ports.payment_providers["sandbox"]

            async def method(word: str) -> Method:
                found: Method = await own.tokenise(a_card(), now=clock.at)
                return found

            bench.provider, bench.method = own, method
        runtime.ports.payment_providers = {bench.name: bench.provider}
        async with runtime.db.write() as tx:
            payment = await a_payment(tx, provider=bench.name, amount=PRICE, now=clock.at)
            await tx.run("UPDATE payments.payment SET capture = 'manual' WHERE id = %s", (payment.id,))
        made = Scene(runtime, clock, bench, payment)
        await made.start()
        await made.work()
        assert (await made.read()).status is PaymentStatus.AUTHORISED
        yield made


async def test_what_is_reserved_is_there_when_it_is_taken_however_late(scene: Scene) -> None:
    renews = scene.bench.provider.can.renews
    held = await scene.read()
    assert (held.honoured_until is not None) is renews
    await scene.wait(2 * DAY)
    assert len(await scene.said()) == 1, "nothing is asked while the hold is good"
    await scene.wait(2 * DAY)
    await scene.wait(2 * DAY + timedelta(hours=1))
    again = await scene.read()
    assert again.status is PaymentStatus.AUTHORISED
    hold = ("authorise", "succeeded", None)
    if renews:
        assert again.authorisation_expires_at == held.authorisation_expires_at
        assert again.honoured_until is not None
        assert again.honoured_until > scene.clock.at
        assert await scene.said() == [hold, hold]
    else:
        assert await scene.said() == [hold, hold, ("void", "succeeded", "replaced")]
    paid = await scene.take()
    assert (paid.status, paid.captured) == (PaymentStatus.SUCCEEDED, 15_000)
    assert [fact for fact, _ in await scene.facts()].count("payment.authorised") == 1


async def until_refused(scene: Scene) -> None:
    """Nobody renews it, and the payer is asked."""
    await scene.decline_from_now_on()
    for _ in range(3):
        await scene.wait(2 * DAY + timedelta(hours=1))


async def test_a_bank_that_does_not_renew_is_told_to_guest_and_host_once_and_another_card_takes_its_place(
    scene: Scene,
) -> None:
    await until_refused(scene)
    held = await scene.read()
    assert (held.status, held.wants_renewal) == (PaymentStatus.AUTHORISED, True)
    facts = await scene.facts()
    assert facts.count(("payment.renewal_refused", None)) == 1
    assert facts.count(("payment.attention", "reauthorisation_failed")) == 1
    await scene.start()
    with pytest.raises(PaymentInProgress):
        await scene.start()
    await scene.work()
    again = await scene.read()
    assert (again.status, again.wants_renewal) == (PaymentStatus.AUTHORISED, False)
    assert (await scene.said())[-1] == ("void", "succeeded", "replaced")
    assert (await scene.facts())[-2:] == [("payment.authorised", None), ("payment.released", None)]
    assert (await scene.take()).captured == 15_000


async def test_another_card_that_is_refused_leaves_what_is_reserved(scene: Scene) -> None:
    if scene.bench.name != "stripe":
        pytest.skip("one vendor is enough for what happens here")
    await until_refused(scene)
    await scene.start("decline")
    await scene.work()
    held = await scene.read()
    assert (held.status, held.wants_renewal) == (PaymentStatus.AUTHORISED, True)
    assert (await scene.facts())[-1] == ("payment.failed", None)
    assert (await scene.take()).captured == 15_000


async def test_what_is_reserved_and_good_takes_no_other_card(scene: Scene) -> None:
    with pytest.raises(PaymentNotOpen):
        await scene.start()


async def test_a_way_that_can_only_charge_does_not_take_the_place_of_a_hold(scene: Scene) -> None:
    await until_refused(scene)
    with pytest.raises(PaymentNotOpen, match="only reserved"):
        await scene.start(can_authorise=False)


async def test_what_nobody_renews_lapses_and_is_told(scene: Scene) -> None:
    await until_refused(scene)
    await scene.wait(30 * DAY)
    gone = await scene.read()
    assert (gone.status, gone.failure) == (PaymentStatus.FAILED, "authorisation_expired")
    assert ("payment.attention", "authorisation_lapsed") in await scene.facts()


async def test_where_paypal_renews_no_more_the_hold_stands_without_alarm(scene: Scene) -> None:
    if scene.bench.name != "paypal":
        pytest.skip("only PayPal renews")
    scene.bench.server.most_renewals = 1
    for _ in range(3):
        await scene.wait(3 * DAY + timedelta(hours=1))
    held = await scene.read()
    assert (held.status, held.honoured_until, held.wants_renewal) == (PaymentStatus.AUTHORISED, None, False)
    assert [fact for fact, _ in await scene.facts()] == ["payment.authorised"]
    assert (await scene.take()).captured == 15_000


async def test_control_releasing_the_first_hold_of_a_renewed_one_releases_both(scene: Scene) -> None:
    if scene.bench.name != "paypal":
        pytest.skip("only PayPal renews")
    await scene.wait(4 * DAY)
    async with scene.rt.db.read() as tx:
        first, renewed = await queries.list_attempts(tx, scene.payment.id)
    assert first.provider_ref is not None
    assert renewed.provider_ref is not None
    await scene.bench.provider.void(VoidOrder(new_id(), first.provider_ref))
    late = await scene.bench.provider.capture(CaptureOrder(new_id(), renewed.provider_ref, PRICE))
    assert isinstance(late, Declined)


async def test_on_the_page_the_payer_chooses_a_card_again_and_the_bank_may_ask(client: Any) -> None:
    rt: Runtime = client.app.state.runtime
    method = await facade.tokenise_card(rt, "sandbox", a_card())
    async with rt.db.write() as tx:
        ada = await a_user(tx)
        payment = await a_payment(tx, payer_id=ada.id, provider="sandbox")
        await tx.run("UPDATE payments.payment SET capture = 'manual' WHERE id = %s", (payment.id,))
        attempt = await facade.start_charge(tx, payment.id, method, rt.clock.now())
    await run_attempt(rt, attempt.id)
    path = f"/pay/{payment.booking_id}"
    login = {"csrf_token": csrf((await client.get("/login")).text), "email": ada.email, "password": PASSWORD}
    await client.post("/login", data=login)
    assert (await client.get(path)).headers["location"] == f"{path}/status", "what is held and good asks for nothing"
    async with rt.db.write() as tx:
        held = await queries.find_payment(tx, payment.id)
        assert held is not None
        await refuse_renewal(tx, held, "card_declined", rt.clock.now())
    page = await client.get(f"{path}?part={payment.id}")
    assert "could not be renewed" in page.text
    assert "Choose a card again" in (await client.get("/account/payments")).text
    card = {"number": "4000 0025 0000 3155", "expiry": "12/30", "cvc": "123", "name": "Ada Lovelace"}
    form = {"csrf_token": csrf(page.text), "payment_id": str(payment.id), "provider": "sandbox", **card}
    assert (await client.post(path, data=form)).headers["location"] == f"{path}/status"
    assert "under way" in (await client.get(f"{path}/status")).text
    await run_waiting(rt, jobs.TASKS, queues=["payments"])
    asked = await client.get(f"{path}/status")
    assert asked.headers["location"] == f"{path}/challenge"
    question = await client.get(f"{path}/challenge")
    await client.post(f"{path}/challenge", data={"csrf_token": csrf(question.text), "answer": "approve"})
    done = await client.get(f"{path}/status")
    assert done.headers["location"] == f"/trips/{payment.booking_id}"
    async with rt.db.read() as tx:
        again = await queries.find_payment(tx, payment.id)
    assert again is not None
    assert (again.status, again.wants_renewal) == (PaymentStatus.AUTHORISED, False)


def csrf(text: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found is not None
    return found[1]
