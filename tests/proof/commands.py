"""Everything that can be done to the inventory, each as a command drawn at random and executed in a transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from hospes.modules.booking import facade as booking
from hospes.modules.booking.contracts import Actor, Change, Extra, Hours, Leaving, Mode, Nights, Party, Repeat, Wish
from hospes.modules.booking.errors import NotAllowed
from hospes.modules.booking.use_cases.call_off_departure import cancel_place
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import DepartureDraft
from hospes.modules.inventory.errors import FeedUnreadable
from hospes.modules.inventory.use_cases.import_feed import take_left_over
from hospes.modules.inventory.use_cases.refresh_feed import refresh_feed
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Method, PaymentStatus
from hospes.modules.payments.providers.port import Succeeded
from hospes.modules.payments.use_cases.settle_attempt import settle_attempt
from hospes.platform.db import Database, WriteTx
from tests.builders.feeds import ScriptedSource, event, ics, stay
from tests.proof.world import FIRST_NIGHT, MORNING, NIGHTS, World


@dataclass
class Known:
    """What has been made so far, and the time."""

    now: datetime
    holds: list[tuple[UUID, UUID]] = field(default_factory=list)
    bookings: list[UUID] = field(default_factory=list)
    waiting: list[tuple[UUID, UUID]] = field(default_factory=list)
    changes: list[tuple[UUID, UUID]] = field(default_factory=list)
    blocks: list[tuple[UUID, UUID]] = field(default_factory=list)


Step = Callable[[WriteTx], Awaitable[object]]


@dataclass(frozen=True)
class Whole:
    """A command that opens its transactions itself."""

    run: Callable[[Database], Awaitable[object]]


Act = Step | tuple[Step, ...] | Whole  # one transaction, several one after the other, or its own
Draw = Callable[[World, Known, Random], Act]
PROVIDER = "sandbox"


def a_wish(world: World, draw: Random) -> Wish:
    """Nights, hours or places, sometimes several and with something that comes along."""
    kind = draw.choices(("nights", "rooms", "hours", "places"), (5, 3, 4, 2))[0]
    if kind == "hours":
        start = MORNING + timedelta(days=draw.randrange(2), minutes=30 * draw.randrange(4))
        extras = (Extra(world.device.resource_id),) if draw.random() < 0.3 else ()
        when = Hours(start, start + timedelta(minutes=30))
        return Wish(world.doctor.resource_id, when, Party(1), extras=extras)
    if kind == "places":
        return Wish(world.tour.resource_id, Leaving(draw.choice(world.departures)), Party(draw.randint(1, 3)))
    nights = _nights(draw)
    if kind == "rooms":
        return Wish(world.rooms.resource_id, nights, Party(1), quantity=draw.choice((1, 1, 2)))
    extras = (Extra(world.parking.resource_id),) if draw.random() < 0.3 else ()
    return Wish(draw.choice((world.home, world.home, world.request)).resource_id, nights, Party(2), extras=extras)


def _nights(draw: Random) -> Nights:
    first = FIRST_NIGHT + timedelta(days=draw.randrange(NIGHTS))
    return Nights(first, first + timedelta(days=draw.randint(1, 3)))


def hold(world: World, known: Known, draw: Random) -> Act:
    wish, guest, now = a_wish(world, draw), draw.choice(world.guests), known.now

    async def act(tx: WriteTx) -> None:
        made = await booking.hold_wish(tx, wish, guest_id=guest, now=now)
        known.holds.append((made.id, guest))

    return act


def book(world: World, known: Known, draw: Random) -> Act:
    wish, guest, now = a_wish(world, draw), draw.choice(world.guests), known.now

    async def act(tx: WriteTx) -> None:
        made = await booking.book_wish(tx, wish, guest_id=guest, provider=PROVIDER, now=now)
        known.bookings.append(made.id)

    return act


def book_held(world: World, known: Known, draw: Random) -> Act:
    if not known.holds:
        return hold(world, known, draw)
    (hold_id, guest), now = draw.choice(known.holds[-6:]), known.now

    async def act(tx: WriteTx) -> None:
        made = await booking.book_hold(tx, guest_id=guest, hold_id=hold_id, provider=PROVIDER, now=now)
        known.bookings.append(made.id)

    return act


def release(world: World, known: Known, draw: Random) -> Act:
    if not known.holds:
        return hold(world, known, draw)
    (hold_id, guest), now = draw.choice(known.holds[-6:]), known.now
    return lambda tx: booking.release_hold(tx, guest_id=guest, hold_id=hold_id, now=now)


def pay(world: World, known: Known, draw: Random) -> Act:
    """As it really goes: the charge and its answer in one transaction, what booking makes of it in another."""
    if not known.bookings:
        return book(world, known, draw)
    booking_id, now = draw.choice(known.bookings[-8:]), known.now
    answered = now if draw.random() < 0.8 else now + timedelta(hours=1)  # when the place may have been sold on

    return _charge(booking_id, now, answered), lambda tx: booking.confirm_paid(tx, booking_id=booking_id, now=answered)


def _charge(owner_id: UUID, now: datetime, answered: datetime) -> Step:
    async def charge(tx: WriteTx) -> None:
        payment = await payments.payment_of(tx, owner_id)
        if payment is None or payment.status is not PaymentStatus.AWAITING_METHOD:
            raise NotAllowed("There is nothing to pay.")
        attempt = await payments.start_charge(tx, payment.id, Method(token="tok_proof"), now=now)
        await settle_attempt(tx, attempt.id, Succeeded(ref=f"ch_{attempt.id}", amount=payment.amount), answered)

    return charge


def change(world: World, known: Known, draw: Random) -> Act:
    """Other dates, another time, more or fewer of it; what costs more is kept until it is paid."""
    if not known.bookings:
        return book(world, known, draw)
    booking_id, now = draw.choice(known.bookings[-10:]), known.now
    actor = draw.choice((Actor.GUEST, Actor.HOST))
    nights, start = _nights(draw), MORNING + timedelta(days=draw.randrange(2), minutes=30 * draw.randrange(4))
    quantity, adults = draw.choice((None, 1, 2)), draw.choice((None, 1, 2))
    whom = draw.choice((None, *world.doctor.unit_ids))

    async def act(tx: WriteTx) -> None:
        mode = (await booking.get_booking(tx, booking_id)).mode
        wanted = {
            Mode.NIGHTLY: Change(arrival=nights.arrival, departure=nights.departure, quantity=quantity),
            Mode.TIMED: Change(hours=Hours(start, start + timedelta(minutes=30)), unit_id=whom),
            Mode.DEPARTURE: Change(departure_id=draw.choice(world.departures), adults=adults),
        }[mode]
        done = await booking.change_booking(
            tx,
            booking_id=booking_id,
            change=wanted,
            actor=actor,
            actor_id=world.host.user_id,
            provider=PROVIDER,
            now=now,
        )
        if done.request is not None:
            known.changes.append((booking_id, done.request.id))

    return act


def pay_change(world: World, known: Known, draw: Random) -> Act:
    """The difference is paid, in time or an hour late."""
    if not known.changes:
        return change(world, known, draw)
    (_, change_id), now = draw.choice(known.changes[-5:]), known.now
    answered = now if draw.random() < 0.7 else now + timedelta(days=2)
    return _charge(change_id, now, answered), lambda tx: booking.apply_paid_change(
        tx, change_id=change_id, now=answered
    )


def withdraw(world: World, known: Known, draw: Random) -> Act:
    if not known.changes:
        return change(world, known, draw)
    (booking_id, change_id), now = draw.choice(known.changes[-5:]), known.now
    return lambda tx: booking.withdraw_change(
        tx, booking_id=booking_id, change_id=change_id, actor=Actor.GUEST, actor_id=world.host.user_id, now=now
    )


def renew(world: World, known: Known, draw: Random) -> Act:
    if not known.holds:
        return hold(world, known, draw)
    (hold_id, guest), now = draw.choice(known.holds[-6:]), known.now
    return lambda tx: booking.renew_hold(tx, guest_id=guest, hold_id=hold_id, now=now)


def series(world: World, known: Known, draw: Random) -> Act:
    """Three weeks of the same, all or what is free."""
    wish, guest, now, only_free = a_wish(world, draw), draw.choice(world.guests), known.now, draw.random() < 0.5

    async def act(tx: WriteTx) -> None:
        made, _ = await booking.book_series(
            tx, wish, Repeat(count=3), guest_id=guest, only_free=only_free, provider=PROVIDER, now=now
        )
        known.bookings.extend(each.id for each in made)

    return act


def leave(world: World, known: Known, draw: Random) -> Act:
    """Out a night early, by the guest or at the desk."""
    if not known.bookings:
        return book(world, known, draw)
    booking_id, now, at_desk = draw.choice(known.bookings[-12:]), known.now, draw.random() < 0.5

    async def act(tx: WriteTx) -> None:
        who = {"booking_id": booking_id, "actor": Actor.HOST, "actor_id": world.host.user_id, "now": now}
        if at_desk:
            await booking.check_out(tx, **who)  # type: ignore[arg-type]
        else:
            stay = await booking.get_booking(tx, booking_id)
            await booking.leave_early(tx, leaves=stay.departure - timedelta(days=1), **who)  # type: ignore[arg-type]

    return act


def arrive(world: World, known: Known, draw: Random) -> Act:
    if not known.bookings:
        return book(world, known, draw)
    booking_id, now = draw.choice(known.bookings[-12:]), known.now
    return lambda tx: booking.check_in(
        tx, booking_id=booking_id, actor=Actor.HOST, actor_id=world.host.user_id, now=now
    )


def wait(world: World, known: Known, draw: Random) -> Act:
    wish, guest, now = a_wish(world, draw), draw.choice(world.guests), known.now

    async def act(tx: WriteTx) -> None:
        entry = await booking.join_waitlist(tx, wish, guest_id=guest, now=now)
        known.waiting.append((entry.id, guest))

    return act


def offer(world: World, known: Known, draw: Random) -> Act:
    """What the worker does when something was let go."""
    resource, now = draw.choice((*world.nightly, world.doctor, world.tour)), known.now
    return lambda tx: booking.offer_places(tx, resource.resource_id, now=now)


def accept_offer(world: World, known: Known, draw: Random) -> Act:
    if not known.waiting:
        return wait(world, known, draw)
    (entry_id, guest), now = draw.choice(known.waiting[-5:]), known.now

    async def act(tx: WriteTx) -> None:
        made = await booking.accept_offer(tx, guest_id=guest, entry_id=entry_id, provider=PROVIDER, now=now)
        known.bookings.append(made.id)

    return act


def cancel(world: World, known: Known, draw: Random) -> Act:
    if not known.bookings:
        return book(world, known, draw)
    booking_id, now = draw.choice(known.bookings[-12:]), known.now
    actor = draw.choice((Actor.GUEST, Actor.GUEST, Actor.HOST))
    return lambda tx: booking.cancel_booking(
        tx, booking_id=booking_id, actor=actor, actor_id=world.host.user_id, now=now
    )


def decide(world: World, known: Known, draw: Random) -> Act:
    if not known.bookings:
        return book(world, known, draw)
    booking_id, now, accept = draw.choice(known.bookings[-8:]), known.now, draw.random() < 0.7

    async def act(tx: WriteTx) -> None:
        who = {"booking_id": booking_id, "actor": Actor.HOST, "actor_id": world.host.user_id, "now": now}
        if accept:
            await booking.accept_booking(tx, provider=PROVIDER, **who)  # type: ignore[arg-type]
        else:
            await booking.decline_booking(tx, **who)  # type: ignore[arg-type]

    return act


def block(world: World, known: Known, draw: Random) -> Act:
    resource, nights, now = draw.choice(world.exclusive), _nights(draw), known.now

    async def act(tx: WriteTx) -> None:
        made = await booking.block_dates(
            tx,
            caller=world.host,
            resource_id=resource.resource_id,
            arrival=nights.arrival,
            departure=nights.departure,
            now=now,
        )
        known.blocks.append((made.id, resource.resource_id))

    return act


def unblock(world: World, known: Known, draw: Random) -> Act:
    if not known.blocks:
        return block(world, known, draw)
    (block_id, resource_id), now = draw.choice(known.blocks[-5:]), known.now
    return lambda tx: booking.unblock_dates(tx, caller=world.host, resource_id=resource_id, block_id=block_id, now=now)


def sweep(world: World, known: Known, draw: Random) -> Act:
    now = known.now
    return lambda tx: booking.expire_due(tx, limit=1, now=now)


def tick(world: World, known: Known, draw: Random) -> Act:
    now = known.now
    return lambda tx: booking.start_and_complete_due(tx, limit=50, now=now)


def no_show(world: World, known: Known, draw: Random) -> Act:
    if not known.bookings:
        return book(world, known, draw)
    booking_id, now = draw.choice(known.bookings), known.now
    return lambda tx: booking.mark_no_show(
        tx, booking_id=booking_id, actor=Actor.HOST, actor_id=world.host.user_id, now=now
    )


def refresh(world: World, known: Known, draw: Random) -> Act:
    """Another site is asked for its calendar: what it has sold comes, moves and goes; at times it answers nonsense."""
    at = draw.randrange(len(world.feeds))
    sold = [
        stay(
            FIRST_NIGHT + timedelta(days=draw.randrange(NIGHTS)),
            draw.randint(1, 3),
            uid=f"{draw.randrange(6)}@other",
        )
        for _ in range(draw.randrange(4))
    ]
    if at == len(world.feeds) - 1:
        start = MORNING + timedelta(days=draw.randrange(2), minutes=30 * draw.randrange(4))
        hours = f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{start + timedelta(minutes=30):%Y%m%dT%H%M%SZ}"
        sold.append(event(*hours, uid=f"{draw.randrange(3)}@hours"))
    answers: tuple[bytes | FeedUnreadable, ...] = (ics(*sold), FeedUnreadable("It answered nonsense."))
    source = ScriptedSource(draw.choices(answers, (9, 1))[0])
    clock, forced = Standing(known.now), draw.random() < 0.5
    return Whole(lambda db: refresh_feed(db, source, clock, world.feeds[at], forced=forced))


@dataclass(frozen=True)
class Standing:
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        """The time of the step."""
        return self.at


def left_over(world: World, known: Known, draw: Random) -> Act:
    """What the worker does for other sites' stays when something was let go."""
    resource, now = draw.choice((world.home, world.rooms, world.doctor)), known.now
    return lambda tx: take_left_over(tx, resource.resource_id, now=now)


def call_off(world: World, known: Known, draw: Random) -> Act:
    """A departure goes off sale, everybody on it is cancelled one by one, and it is put on sale again."""
    departure_id, now = draw.choice(world.departures), known.now

    async def stop(tx: WriteTx) -> None:
        await inventory.stop_sale(tx, world.host, world.tour.resource_id, departure_id, now=now)

    async def cancel_one(tx: WriteTx) -> None:
        for claim in (await inventory.claims_called_off(tx, departure_id))[:1]:
            await cancel_place(tx, claim, actor=Actor.HOST, actor_id=world.host.user_id, now=now)

    async def again(tx: WriteTx) -> None:
        found = await inventory.get_departure(tx, world.tour.resource_id, departure_id, now=now)
        said = DepartureDraft(starts_at=found.starts_at, ends_at=found.ends_at, capacity=found.capacity)
        await inventory.put_departure(
            tx, world.host, world.tour.resource_id, departure_id, said, expected=None, now=now
        )

    return (stop, *[cancel_one] * 5, again)


def look(world: World, known: Known, draw: Random) -> Act:
    """A quote, which must never change anything."""
    wish, now = a_wish(world, draw), known.now
    return lambda tx: booking.quote_wish(tx, wish, now=now)


COMMANDS: dict[Draw, int] = {
    hold: 10,
    book: 14,
    book_held: 10,
    release: 3,
    pay: 16,
    change: 10,
    pay_change: 5,
    withdraw: 1,
    renew: 2,
    series: 3,
    leave: 3,
    arrive: 2,
    wait: 6,
    offer: 5,
    accept_offer: 4,
    cancel: 8,
    decide: 6,
    block: 4,
    unblock: 3,
    sweep: 4,
    tick: 3,
    no_show: 2,
    look: 3,
    refresh: 8,
    left_over: 3,
    call_off: 2,
}
