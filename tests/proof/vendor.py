"""A vendor whose calls go wrong in every way a network knows, and whose own books are always right."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import orjson

from hospes.modules.payments.providers.port import (
    AccountState,
    Authorised,
    Capabilities,
    CaptureOrder,
    ChargeOrder,
    Declined,
    Kind,
    NeedsAction,
    Outcome,
    ProviderDown,
    ProviderEvent,
    RefundOrder,
    SignatureRefused,
    Succeeded,
    TransferOrder,
    Unknown,
    VoidOrder,
)

Fault = Literal["", "down", "lost", "killed_before", "killed_after"]
HELD_FOR = timedelta(days=7)


class Killed(BaseException):
    """The worker is gone, at once."""


async def _open(what: str) -> None:
    """A gate that everybody may pass."""


@dataclass
class Charge:
    """One charge as the vendor keeps it; `held` is what it could still take."""

    ref: str
    key: UUID
    outcome: Outcome
    held: int = 0
    taken: int = 0
    back: int = 0
    lapses_at: datetime | None = None


@dataclass
class Vendor:
    """Books in memory, one entry a key; `faults` are drawn by its calls, in order.

    `forgetful`: it does not keep our keys, so that the same order twice is two orders. `lapsing`: nothing that is held
    can be taken any more. `gate` is passed before and after each call, as it leaves and as its answer comes in.
    """

    now: Callable[[], datetime]
    name: str = "vendor"
    can: Capabilities = field(default_factory=lambda: Capabilities(authorise=True, save_methods=True))
    faults: list[Fault] = field(default_factory=list)
    forgetful: bool = False
    charges: dict[UUID, Charge] = field(default_factory=dict)
    extra: list[Charge] = field(default_factory=list)
    others: dict[UUID, Outcome] = field(default_factory=dict)
    transfers: list[TransferOrder] = field(default_factory=list)
    lapsing: bool = False
    gate: Callable[[str], Awaitable[None]] = _open

    async def charge(self, order: ChargeOrder) -> Outcome:
        return await self._faulty("charge", lambda: self._charged(order))

    async def capture(self, order: CaptureOrder) -> Outcome:
        return await self._faulty("capture", lambda: self._once(order.key, lambda: self._captured(order)))

    async def void(self, order: VoidOrder) -> Outcome:
        return await self._faulty("void", lambda: self._once(order.key, lambda: self._voided(order)))

    async def refund(self, order: RefundOrder) -> Outcome:
        return await self._faulty("refund", lambda: self._once(order.key, lambda: self._refunded(order)))

    async def transfer(self, order: TransferOrder) -> Outcome:
        return await self._faulty("transfer", lambda: self._once(order.key, lambda: self._transferred(order)))

    async def account_state(self, ref: str) -> AccountState:
        return AccountState(True)

    async def look_up(
        self, key: UUID, kind: Kind, *, ref: str | None = None, target: str | None = None
    ) -> Outcome | None:
        await self.gate(f"look up {kind}")
        if kind in ("charge", "authorise"):
            found = self.charges.get(key)
            return found.outcome if found and not self.forgetful else None
        return self.others.get(key)

    async def parse_webhook(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> ProviderEvent:
        try:
            said = orjson.loads(raw)
            return ProviderEvent(said["id"], "charge.moved", UUID(said["key"]), said)
        except (orjson.JSONDecodeError, KeyError, ValueError) as fault:
            raise SignatureRefused("not ours") from fault

    def answer(self, key: UUID, *, approve: bool) -> bool:
        """The payer answers the bank's question; whether there was one."""
        charge = self.charges.get(key)
        if charge is None or not isinstance(charge.outcome, NeedsAction):
            return False
        amount, capture = charge.outcome.action["amount"], charge.outcome.action["capture"]
        if not approve:
            charge.outcome = Declined("challenge_declined", charge.ref)
        elif capture:
            charge.taken, charge.outcome = amount.amount, Succeeded(charge.ref, amount)
        else:
            charge.held, charge.lapses_at = amount.amount, self.now() + HELD_FOR
            charge.outcome = Authorised(charge.ref, amount, charge.lapses_at)
        return True

    def held_by(self, charge: Charge) -> int:
        """What is still reserved on the payer's card."""
        return charge.held if charge.lapses_at is not None and self.now() < charge.lapses_at else 0

    @property
    def every(self) -> list[Charge]:
        """Every charge there is."""
        return [*self.charges.values(), *self.extra]

    def _charged(self, order: ChargeOrder) -> Outcome:
        known = self.charges.get(order.key)
        if known is not None and not self.forgetful:
            return known.outcome
        ref = f"ch_{len(self.every)}"
        made = Charge(ref, order.key, self._judged(ref, order))
        if isinstance(made.outcome, Succeeded):
            made.taken = order.amount.amount
        if isinstance(made.outcome, Authorised):
            made.held, made.lapses_at = order.amount.amount, made.outcome.expires_at
        if known is not None:
            self.extra.append(made)
        else:
            self.charges[order.key] = made
        return made.outcome

    def _judged(self, ref: str, order: ChargeOrder) -> Outcome:
        token = order.method.token
        if token == "decline":
            return Declined("insufficient_funds", ref)
        if token == "challenge" and not order.off_session:
            return NeedsAction(ref, {"kind": "redirect", "url": "/", "amount": order.amount, "capture": order.capture})
        if token == "challenge":
            return Declined("authentication_required", ref)
        if order.capture:
            return Succeeded(ref, order.amount, fee=7, method=order.method, customer="cus_1")
        if not self.can.authorise:
            return Declined("not_supported", ref)
        return Authorised(ref, order.amount, self.now() + HELD_FOR, order.method, "cus_1")

    def _captured(self, order: CaptureOrder) -> Outcome:
        charge = self._named(order.charge_ref)
        if charge is None or self.lapsing or self.held_by(charge) < order.amount.amount:
            return Declined("authorisation_expired", order.charge_ref)
        charge.taken, charge.held = order.amount.amount, 0
        return Succeeded(charge.ref, order.amount)

    def _voided(self, order: VoidOrder) -> Outcome:
        charge = self._named(order.charge_ref)
        if charge is None or charge.taken:
            return Declined("void_refused", order.charge_ref)
        charge.held = 0
        amount = charge.outcome.amount if isinstance(charge.outcome, Authorised) else None
        assert amount is not None
        return Succeeded(charge.ref, amount)

    def _refunded(self, order: RefundOrder) -> Outcome:
        charge = self._named(order.charge_ref)
        if charge is None or charge.taken - charge.back < order.amount.amount:
            return Declined("refund_refused", order.charge_ref)
        charge.back += order.amount.amount
        return Succeeded(f"re_{len(self.others)}", order.amount)

    def _transferred(self, order: TransferOrder) -> Outcome:
        self.transfers.append(order)
        return Succeeded(f"tr_{len(self.transfers)}", order.amount, fee=25)

    def _named(self, ref: str) -> Charge | None:
        return next((each for each in self.every if each.ref == ref), None)

    def _once(self, key: UUID, make: Callable[[], Outcome]) -> Outcome:
        if key not in self.others or self.forgetful:
            self.others[key] = make()
        return self.others[key]

    async def _faulty(self, what: str, act: Callable[[], Outcome]) -> Outcome:
        await self.gate(what)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down":
            raise ProviderDown("as drawn")
        if fault == "killed_before":
            raise Killed
        outcome = act()
        if fault == "killed_after":
            raise Killed
        await self.gate(f"{what}, done")
        return Unknown("lost on the way, as drawn") if fault == "lost" else outcome
