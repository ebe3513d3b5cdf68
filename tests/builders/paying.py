"""Businesses that take money in their own ways, and a worker that does all there is to do."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from hospes.entrypoints import wiring
from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Booking, Party
from hospes.modules.payments import queries, store
from hospes.modules.payments.contracts import Method, Payment, PaymentTerms
from hospes.modules.payments.facade import start_charge
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.proof.vendor import Vendor

FIRST, LAST = date(2026, 8, 1), date(2026, 9, 5)  # 35 nights


@dataclass
class Desk:
    """One stay whose business takes money by `terms`, a vendor that does as told, and a worker."""

    rt: Runtime
    vendor: Vendor
    stay: Stay
    seen: set[tuple[str, UUID]] = field(default_factory=set)

    async def book(self, arrival: date = FIRST, departure: date = LAST) -> Booking:
        """A booking of the stay, by its guest."""
        async with self.rt.db.write() as tx:
            return await booking.book_stay(
                tx,
                guest_id=self.stay.guest_id,
                resource_id=self.stay.resource_id,
                arrival=arrival,
                departure=departure,
                party=Party(1),
                provider="vendor",
                now=self.rt.clock.now(),
            )

    async def pay(self, payment_id: UUID, token: str = "ok", **given: Any) -> None:
        """Give a method for a part, and have it charged and told."""
        async with self.rt.db.write() as tx:
            await start_charge(tx, payment_id, Method(token, "visa", "4242"), self.rt.clock.now(), **given)
        await self.work()

    async def work(self) -> None:
        """Every job, look and reaction there is, until there are no more."""
        for _ in range(20):
            async with self.rt.db.read() as tx:
                waiting = await tx.all(
                    "SELECT a.id, a.status FROM payments.attempt AS a"
                    " WHERE a.status IN ('recorded', 'unknown', 'calling')"
                    " AND a.next_try_at <= %s + interval '40 seconds'",
                    (self.rt.clock.now(),),
                )
                rows = await tx.all("SELECT * FROM platform.outbox ORDER BY id")
            for row in waiting:
                await (run_attempt if row["status"] == "recorded" else look_up_attempt)(self.rt, row["id"])
            if not await self._tell(rows) and not waiting:
                return

    async def _tell(self, rows: list[dict[str, Any]]) -> int:
        told = 0
        for r in rows:
            event = Event(r["event_id"], r["type"], r["aggregate_id"], r["data"], r["occurred_at"], r["id"])
            for each in wiring.subscribers():
                mine = each.name.startswith(("booking.", "payments."))
                if mine and event.type in each.types and (each.name, event.id) not in self.seen:
                    self.seen.add((each.name, event.id))
                    await each.handle(self.rt, event)
                    told += 1
        return told

    async def parts(self, booking_id: UUID) -> list[Payment]:
        """How it is paid."""
        async with self.rt.db.read() as tx:
            return await queries.list_parts(tx, booking_id)

    async def said(self, booking_id: UUID) -> list[tuple[str, str, int]]:
        """Purpose, status and amount of each part."""
        return [(str(p.purpose), str(p.status), p.amount.amount) for p in await self.parts(booking_id)]

    async def status(self, booking_id: UUID) -> str:
        """The booking's."""
        async with self.rt.db.read() as tx:
            return str((await booking.get_booking(tx, booking_id)).status)

    async def events(self, *types: str) -> list[dict[str, Any]]:
        """The data of the facts of these types, in order."""
        async with self.rt.db.read() as tx:
            rows = await tx.all("SELECT data FROM platform.outbox WHERE type = ANY(%s) ORDER BY id", (list(types),))
        return [row["data"] for row in rows]


async def a_desk(rt: Runtime, terms: PaymentTerms, **stay: Any) -> Desk:
    """A stay of 100 euros a night."""
    vendor = Vendor(rt.clock.now)
    rt.ports.payment_providers = {**rt.ports.payment_providers, "vendor": vendor}
    async with rt.db.write() as tx:
        made = await a_stay(tx, max_nights=60, **stay)
        await store.set_terms(tx, made.sellable.business_id, terms, user_id=made.owner_id, now=rt.clock.now())
    return Desk(rt, vendor, made)
