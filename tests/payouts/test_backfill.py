"""A database from before there was a ledger gets one after the fact, once, however often it is asked for."""

from datetime import timedelta

import pytest

from hospes.entrypoints.invariants import breaches
from hospes.modules.booking.contracts import Booking
from hospes.modules.ledger import facade as ledger
from hospes.modules.ledger.contracts import guest, host, platform, provider
from hospes.modules.payments.contracts import PaymentTerms
from hospes.modules.payouts import queries
from hospes.modules.payouts.use_cases import backfill_ledger as module
from hospes.modules.payouts.use_cases.backfill_ledger import backfill_ledger
from hospes.platform.db import WriteTx
from hospes.platform.runtime import Runtime
from tests.builders.paying import Desk, a_desk


async def _forget(tx: WriteTx) -> None:
    """As it was before the ledger."""
    await tx.run("SET LOCAL session_replication_role = replica")
    for table in ("ledger.checkpoint", "ledger.posting", "ledger.transaction", "ledger.account", "payouts.earning"):
        await tx.run(f"DELETE FROM {table}")  # type: ignore[arg-type]


async def _old(rt: Runtime) -> tuple[Desk, Booking]:
    desk = await a_desk(rt, PaymentTerms())
    made = await desk.book()
    [part] = await desk.parts(made.id)
    await desk.pay(part.id)
    async with rt.db.write() as tx:
        await _forget(tx)
        assert await ledger.about(tx, made.id) == []
    return desk, made


async def test_what_was_paid_is_posted_once_and_shared(runtime: Runtime) -> None:
    _, made = await _old(runtime)
    for _ in range(2):
        await backfill_ledger(runtime, settled_before=None)
    async with runtime.db.read() as tx:
        assert sorted(each.kind for each in await ledger.about(tx, made.id)) == ["allocated", "captured"]
        assert await ledger.balance(tx, provider("vendor"), "EUR") == made.total.amount - 7  # the vendor keeps its fee
        assert await ledger.balance(tx, guest(made.guest_id), "EUR") == 0
        earning = await queries.find_earning(tx, made.id)
        assert earning is not None
        assert earning.due == -await ledger.balance(tx, host(made.business_id), "EUR") > 0
        assert not [each for each in await breaches(tx) if "ledger" in each or "earn" in each]


async def test_what_was_settled_elsewhere_is_not_owed_again(runtime: Runtime) -> None:
    _, made = await _old(runtime)
    for _ in range(2):
        await backfill_ledger(runtime, settled_before=made.check_in_at + timedelta(days=1))
    async with runtime.db.read() as tx:
        earning = await queries.find_earning(tx, made.id)
        assert earning is not None
        assert earning.due == 0
        assert await ledger.balance(tx, host(made.business_id), "EUR") == 0
        fees = -await ledger.balance(tx, platform("fees"), "EUR")
        assert await ledger.balance(tx, provider("vendor"), "EUR") == fees - 7 > 0


async def test_one_that_was_stopped_goes_on(runtime: Runtime) -> None:
    _, made = await _old(runtime)

    class Stopped(Exception):
        pass

    def stop(done: module.Backfilled) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        await backfill_ledger(runtime, settled_before=None, told=stop)
    async with runtime.db.read() as tx:
        assert [each.kind for each in await ledger.about(tx, made.id)] == ["captured"]
    await backfill_ledger(runtime, settled_before=None)
    async with runtime.db.read() as tx:
        assert [each.kind for each in await ledger.about(tx, made.id)] == ["captured", "allocated"]
