"""Bookings of the demo guest with the demo host, past, running and to come, made as everybody makes them: through the
use cases, at the time they would have been made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hospes.entrypoints.wiring import open_runtime
from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import (
    Actor,
    Booking,
    BookingStatus,
    Extra,
    Hours,
    Leaving,
    Nights,
    Party,
    Place,
    Wish,
)
from hospes.modules.catalog import facade as catalog
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Slot
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import CardForm
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.modules.payouts.use_cases.allocate_booking import allocate_booking
from hospes.modules.pricing import facade as pricing
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings

CARD = "4242424242424242"
DAY = timedelta(days=1)
HELLO = "Looking forward to it. We arrive by train in the late afternoon."


@dataclass
class _Calendar:
    """The clock of the seed: set to when each booking is made."""

    at: datetime

    def now(self) -> datetime:
        return self.at


async def book_some(settings: Settings, ids: Mapping[str, UUID], *, now: datetime) -> None:
    """Past, running and coming bookings of several kinds, a request that waits for the host, and a cancelled one."""
    clock = _Calendar(now)
    async with open_runtime(settings, clock=clock) as rt:
        await _allocate(rt, now)
        diary = _Diary(rt, clock, ids, now)
        await diary.past()
        await diary.running()
        await diary.coming()


async def _allocate(rt: Runtime, now: datetime) -> None:
    """Of the bookings that came with the world it is told whose their money is, as the worker does for others."""
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT id FROM booking.booking ORDER BY id")
    for row in rows:
        async with rt.db.write() as tx:
            await allocate_booking(tx, row["id"], terms=rt.settings.payouts, now=now)


class _Diary:
    """Books for the demo guest."""

    def __init__(self, rt: Runtime, clock: _Calendar, ids: Mapping[str, UUID], now: datetime) -> None:
        self._rt, self._clock, self._ids, self._now = rt, clock, ids, now
        self._today = now.date()

    async def past(self) -> None:
        """A stay, a haircut and a tour that are over."""
        await self._book(self._stay("double", -40, 3), 60)
        await self._book(await self._slot("salon", -25, made=30), 30)
        await self._book(await self._tour("tour", -20, Party(2), made=28), 28)

    async def running(self) -> None:
        """A stay that began yesterday."""
        await self._book(self._stay("loft", -1, 4, Party(2)), 14)

    async def coming(self) -> None:
        """Of every kind; one is cancelled again."""
        await self._book(await self._family(), 5)
        await self._book(await self._slot("doctor", 5, extras=("treatment", "ultrasound")), 2)
        await self._book(await self._slot("photographer", 8, place=Place(38.7369, -9.1427)), 3)
        await self._book(await self._slot("meeting", 3, minutes=120), 1)
        await self._book(await self._tour("tour", 6, Party(2, 1)), 4)
        await self._book(await self._tour("package", 25, Party(2)), 6)
        await self._book(self._stay("garden", 20, 4, Party(2)), 0)
        await self._cancel(await self._book(await self._slot("salon", 12), 2))

    def _stay(self, what: str, ahead: int, nights: int, party: Party = Party(1)) -> Wish:
        arrival = self._today + ahead * DAY
        return Wish(self._ids[what], Nights(arrival, arrival + nights * DAY), party)

    async def _family(self) -> Wish:
        """Four nights with a child of nine, breakfast and a parking space."""
        room = self._ids["family"]
        async with self._rt.db.read() as tx:
            plans = {plan.code: plan.id for plan in await pricing.list_plans(tx, room)}
        arrival = self._today + 12 * DAY
        return Wish(
            room, Nights(arrival, arrival + 4 * DAY), Party(2, 1), plan_id=plans["breakfast"], children_ages=(9,),
            extras=(Extra(self._ids["parking"]),),
        )  # fmt: skip

    async def _slot(
        self, what: str, ahead: int, *, made: int = 0, minutes: int | None = None, place: Place | None = None,
        extras: tuple[str, ...] = (),
    ) -> Wish:  # fmt: skip
        """The first time that is free on that day or after it, seen so many days ago."""
        then, first = self._now - made * DAY, self._today + ahead * DAY
        free = await self._free(what, first, then, minutes, place)
        for other in extras:
            also = {slot.starts_at for slot in await self._free(other, first, then, minutes, None)}
            free = [slot for slot in free if slot.starts_at in also]
        when = Hours(free[0].starts_at, free[0].ends_at, place)
        return Wish(self._ids[what], when, Party(1), extras=tuple(Extra(self._ids[each]) for each in extras))

    async def _free(
        self, what: str, first: date, then: datetime, minutes: int | None, place: Place | None
    ) -> list[Slot]:
        async with self._rt.db.read() as tx:
            sellable = await catalog.get_sellable(tx, self._ids[what])
            return await inventory.slots(
                tx, resource_id=sellable.resource_id, zone=sellable.zone, unit_ids=sellable.unit_ids, first=first,
                last=first + 9 * DAY, minutes=minutes, place=place, now=then,
            )  # fmt: skip

    async def _tour(self, what: str, ahead: int, party: Party, *, made: int = 0) -> Wish:
        first, resource_id = self._today + ahead * DAY, self._ids[what]
        async with self._rt.db.read() as tx:
            found = await inventory.departures(tx, resource_id, first, first + 14 * DAY, self._now - made * DAY)
        departure = next(each for each in found if each.available >= party.guests)
        return Wish(resource_id, Leaving(departure.id), party)

    async def _book(self, wish: Wish, days_ago: int) -> Booking:
        """Booked and paid so many days ago, and moved on by what has happened since."""
        self._clock.at = at = self._now - days_ago * DAY
        rt = self._rt
        async with rt.db.write() as tx:
            made = await booking.book_wish(
                tx, wish, guest_id=self._ids["guest"], message=HELLO, provider=rt.settings.payment_provider, now=at
            )
        if made.status is BookingStatus.PENDING_PAYMENT:
            made = await self._pay(made, at)
        for then in (made.check_in_at, made.check_out_at):
            if then <= self._now:
                async with rt.db.write() as tx:
                    await booking.start_and_complete_due(tx, now=then)
        self._clock.at = self._now
        return made

    async def _pay(self, made: Booking, at: datetime) -> Booking:
        rt = self._rt
        async with rt.db.read() as tx:
            payment = await payments.payment_of(tx, made.id)
        assert payment is not None
        card = CardForm(number=CARD, expiry=f"12/{(at.year + 3) % 100:02}", cvc="123", name="Greta Lindqvist")
        method = await payments.tokenise_card(rt, payment.provider, card)
        async with rt.db.write() as tx:
            attempt = await payments.start_charge(tx, payment.id, method, now=at)
        await run_attempt(rt, attempt.id)
        async with rt.db.write() as tx:
            return await booking.confirm_paid(tx, booking_id=made.id, now=at)

    async def _cancel(self, made: Booking) -> None:
        async with self._rt.db.write() as tx:
            await booking.cancel_booking(
                tx, booking_id=made.id, actor=Actor.GUEST, actor_id=self._ids["guest"], now=self._now
            )
