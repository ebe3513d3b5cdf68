"""A walk over everything that moves money, with a vendor that fails as drawn, and workers that die; then the sums."""

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hospes.entrypoints.invariants import breaches
from hospes.modules.booking import facade as booking
from hospes.modules.booking import jobs as booking_jobs
from hospes.modules.booking import subscribers as booking_subscribers
from hospes.modules.booking.contracts import Actor, BookingStatus, Nights, Party, Wish
from hospes.modules.booking.use_cases.grant_refund import grant_refund
from hospes.modules.payments import facade as payments
from hospes.modules.payments import queries, store
from hospes.modules.payments import subscribers as payment_subscribers
from hospes.modules.payments.contracts import LetterStatus, Method, Payment, PaymentStatus, PaymentTerms, Purpose, Way
from hospes.modules.payments.errors import NotRetriable
from hospes.modules.payments.states import takes_card
from hospes.modules.payments.use_cases.end_letter import replay_letter, resolve_letter
from hospes.modules.payments.use_cases.look_up_attempt import look_up_attempt
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.modules.payments.use_cases.run_attempt import run_attempt
from hospes.modules.payments.use_cases.split_payment import join_payment, split_payment
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.platform.db import WriteTx
from hospes.platform.errors import HospesError
from hospes.platform.money import Money
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.conftest import FixedClock
from tests.proof.vendor import Fault, Killed, Vendor

ARRIVAL = date(2026, 6, 20)
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
SUBSCRIBERS = (*booking_subscribers.SUBSCRIBERS, *payment_subscribers.SUBSCRIBERS)
OVER = (BookingStatus.EXPIRED, BookingStatus.DECLINED)


@dataclass
class MoneyWalk:
    """Commands drawn from a seed; afterwards `settle` lets everything come to rest and `faults` says what is wrong."""

    rt: Runtime
    clock: FixedClock
    vendor: Vendor
    seed: int
    stays: list[Stay] = field(default_factory=list)
    guests: list[UUID] = field(default_factory=list)
    booked: dict[UUID, Stay] = field(default_factory=dict)
    kept: dict[UUID, int] = field(default_factory=dict)
    seen: set[tuple[str, UUID]] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)

    async def run(self, steps: int) -> "MoneyWalk":
        """Walk, then come to rest."""
        self.draw = Random(self.seed)
        await self.begin()
        for _ in range(5):
            await self.attempt(book)
        commands = list(COMMANDS)
        for _ in range(steps):
            command = self.draw.choices(commands, [COMMANDS[each] for each in commands])[0]
            self.vendor.faults = [self.draw.choice(FAULTS)]
            await self.attempt(command)
            self.clock.at += timedelta(minutes=self.draw.choice(TIMES))
        await self.rest()
        return self

    async def begin(self) -> None:
        """Five places whose businesses take money in five ways, two rooms each, and three guests."""
        async with self.rt.db.write() as tx:
            for terms in WAYS:
                stay = await a_stay(tx, units=2, policy="moderate")
                business, owner = stay.sellable.business_id, stay.owner_id
                await store.set_terms(tx, business, terms, user_id=owner, now=self.clock.at)
                self.stays.append(stay)
            self.guests = [(await a_user(tx)).id for _ in range(3)]

    async def attempt(self, command: "Command") -> None:
        """A command that may be refused, or die with its worker."""
        try:
            await command(self)
            self.done[command.__name__] += 1
        except Killed:
            self.done[f"{command.__name__}: killed"] += 1
        except HospesError as refusal:
            self.done[f"{command.__name__}: {refusal.code}"] += 1

    async def rest(self) -> None:
        """Nothing fails any more: every job, every event, every look is made until there is nothing left to do."""
        for _ in range(40):
            self.vendor.faults = []
            for key in list(self.vendor.charges):  # every message comes at last
                self.vendor.answer(key, approve=True)
                await look_up_attempt(self.rt, key)
            self.clock.at += timedelta(minutes=21)
            busy = await self.deliver_all() + await self.work_all()
            await take_later_parts(self.rt)
            await booking_jobs.expire(self.rt)
            if not busy + await self.see_to_letters():
                break
        await self.deliver_all()

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

    async def open_attempts(self) -> list[tuple[UUID, str]]:
        """Attempts that are not over: (id, status)."""
        async with self.rt.db.read() as tx:
            rows = await tx.all(
                "SELECT a.id, a.status FROM payments.attempt AS a"
                " WHERE a.status IN ('recorded', 'calling', 'needs_action', 'unknown') ORDER BY a.id"
            )
        return [(row["id"], row["status"]) for row in rows]

    async def work_all(self) -> int:
        """Every job and every look."""
        found = await self.open_attempts()
        for attempt_id, status in found:
            await (run_attempt if status == "recorded" else look_up_attempt)(self.rt, attempt_id)
        return len(found)

    async def events(self) -> list[Event]:
        """Every fact so far, in order."""
        async with self.rt.db.read() as tx:
            rows = await tx.all("SELECT * FROM platform.outbox ORDER BY id")
        return [Event(r["event_id"], r["type"], r["aggregate_id"], r["data"], r["occurred_at"], r["id"]) for r in rows]

    async def deliver_all(self) -> int:
        """Hand every fact to who has not had it; answers how many."""
        count = 0
        for event in await self.events():
            for each in SUBSCRIBERS:
                if event.type in each.types and (each.name, event.id) not in self.seen:
                    await each.handle(self.rt, event)
                    self.seen.add((each.name, event.id))
                    count += 1
        return count

    async def parts(self, booking_id: UUID) -> list[Payment]:
        """How the booking is paid."""
        async with self.rt.db.read() as tx:
            return await queries.list_parts(tx, booking_id)

    def a_booking(self) -> UUID:
        """One of the newest; raises when there is none."""
        if not self.booked:
            raise HospesError("Nothing is booked yet.")
        return self.draw.choice(list(self.booked)[-6:])

    async def faults(self) -> list[str]:
        """What does not add up; empty when all is well."""
        async with self.rt.db.read() as tx:
            found = [f"{name}: {rows}" for name, rows in (await breaches(tx)).items()]
            row = await tx.find("SELECT COALESCE(sum(g.amount), 0) AS amount FROM ledger.posting AS g")
        assert row is not None
        if row["amount"]:
            found.append(f"the ledger is off by {row['amount']}")
        found += await self._against_the_vendor()
        for booking_id in self.booked:
            found += await self._about(booking_id)
        return found

    async def _against_the_vendor(self) -> list[str]:
        """The vendor's own books, charge by charge, and in all."""
        async with self.rt.db.read() as tx:
            rows = await tx.all(
                "SELECT a.kind, a.status, a.amount, a.provider_ref, a.target_ref, p.status AS payment"
                " FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
                " WHERE COALESCE(a.provider, p.provider) = 'vendor' AND a.status = 'succeeded'"
            )
        ours: Counter[str] = Counter()
        for row in rows:
            if row["kind"] in ("charge", "capture"):
                ours[row["provider_ref"]] += row["amount"]
            elif row["kind"] == "refund":
                ours[row["target_ref"]] -= row["amount"]
        held = {row["provider_ref"] for row in rows if row["kind"] == "authorise" and row["payment"] == "authorised"}
        found = []
        for charge in self.vendor.every:
            if charge.taken - charge.back != ours[charge.ref]:
                found.append(f"{charge.ref}: the vendor has {charge.taken - charge.back}, we {ours[charge.ref]}")
            if self.vendor.held_by(charge) and charge.ref not in held:
                found.append(f"{charge.ref}: {charge.held} is held and nobody knows")
        return found

    async def _about(self, booking_id: UUID) -> list[str]:
        """No booking without its money, no money without its booking."""
        async with self.rt.db.read() as tx:
            made = await booking.get_booking(tx, booking_id)
        parts = [each for each in await self.parts(booking_id) if each.purpose is not Purpose.DAMAGE_DEPOSIT]
        net = sum(each.captured - each.refunded for each in parts)
        said = f"booking {booking_id} ({made.status}, {made.terms.paying.way})"
        found = []
        if net > made.total.amount:
            found.append(f"{said}: {net} was taken, {made.total.amount} agreed")
        if made.status in OVER and net:
            found.append(f"{said}: {net} was kept without a booking")
        if made.status is BookingStatus.CANCELLED and net != self.kept.get(booking_id, 0):
            found.append(f"{said}: {net} was kept, {self.kept.get(booking_id, 0)} by its terms")
        if made.status is BookingStatus.PENDING_PAYMENT and net:
            found.append(f"{said}: paid {net} and not confirmed")
        return found


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
        walk.vendor.answer(walk.draw.choice(list(walk.vendor.charges)), approve=walk.draw.random() < 0.7)


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
        before = await booking.get_booking(tx, booking_id)
        _, refund = await booking.cancel_booking(
            tx, booking_id=booking_id, actor=actor, actor_id=walk.guests[0], now=walk.clock.at
        )
    if before.status is not BookingStatus.CANCELLED:
        walk.kept[booking_id] = refund.paid - refund.amount


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
}

__all__ = ["MoneyWalk", "PaymentStatus", "WriteTx"]
