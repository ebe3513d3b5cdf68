"""What happens to money, scene by scene: how each is set, and the commands that are killed at every gate of theirs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from hospes.modules.booking import facade as booking
from hospes.modules.booking import jobs as booking_jobs
from hospes.modules.booking.contracts import Actor, Booking, Nights, Party, Wish
from hospes.modules.booking.use_cases.grant_refund import grant_refund
from hospes.modules.payments import facade as payments
from hospes.modules.payments.contracts import Method, PaymentTerms, Way
from hospes.modules.payments.providers.port import Capabilities
from hospes.modules.payments.states import takes_card
from hospes.modules.payments.use_cases.reconcile import reconcile
from hospes.modules.payments.use_cases.split_payment import split_payment
from hospes.modules.payments.use_cases.take_later_parts import take_later_parts
from hospes.modules.payouts.use_cases.pay_hosts import pay_hosts
from hospes.platform.money import Money
from tests.proof.money_world import MoneyWorld

HOLDS = Capabilities(authorise=True, save_methods=True, transfers=True)
TAKES = Capabilities(save_methods=True, transfers=True)  # cannot only authorise
DAMAGES = PaymentTerms(damage_amount=9_000)
SPLIT = (8_000, 12_000)


@dataclass
class Stage(MoneyWorld):
    """One place and one booking at a time."""

    made: Booking | None = None
    turn: int = 0

    @property
    def booking(self) -> Booking:
        """The booking the scene is about, as it was made."""
        assert self.made is not None
        return self.made

    async def book(self, *, ahead: int = 4, nights: int = 2) -> None:
        """Some days ahead."""
        first = self.clock.at.date() + timedelta(days=ahead)
        wish = Wish(self.stays[0].resource_id, Nights(first, first + timedelta(days=nights)), Party(1))
        async with self.rt.db.write() as tx:
            self.made = await booking.book_wish(tx, wish, guest_id=self.guests[0], provider="vendor", now=self.clock.at)

    async def pay(self, *tokens: str) -> None:
        """A method for each part that takes one now."""
        waiting = [each for each in await self.parts(self.booking.id) if takes_card(each.status)]
        for part, token in zip(waiting, tokens or ("ok",), strict=False):
            async with self.rt.db.write() as tx:
                await payments.start_charge(
                    tx, part.id, Method(token), self.clock.at, can_authorise=self.vendor.can.authorise
                )

    async def attempts(self) -> list[UUID]:
        """Of this booking, in order."""
        rows = await self.rows(
            "SELECT a.id FROM payments.attempt AS a JOIN payments.payment AS p ON p.id = a.payment_id"
            " WHERE p.booking_id = %s ORDER BY a.id",
            (self.booking.id,),
        )
        return [row["id"] for row in rows]

    async def split(self) -> None:
        """Two methods share it."""
        async with self.rt.db.write() as tx:
            await split_payment(tx, self.booking.id, SPLIT, self.clock.at)

    async def all(self) -> None:
        """Jobs and reactions, as long as there are any now."""
        while await self.work() + await self.deliver_all():
            pass

    async def paid(self, **given: Any) -> None:
        """Booked, paid, confirmed."""
        await self.book(**given)
        await self.pay()
        await self.all()

    async def arrived(self) -> None:
        """The guest is there."""
        self.clock.at = max(self.clock.at, self.booking.check_in_at)
        await self.begin_and_end()
        await take_later_parts(self.rt)
        await self.all()

    async def left(self) -> None:
        """The stay is over."""
        await self.arrived()
        self.clock.at = self.booking.check_out_at
        await self.begin_and_end()
        await self.all()

    async def begin_and_end(self) -> None:
        """Stays whose time has come begin and end."""
        async with self.rt.db.write() as tx:
            await booking.start_and_complete_due(tx, limit=500, now=self.clock.at)

    async def cancel(self, actor: Actor) -> None:
        """Cancel, and note what its terms keep."""
        async with self.rt.db.write() as tx:
            _, refund = await booking.cancel_booking(
                tx, booking_id=self.booking.id, actor=actor, actor_id=self.guests[0], now=self.clock.at
            )
            self.kept[self.booking.id] = refund.paid - refund.amount

    async def claim(self, amount: int) -> None:
        """The host claims damages."""
        async with self.rt.db.write() as tx:
            await payments.capture_damages(
                tx, self.booking.id, Money(amount, "EUR"), reason="a lamp", now=self.clock.at
            )


Part = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """`ready` is undisturbed; `act` dies at each of its gates in turn."""

    name: str
    ready: Part
    act: Part
    terms: PaymentTerms = field(default_factory=PaymentTerms)
    can: Capabilities = HOLDS
    units: int = 120


async def _nothing(stage: Stage) -> None:
    stage.made = None


async def _book(stage: Stage) -> None:
    await stage.book()


async def _booked_and_charged(stage: Stage) -> None:
    await stage.book()
    await stage.pay()


async def _charge(stage: Stage) -> None:
    await stage.pay()


async def _all(stage: Stage) -> None:
    await stage.all()


async def _work(stage: Stage) -> None:
    await stage.work()


async def _answer_lost(stage: Stage) -> None:
    await _booked_and_charged(stage)
    stage.vendor.faults = ["lost"]
    await stage.work()
    stage.clock.at += timedelta(seconds=10)


async def _look(stage: Stage) -> None:
    await reconcile(stage.rt)
    await stage.all()


async def _asked(stage: Stage) -> None:
    """The bank has asked, and the payer has said yes."""
    await stage.book()
    await stage.pay("challenge")
    await stage.work()
    stage.vendor.answer(list(stage.vendor.charges)[-1], approve=True)


async def _message(stage: Stage) -> None:
    await stage.message(list(stage.vendor.charges)[-1])
    await stage.all()


async def _expired(stage: Stage) -> None:
    """Its time was over before the payer said yes."""
    stage.turn += 1
    await stage.book(ahead=4 + 3 * stage.turn)
    await stage.pay("challenge")
    await stage.all()
    stage.clock.at += timedelta(hours=13)
    await booking_jobs.expire(stage.rt)
    await stage.all()
    stage.vendor.answer(list(stage.vendor.charges)[-1], approve=True)


async def _expired_and_taken(stage: Stage) -> None:
    await _expired(stage)
    late = stage.made
    first = stage.booking.check_in_at.date() - stage.clock.at.date()
    await stage.book(ahead=first.days)
    stage.made = late


async def _expire(stage: Stage) -> None:
    stage.clock.at += timedelta(hours=13)
    await booking_jobs.expire(stage.rt)
    await stage.all()


async def _waiting_for_the_payer(stage: Stage) -> None:
    await stage.book()
    await stage.pay("challenge")
    await stage.all()


async def _taken(stage: Stage) -> None:
    await _booked_and_charged(stage)
    await stage.work()


async def _paid(stage: Stage) -> None:
    await stage.paid()


async def _held_in_days(stage: Stage) -> None:
    await stage.paid(ahead=10)
    part = (await stage.parts(stage.booking.id))[0]
    assert part.authorisation_expires_at is not None
    stage.clock.at = part.authorisation_expires_at - timedelta(hours=20)


async def _later(stage: Stage) -> None:
    await take_later_parts(stage.rt)
    await stage.all()


async def _at_the_door(stage: Stage) -> None:
    """The time has come, and of the guests before nothing is left to do."""
    await stage.paid()
    stage.clock.at = stage.booking.check_in_at - timedelta(minutes=1)
    for _ in range(2):
        await stage.begin_and_end()
    await stage.rest()
    stage.clock.at = stage.booking.check_in_at


async def _arrive(stage: Stage) -> None:
    await stage.arrived()


async def _staying(stage: Stage) -> None:
    await stage.paid()
    await stage.arrived()


async def _gone(stage: Stage) -> None:
    await stage.paid()
    await stage.left()
    stage.clock.at += timedelta(days=2)


async def _long_stay_paid(stage: Stage) -> None:
    await stage.paid(ahead=8, nights=3)
    balance = (await stage.parts(stage.booking.id))[1]
    assert balance.due_at is not None
    stage.clock.at = balance.due_at


async def _host_cancels(stage: Stage) -> None:
    await stage.cancel(Actor.HOST)
    await stage.all()


async def _guest_cancels(stage: Stage) -> None:
    await stage.cancel(Actor.GUEST)
    await stage.all()


async def _paid_for_tomorrow(stage: Stage) -> None:
    await stage.paid(ahead=1)


async def _give_back(stage: Stage) -> None:
    async with stage.rt.db.write() as tx:
        await grant_refund(
            tx,
            booking_id=stage.booking.id,
            amount=Money(999, "EUR"),
            reason="a wet towel",
            actor=Actor.HOST,
            actor_id=stage.guests[0],
            now=stage.clock.at,
        )
    await stage.all()


async def _claim_some(stage: Stage) -> None:
    await stage.claim(500)
    await stage.all()


async def _claim_all(stage: Stage) -> None:
    await stage.claim(9_000)
    await stage.all()


async def _shared(stage: Stage) -> None:
    await stage.book()
    await stage.split()
    await stage.pay("ok", "ok")


async def _shared_one_missing(stage: Stage) -> None:
    """The second payer never comes."""
    await stage.book()
    await stage.split()
    await stage.pay("ok")


async def _work_and_expire(stage: Stage) -> None:
    await stage.all()
    await _expire(stage)


async def _shared_one_refused(stage: Stage) -> None:
    await stage.book()
    await stage.split()
    await stage.pay("ok", "decline")


async def _shared_one_lapses(stage: Stage) -> None:
    """Both are held, one is taken; the other cannot be taken any more."""
    stage.vendor.lapsing = False
    await _shared(stage)
    await stage.work()
    await stage.one_job()
    stage.vendor.lapsing = True


async def _host_waits(stage: Stage) -> None:
    await _staying(stage)
    stage.clock.at += timedelta(hours=25)


async def _pay_hosts(stage: Stage) -> None:
    await pay_hosts(stage.rt)
    await stage.all()


async def _payout_lost(stage: Stage) -> None:
    await _host_waits(stage)
    stage.vendor.faults = ["lost"]
    await pay_hosts(stage.rt)
    stage.clock.at += timedelta(minutes=2)


async def _refund_given_up(stage: Stage) -> None:
    """The vendor was out of service until machines gave up."""
    await stage.paid()
    await stage.cancel(Actor.HOST)
    for _ in range(40):
        stage.vendor.faults = ["down"] * 3
        await stage.sweep()
        await stage.deliver_all()
        stage.clock.at += timedelta(hours=3)
    stage.vendor.faults = []
    stage.clock.at += timedelta(hours=1)


async def _try_again(stage: Stage) -> None:
    assert await stage.see_to_letters() == 1
    await stage.all()


async def _desk(stage: Stage) -> None:
    async with stage.rt.db.write() as tx:
        await payments.record_at_property(tx, stage.booking.id, note="cash", now=stage.clock.at)
    await stage.all()


_HELD, _DESK = PaymentTerms(Way.AUTHORISE), PaymentTerms(Way.AT_PROPERTY)
_IN_PARTS = PaymentTerms(Way.DEPOSIT, long_stay_nights=2, balance_days=5)
SCENES = (
    Scene("a booking", _nothing, _book),
    Scene("a charge is asked for", _book, _charge),
    Scene("a charge is made", _booked_and_charged, _work),
    Scene("a lost answer is found", _answer_lost, _look),
    Scene("a message of the vendor", _asked, _message),
    Scene("a paid booking is confirmed", _taken, _all),
    Scene("a booking expires while the bank asks", _waiting_for_the_payer, _expire),
    Scene("money comes after all, and the place is free", _expired, _message),
    Scene("money comes after all, and the place is gone", _expired_and_taken, _message, units=1),
    Scene("what is held is taken when the stay begins", _at_the_door, _arrive, _HELD),
    Scene("what is held is held anew", _held_in_days, _later, _HELD),
    Scene("of what is held a part is kept", _paid_for_tomorrow, _guest_cancels, _HELD),
    Scene("a host cancels", _paid, _host_cancels),
    Scene("a guest cancels late", _paid_for_tomorrow, _guest_cancels),
    Scene("some is given back", _paid, _give_back),
    Scene("a balance is taken", _long_stay_paid, _later, _IN_PARTS),
    Scene("a damage deposit is held", _at_the_door, _arrive, DAMAGES),
    Scene("a damage deposit is let go", _gone, _later, DAMAGES),
    Scene("damages are claimed", _staying, _claim_some, DAMAGES),
    Scene("a damage deposit is taken, for it cannot be held", _at_the_door, _arrive, DAMAGES, TAKES),
    Scene("a damage deposit that was taken goes back", _gone, _later, DAMAGES, TAKES),
    Scene("damages are claimed of what was taken", _staying, _claim_some, DAMAGES, TAKES),
    Scene("all that was taken is claimed", _staying, _claim_all, DAMAGES, TAKES),
    Scene("two methods share it", _shared, _all),
    Scene("one of two is refused", _shared_one_refused, _all),
    Scene("one of two is refused and the other was taken", _shared_one_refused, _all, can=TAKES),
    Scene("one of two never comes", _shared_one_missing, _work_and_expire),
    Scene("one of two never comes and the other was taken", _shared_one_missing, _work_and_expire, can=TAKES),
    Scene("one of two lapses", _shared_one_lapses, _all),
    Scene("a host is paid", _host_waits, _pay_hosts),
    Scene("the answer about a payout is lost", _payout_lost, _pay_hosts),
    Scene("a person tries a refund again", _refund_given_up, _try_again),
    Scene("money at the desk", _book, _desk, _DESK),
)
