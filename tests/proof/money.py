"""A walk over everything that moves money, alone and side by side, with a vendor that fails as drawn and processes
that die anywhere."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from hospes.modules.booking import facade as booking
from hospes.modules.booking import jobs as booking_jobs
from hospes.modules.booking.contracts import Actor, BookingStatus, Nights, Party, Wish
from hospes.modules.booking.use_cases.grant_refund import grant_refund
from hospes.modules.booking.use_cases.move_booking import lock_booking
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Method, PaymentTerms, Way
from hospes.modules.payments.states import takes_card
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.modules.payments.use_cases.split_payment import join_payment, split_payment
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.modules.payouts.use_cases.pay_hosts import pay_hosts
from hospes.platform.errors import HospesError
from hospes.platform.money import Money
from tests.proof.gates import together
from tests.proof.money_world import SUBSCRIBERS, MoneyWorld
from tests.proof.vendor import Fault, Killed

ARRIVAL, LAST = date(2026, 6, 20), date(2026, 7, 2)
WAYS = (
    PaymentTerms(),
    PaymentTerms(Way.DEPOSIT, long_stay_nights=2, balance_days=5, damage_amount=9_000),
    PaymentTerms(Way.AUTHORISE),
    PaymentTerms(Way.AT_PROPERTY),
    PaymentTerms(damage_amount=12_000),
)
TOKENS = ("ok", "ok", "ok", "decline", "challenge")
FAULTS: tuple[Fault, ...] = ("", "", "", "down", "lost", "killed_before", "killed_after")
TIMES = (0, 0, 0, 0, 1, 1, 5, 20, 60, 8 * 60, 36 * 60)
TOGETHER = (1, 1, 1, 2, 2, 3)
DEATHS = (*[0] * 12, *range(1, 25))


@dataclass
class MoneyWalk(MoneyWorld):
    """Commands drawn from a seed, alone or together; a command may die at any gate. Then everything comes to rest."""

    seed: int = 0
    draw: Random = field(default_factory=Random)
    fought_over: UUID | None = None

    async def run(self, steps: int) -> "MoneyWalk":
        """Walk, come to rest, and let the stays happen."""
        self.draw = Random(self.seed)
        for terms in WAYS:
            await self.open_business(terms, units=2, policy="moderate")
        await self.welcome(3)
        for _ in range(5):
            await self.attempt(book)
        for _ in range(steps):
            count = self.draw.choice(TOGETHER)
            drawn = self.draw.choices(list(COMMANDS), list(COMMANDS.values()), k=count)
            self.fought_over = self.draw.choice(list(self.booked)[-6:]) if count > 1 and self.booked else None
            acts = [partial(self.attempt, each) for each in (drawn[:1] * count if self.draw.random() < 0.5 else drawn)]
            self.vendor.faults = [self.draw.choice(FAULTS)]
            await together(acts, self.draw, dies_at=[self.draw.choice(DEATHS) for _ in acts])
            self.clock.at += timedelta(minutes=self.draw.choice(TIMES))
        await self.rest()
        await self.live_on(days=max((LAST - self.clock.at.date()).days, 3))
        return self

    async def attempt(self, command: "Command") -> None:
        """A command that may be refused, or die with its worker."""
        try:
            await self.guarded(lambda: command(self))
            self.done[command.__name__] += 1
        except Killed:
            self.done[f"{command.__name__}: killed"] += 1
        except HospesError as refusal:
            self.done[f"{command.__name__}: {refusal.code}"] += 1

    async def open_attempts(self) -> list[tuple[UUID, str]]:
        """Attempts that are not over: (id, status)."""
        async with self.rt.db.read() as tx:
            rows = await tx.all(
                "SELECT a.id, a.status FROM payments.attempt AS a"
                " WHERE a.status IN ('recorded', 'calling', 'needs_action', 'unknown') ORDER BY a.id"
            )
        return [(row["id"], row["status"]) for row in rows]

    def a_booking(self) -> UUID:
        """One of the newest, or the one that several fight over; raises when there is none."""
        if not self.booked:
            raise HospesError("Nothing is booked yet.")
        if self.fought_over is not None:
            return self.fought_over
        return self.draw.choice(list(self.booked)[-6:])


Command = Callable[[MoneyWalk], Awaitable[Any]]


async def book(walk: MoneyWalk) -> None:
    stay, nights = walk.draw.choice(walk.stays), walk.draw.randint(1, 4)
    first = ARRIVAL + timedelta(days=walk.draw.randrange(4))
    wish = Wish(stay.resource_id, Nights(first, first + timedelta(days=nights)), Party(1))
    guest = walk.draw.choice(walk.guests)
    async with walk.rt.db.write() as tx:
        made = await booking.book_wish(tx, wish, guest_id=guest, provider="vendor", now=walk.clock.at)
    walk.booked[made.id] = stay


async def pay(walk: MoneyWalk) -> None:
    """Whatever can be paid now, with any card."""
    booking_id = walk.a_booking()
    open_parts = [each for each in await walk.parts(booking_id) if takes_card(each.status)]
    if not open_parts:
        return
    part, token = walk.draw.choice(open_parts), walk.draw.choice(TOKENS)
    async with walk.rt.db.write() as tx:
        await payments.start_charge(tx, part.id, Method(token), walk.clock.at)


async def split(walk: MoneyWalk) -> None:
    booking_id, back = walk.a_booking(), walk.draw.random() < 0.3
    due = sum(each.amount.amount for each in await walk.parts(booking_id) if each.due_at is None)
    first = walk.draw.randint(1, max(due - 1, 1))
    async with walk.rt.db.write() as tx:
        if back:
            await join_payment(tx, booking_id, walk.clock.at)
        else:
            await split_payment(tx, booking_id, [first, due - first], walk.clock.at)


async def work(walk: MoneyWalk) -> None:
    """A job: some recorded attempt is made."""
    waiting = [each for each, status in await walk.open_attempts() if status == "recorded"]
    if waiting:
        await run_attempt(walk.rt, walk.draw.choice(waiting))


async def two_workers(walk: MoneyWalk) -> None:
    """The same job twice, one after the other, the first of which may have died."""
    waiting = [each for each, status in await walk.open_attempts() if status == "recorded"]
    if waiting:
        attempt_id = walk.draw.choice(waiting)
        with suppress(Killed):
            await run_attempt(walk.rt, attempt_id)
        await run_attempt(walk.rt, attempt_id)


async def webhook(walk: MoneyWalk) -> None:
    """A message about any attempt, old or new, once more or out of order."""
    async with walk.rt.db.read() as tx:
        rows = await tx.all("SELECT a.id FROM payments.attempt AS a ORDER BY a.id DESC LIMIT 10")
    if rows:
        await look_up_attempt(walk.rt, walk.draw.choice(rows)["id"])


async def answer(walk: MoneyWalk) -> None:
    """The payer tells the bank yes or no."""
    if walk.vendor.charges:
        key = walk.draw.choice(list(walk.vendor.charges))
        if walk.vendor.answer(key, approve=walk.draw.random() < 0.7):
            walk.unsaid.add(key)


async def deliver(walk: MoneyWalk) -> None:
    """Some subscriber gets its next fact of some booking; or one it had, again."""
    again = walk.draw.random() < 0.2
    for event in await walk.events():
        for each in SUBSCRIBERS:
            if event.type in each.types and ((each.name, event.id) in walk.seen) is again and walk.draw.random() < 0.4:
                await each.handle(walk.rt, event)
                walk.seen.add((each.name, event.id))
                if again:
                    return


async def cancel(walk: MoneyWalk) -> None:
    booking_id, actor = walk.a_booking(), walk.draw.choice((Actor.GUEST, Actor.HOST))
    async with walk.rt.db.write() as tx:
        before = await lock_booking(tx, booking_id)
        _, refund = await booking.cancel_booking(
            tx, booking_id=booking_id, actor=actor, actor_id=walk.guests[0], now=walk.clock.at
        )
        if before.status is not BookingStatus.CANCELLED:
            walk.kept[booking_id] = refund.paid - refund.amount  # should it die now, who cancels next says it anew


async def give_back(walk: MoneyWalk) -> None:
    """Staff give some of it back."""
    booking_id, amount = walk.a_booking(), walk.draw.choice((1, 999, 5_000))
    async with walk.rt.db.write() as tx:
        await grant_refund(
            tx,
            booking_id=booking_id,
            amount=Money(amount, "EUR"),
            reason="a wet towel",
            actor=Actor.HOST,
            actor_id=walk.guests[0],
            now=walk.clock.at,
        )


async def arrive(walk: MoneyWalk) -> None:
    async with walk.rt.db.write() as tx:
        await booking.start_and_complete_due(tx, limit=50, now=walk.clock.at)


async def claim_damages(walk: MoneyWalk) -> None:
    booking_id = walk.a_booking()
    async with walk.rt.db.write() as tx:
        amount = Money(walk.draw.choice((500, 9_000)), "EUR")
        await payments.capture_damages(tx, booking_id, amount, reason="a lamp", now=walk.clock.at)


async def paid_at_desk(walk: MoneyWalk) -> None:
    booking_id = walk.a_booking()
    async with walk.rt.db.write() as tx:
        await payments.record_at_property(tx, booking_id, note="cash", now=walk.clock.at)


async def expire(walk: MoneyWalk) -> None:
    await booking_jobs.expire(walk.rt)


async def later(walk: MoneyWalk) -> None:
    await take_later_parts(walk.rt)


async def sweep(walk: MoneyWalk) -> None:
    await reconcile(walk.rt)


async def message(walk: MoneyWalk) -> None:
    """The vendor tells of some order."""
    if walk.vendor.charges:
        await walk.message(walk.draw.choice(list(walk.vendor.charges)[-6:]))


async def pay_out(walk: MoneyWalk) -> None:
    await pay_hosts(walk.rt)


COMMANDS: dict[Command, int] = {
    book: 8,
    pay: 14,
    split: 5,
    work: 16,
    two_workers: 4,
    webhook: 8,
    answer: 5,
    deliver: 12,
    cancel: 4,
    give_back: 3,
    arrive: 3,
    claim_damages: 2,
    paid_at_desk: 2,
    expire: 4,
    later: 5,
    sweep: 3,
    message: 4,
    pay_out: 2,
}
