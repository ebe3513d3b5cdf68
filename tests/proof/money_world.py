"""What a proof about money acts in: a clock, a vendor, what runs by itself, and how everything comes to rest."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import orjson
import psycopg

from hospes.entrypoints import wiring
from hospes.modules.booking import jobs as booking_jobs
from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import LetterStatus, Payment, PaymentTerms
from hospes.modules.payments.errors import NotRetriable
from hospes.modules.payments.use_cases.end_letter import replay_letter, resolve_letter
from hospes.modules.payments.use_cases.receive_event import process_event, receive_event
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.modules.payouts.use_cases.pay_hosts import pay_hosts
from hospes.platform.db import Params, Row
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.builders.payouts import a_payout_account
from tests.conftest import FixedClock
from tests.proof.gates import aside
from tests.proof.vendor import Vendor

SUBSCRIBERS = tuple(
    each for each in wiring.subscribers() if each.name.startswith(("booking.", "payments.", "payouts.", "promotions."))
)
TASKS = {each.name: each.run for each in wiring.tasks()}
PAUSE = timedelta(minutes=21)
BROKEN = (psycopg.Error, LookupError, AssertionError)

Sweep = Callable[[Runtime], Awaitable[None]]
SWEEPERS: tuple[Sweep, ...] = (
    booking_jobs.expire,
    booking_jobs.start_and_complete,
    reconcile,
    take_later_parts,
    pay_hosts,
)


@dataclass
class MoneyWorld:
    """Places, guests, a vendor; `seen`: who has heard of what. `sweepers` is what runs by itself now and then."""

    rt: Runtime
    clock: FixedClock
    vendor: Vendor
    stays: list[Stay] = field(default_factory=list)
    guests: list[UUID] = field(default_factory=list)
    booked: dict[UUID, Stay] = field(default_factory=dict)
    kept: dict[UUID, int] = field(default_factory=dict)
    seen: set[tuple[str, UUID]] = field(default_factory=set)
    unsaid: set[UUID] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    sweepers: tuple[Sweep, ...] = SWEEPERS
    tasks: dict[str, Callable[..., Awaitable[None]]] = field(default_factory=lambda: dict(TASKS))
    told: int = 0
    pause: timedelta = PAUSE

    async def open_business(self, terms: PaymentTerms, **stay: Any) -> Stay:
        """A place whose business takes money by these terms, and can be paid."""
        async with self.rt.db.write() as tx:
            made = await a_stay(tx, **stay)
            await store.set_terms(tx, made.sellable.business_id, terms, user_id=made.owner_id, now=self.clock.at)
            await a_payout_account(tx, made.sellable.business_id, provider="vendor", now=self.clock.at)
        self.stays.append(made)
        return made

    async def welcome(self, count: int) -> None:
        """So many guests."""
        async with self.rt.db.write() as tx:
            self.guests += [(await a_user(tx)).id for _ in range(count)]

    async def rest(self) -> None:
        """Nothing fails any more: every message, event, job, sweep and letter, until there is nothing left to do."""
        for _ in range(60):
            self.vendor.faults = []
            busy = await self.payers_answer() + await self.deliver_all() + await self.sweep()
            busy += await self.see_to_letters()
            waiting = await self.waiting()
            if not busy and not waiting:
                return
            self.clock.at = max(self.clock.at + self.pause, min((at for _, at in waiting), default=self.clock.at))

    async def live_on(self, days: int) -> None:
        """The stays begin and end, the damage deposits are let go, the hosts are paid."""
        until = self.clock.at + timedelta(days=days)
        while self.clock.at < until:
            await self.rest()
            self.clock.at += timedelta(days=1)
        await self.rest()

    async def payers_answer(self) -> int:
        """Whoever is asked by their bank says yes, and the vendor tells us; answers how many messages that made."""
        self.unsaid |= {key for key in self.vendor.charges if self.vendor.answer(key, approve=True)}
        said, self.unsaid = self.unsaid, set()
        for key in said:
            await self.guarded(lambda key=key: self.message(key))  # type: ignore[misc]
        return len(said)

    async def message(self, key: UUID) -> None:
        """The vendor's message about an order: it only says where to look."""
        raw = orjson.dumps({"id": str(new_id()), "key": str(key)})
        event_id = await receive_event(self.rt, "vendor", {}, raw)
        assert event_id is not None
        await process_event(self.rt, "vendor", event_id)

    async def sweep(self) -> int:
        """Everything that runs by itself, and the jobs there are; answers how many jobs."""
        for each in self.sweepers:
            await self.guarded(lambda each=each: each(self.rt))  # type: ignore[misc]
        return await self.work()

    async def work(self) -> int:
        """The jobs that are due; answers how many. A job is gone with its worker: what it left is found without it."""
        rows = await self.rows(
            "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND COALESCE(scheduled_at <= %s, true)"
            " RETURNING id, task_name, args",
            (self.clock.at,),
        )
        for row in sorted(rows, key=lambda each: each["id"]):
            await self.guarded(lambda row=row: self.tasks[row["task_name"]](self.rt, **row["args"]))  # type: ignore[misc]
        return len(rows)

    async def one_job(self) -> None:
        """The oldest job only."""
        [row] = await self.rows(
            "DELETE FROM procrastinate_jobs WHERE id = (SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo')"
            " RETURNING task_name, args"
        )
        await self.tasks[row["task_name"]](self.rt, **row["args"])

    async def guarded(self, act: Callable[[], Awaitable[Any]]) -> None:
        """What must never be refused by the database; whatever is, counts as broken."""
        try:
            await act()
        except BROKEN as fault:
            self.broken.append(f"{type(fault).__name__}: {str(fault).splitlines()[:1]}")

    async def see_to_letters(self) -> int:
        """A person tries again what machines have given up on, or closes it; answers how many."""
        async with self.rt.db.read() as tx:
            letters = await queries.list_letters(tx, status=LetterStatus.OPEN, before=None, limit=50)
        for letter in letters:
            who = {"user_id": self.guests[0], "now": self.clock.at}
            try:
                async with self.rt.db.write() as tx:
                    await replay_letter(tx, letter.id, **who)  # type: ignore[arg-type]
            except NotRetriable:
                async with self.rt.db.write() as tx:
                    await resolve_letter(tx, letter.id, note="nothing to do", **who)  # type: ignore[arg-type]
        return len(letters)

    async def waiting(self) -> list[tuple[str, datetime]]:
        """What is not over, and when it is looked at: attempts, payouts, messages."""
        rows = await self.rows(
            "SELECT concat_ws(' ', a.kind, a.status, a.id, p.status) AS what, a.next_try_at AS at"
            " FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
            " WHERE a.status IN ('recorded', 'calling', 'needs_action', 'unknown')"
            " UNION ALL SELECT concat_ws(' ', 'payout', o.status, o.id), o.next_try_at FROM payouts.payout AS o"
            " WHERE o.status IN ('recorded', 'calling', 'unknown')"
            " UNION ALL SELECT concat_ws(' ', 'message', e.event_id), e.received_at"
            " FROM payments.provider_event AS e WHERE e.processed_at IS NULL"
        )
        return [(row["what"], row["at"]) for row in rows]

    async def events(self, after: int = 0) -> list[Event]:
        """Every fact so far, in order."""
        rows = await self.rows("SELECT * FROM platform.outbox WHERE id > %s ORDER BY id", (after,))
        return [Event(r["event_id"], r["type"], r["aggregate_id"], r["data"], r["occurred_at"], r["id"]) for r in rows]

    async def deliver_all(self) -> int:
        """Hand every fact to who has not had it; answers how many."""
        count = 0
        for event in await self.events(self.told):
            for each in SUBSCRIBERS:
                if event.type in each.types and (each.name, event.id) not in self.seen:
                    await self.guarded(lambda each=each, event=event: each.handle(self.rt, event))  # type: ignore[misc]
                    self.seen.add((each.name, event.id))
                    count += 1
            self.told = event.sequence
        return count

    async def parts(self, booking_id: UUID) -> list[Payment]:
        """How the booking is paid."""
        with aside():
            async with self.rt.db.read() as tx:
                return await queries.list_parts(tx, booking_id)

    async def rows(self, sql: LiteralString, params: Params = ()) -> list[Row]:
        """What the test itself asks."""
        with aside():
            async with self.rt.db.write() as tx:
                return await tx.all(sql, params)
