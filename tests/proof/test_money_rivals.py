"""Two who move the same money at the same time, their statements, commits and calls in orders that are drawn.

Each order is one booking; `HOSPES_PROOF_ORDERS=500` draws more.
"""

import os
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from random import Random

import pytest

from hospes.modules.booking import jobs as booking_jobs
from hospes.modules.booking.contracts import Actor
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Method, PaymentTerms
from hospes.modules.payments.providers.port import Capabilities
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.platform.errors import HospesError
from hospes.platform.runtime import Runtime
from tests.conftest import FixedClock
from tests.proof.gates import GatedDatabase, Rewrite, gate, together
from tests.proof.money_sums import faults_of
from tests.proof.scenes import DAMAGES, HOLDS, TAKES, Stage
from tests.proof.vendor import Vendor

pytestmark = pytest.mark.race
ORDERS = int(os.environ.get("HOSPES_PROOF_ORDERS", "12"))
Act = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Rivals:
    """What is set, and the two who come at once."""

    name: str
    ready: Act
    one: Act
    other: Act
    terms: PaymentTerms = PaymentTerms()  # noqa: RUF009
    can: Capabilities = HOLDS


async def _book(stage: Stage) -> None:
    await stage.book()


async def _charged(stage: Stage) -> None:
    await stage.book()
    await stage.pay()


async def _paid(stage: Stage) -> None:
    await stage.paid()


async def _overdue(stage: Stage) -> None:
    await _charged(stage)
    await stage.work()
    stage.clock.at = stage.clock.at.replace(hour=0) + (stage.booking.check_in_at - stage.clock.at) / 2


async def _staying(stage: Stage) -> None:
    await stage.paid()
    await stage.arrived()


async def _pay_now(stage: Stage) -> None:
    """A tab of the payer's: a card, and its charge made at once."""
    part = (await stage.parts(stage.booking.id))[0]
    async with stage.rt.db.write() as tx:
        attempt = await payments.start_charge(tx, part.id, Method("ok"), stage.clock.at)
    await run_attempt(stage.rt, attempt.id)


async def _worker(stage: Stage) -> None:
    await run_attempt(stage.rt, list(await stage.attempts())[-1])


async def _look(stage: Stage) -> None:
    await look_up_attempt(stage.rt, list(await stage.attempts())[-1])


async def _tell(stage: Stage) -> None:
    await stage.deliver_all()


async def _expire(stage: Stage) -> None:
    await booking_jobs.expire(stage.rt)


async def _cancel(stage: Stage) -> None:
    await stage.cancel(Actor.HOST)
    await stage.work()


async def _claim(stage: Stage) -> None:
    await stage.claim(500)
    await stage.work()


RIVALS = (
    Rivals("two cards for one booking", _book, _pay_now, _pay_now),
    Rivals("two workers with one charge", _charged, _worker, _worker),
    Rivals("a worker and a message", _charged, _worker, _look),
    Rivals("money and the end of its time", _overdue, _tell, _expire),
    Rivals("two who cancel", _paid, _cancel, _cancel),
    Rivals("two claims of one deposit", _staying, _claim, _claim, DAMAGES),
    Rivals("two claims of a deposit that was taken", _staying, _claim, _claim, DAMAGES, TAKES),
)
CARDS = RIVALS[0]


async def _raced(
    rt: Runtime, clock: FixedClock, rivals: Rivals, orders: int, rewrite: Rewrite | None = None
) -> tuple[list[str], Vendor, int]:
    """What does not add up after so many orders, the vendor's books, and how many bookings there were."""
    vendor = Vendor(clock.now, can=rivals.can, gate=gate)
    rt.ports.payment_providers = {"vendor": vendor}
    stage = Stage(replace(rt, db=GatedDatabase(rt.db, rewrite)), clock, vendor)
    await stage.open_business(rivals.terms, units=120, policy="moderate")
    await stage.welcome(1)

    async def act(each: Act) -> None:
        with suppress(HospesError):
            await stage.guarded(partial(each, stage))

    for seed in range(orders):
        await rivals.ready(stage)
        await together([partial(act, rivals.one), partial(act, rivals.other)], Random(seed))
        await stage.rest()
    await stage.live_on(days=10)
    return await faults_of(stage), vendor, orders


@pytest.mark.parametrize("rivals", RIVALS, ids=lambda each: each.name)
async def test_in_whatever_order_two_move_the_same_money_it_moves_once(
    runtime: Runtime, clock: FixedClock, rivals: Rivals
) -> None:
    found, _, _ = await _raced(runtime, clock, rivals, ORDERS)
    assert found == []


async def test_two_cards_for_one_booking_are_charged_once(runtime: Runtime, clock: FixedClock) -> None:
    _, vendor, bookings = await _raced(runtime, clock, CARDS, 6)
    assert [each.taken for each in vendor.every] == [20_000] * bookings


def without_conditions(sql: str) -> str:
    """Payments and attempts are neither locked nor moved from the status that was seen: whoever comes, moves them."""
    if "payments.payment" not in sql and "payments.attempt" not in sql:
        return sql
    sql = re.sub(r" FOR UPDATE( OF \w+)?( SKIP LOCKED)?", "", sql)
    return sql.replace("AND status = %s", "AND %s::text IS NOT NULL")


async def test_without_the_conditional_update_the_tables_still_refuse_a_second_charge(
    runtime: Runtime, clock: FixedClock
) -> None:
    found, vendor, bookings = await _raced(runtime, clock, CARDS, 12, without_conditions)
    assert [each.taken for each in vendor.every] == [20_000] * bookings
    assert {each.split(":")[0] for each in found} <= {"UniqueViolation", "CheckViolation", "DeadlockDetected"}


async def test_control_without_the_conditional_update_a_booking_is_charged_twice(
    runtime: Runtime, clock: FixedClock
) -> None:
    """The checks of the tables would refuse the second charge even then, so they are gone too."""
    async with runtime.db.write() as tx:
        await tx.run("ALTER TABLE payments.payment DROP CONSTRAINT paid_exactly_when_captured")
        await tx.run("DROP INDEX payments.attempt_one_open_charge_per_payment")
    found, vendor, bookings = await _raced(runtime, clock, CARDS, 20, without_conditions)
    assert len([each for each in vendor.every if each.taken]) > bookings
    assert any(each.startswith("a payment says what its attempts moved") for each in found), found
