"""The sandbox vendor's own books (schema `sandbox`): tokens, charges, refunds.

Each call is a transaction of its own, as on a server far away.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID

from hospes.platform.db import Database, WriteTx
from hospes.platform.money import Money

_CHARGE: LiteralString = (
    "SELECT c.id, c.amount, c.captured, c.currency, c.status, c.reason, c.action_url, c.expires_at, c.customer,"
    " c.token, t.behaviour, t.brand, t.last4, t.fingerprint FROM sandbox.charge c"
    " LEFT JOIN sandbox.token t ON t.id = c.token WHERE c."
)


@dataclass(frozen=True, slots=True)
class KeptToken:
    """What a token remembers of its test card; `customer` is set once it is saved."""

    behaviour: str
    brand: str
    last4: str
    customer: str | None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class NewCharge:
    """A charge to be booked."""

    key: UUID
    amount: Money
    token: str
    status: str
    reason: str | None = None
    action_url: str | None = None
    expires_at: datetime | None = None  # of an authorisation
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class BookedCharge:
    """A charge as the vendor keeps it; `taken` is what was captured."""

    id: str
    amount: Money
    taken: Money
    status: str
    reason: str | None
    action_url: str | None
    expires_at: datetime | None
    customer: str | None
    token: str
    behaviour: str
    brand: str
    last4: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class BookedSaving:
    """A method kept without taking anything, or waiting for its payer."""

    token: str
    status: str
    action_url: str | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class BookedRefund:
    """A refund as the vendor keeps it."""

    id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class BookedEnding:
    """How an authorisation ended: `capture` or `void`."""

    charge_id: str
    kind: str
    amount: Money


class SandboxBooks:
    """Tokens, charges and refunds, one per idempotency key."""

    def __init__(self, db: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.db = db
        self.now = now

    async def keep_token(self, *, behaviour: str, brand: str, last4: str, fingerprint: str = "") -> str:
        """A fresh token for a test card."""
        token = f"tok_{secrets.token_urlsafe(18)}"
        async with self.db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.token (id, behaviour, brand, last4, fingerprint) VALUES (%s, %s, %s, %s, %s)",
                (token, behaviour, brand, last4, fingerprint),
            )
        return token

    async def find_token(self, token: str) -> KeptToken | None:
        """What the token's test card is; None for one that was never given, or was forgotten."""
        async with self.db.read() as tx:
            row = await tx.find(
                "SELECT t.behaviour, t.brand, t.last4, t.customer, t.fingerprint FROM sandbox.token t"
                " WHERE t.id = %s AND NOT t.forgotten",
                (token,),
            )
        return KeptToken(**row) if row else None

    async def save_token(self, token: str, customer: str | None) -> str:
        """The customer whose saved method this is from now on."""
        async with self.db.write() as tx:
            row = await tx.find(
                "UPDATE sandbox.token SET customer = COALESCE(customer, %s) WHERE id = %s RETURNING customer",
                (customer or f"cus_{secrets.token_hex(8)}", token),
            )
        assert row is not None
        return str(row["customer"])

    async def forget_token(self, token: str) -> None:
        """The token cannot be charged any more."""
        async with self.db.write() as tx:
            await tx.run("UPDATE sandbox.token SET forgotten = true WHERE id = %s", (token,))

    async def book_saving(self, key: UUID, token: str, *, asks: str | None, customer: str | None) -> str:
        """The name of the saving of this key; `asks`: where its payer is asked first."""
        async with self.db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.saving (id, idempotency_key, token, status, action_url, customer, created_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (idempotency_key) DO NOTHING",
                (ref("seti"), str(key), token, "needs_action" if asks else "saved", asks, customer, self.now()),
            )
            row = await tx.find("SELECT s.id FROM sandbox.saving s WHERE s.idempotency_key = %s", (str(key),))
        assert row is not None
        return str(row["id"])

    async def find_saving(self, saving: str) -> BookedSaving | None:
        """The saving of this name."""
        async with self.db.write() as tx:
            row = await tx.find(
                "SELECT s.token, s.status, s.action_url, s.customer FROM sandbox.saving s WHERE s.id = %s", (saving,)
            )
        return BookedSaving(**row) if row else None

    async def book_charge(self, new: NewCharge) -> BookedCharge:
        """The charge of this key; booked now unless it was before."""
        async with self.db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.charge (id, idempotency_key, token, amount, currency, status, reason, action_url,"
                " expires_at, customer, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (idempotency_key) DO NOTHING",
                (
                    *(ref("ch"), str(new.key), new.token, new.amount.amount, new.amount.currency, new.status),
                    *(new.reason, new.action_url, new.expires_at, new.customer, self.now()),
                ),
            )
            booked = await _charge(tx, new.key)
        assert booked is not None
        return booked

    async def find_charge(self, key: UUID) -> BookedCharge | None:
        """The charge of this key."""
        async with self.db.write() as tx:
            return await _charge(tx, key)

    async def charge_named(self, charge_ref: str) -> BookedCharge | None:
        """The charge of this name."""
        async with self.db.write() as tx:
            return _booked(await tx.find(_CHARGE + "id = %s", (charge_ref,)))

    async def answer(self, key: UUID, *, approve: bool) -> None:
        """Settle a charge or a saving that waits for its payer; others stay as they are."""
        async with self.db.write() as tx:
            await tx.run(
                "UPDATE sandbox.saving SET status = %s WHERE idempotency_key = %s AND status = 'needs_action'",
                ("saved" if approve else "declined", str(key)),
            )
            await tx.run(
                "UPDATE sandbox.charge SET reason = %s, status = CASE WHEN NOT %s THEN 'declined'"
                " WHEN expires_at IS NULL THEN 'succeeded' ELSE 'authorised' END"
                " WHERE idempotency_key = %s AND status = 'needs_action'",
                (None if approve else "challenge_declined", approve, str(key)),
            )

    async def end(self, key: UUID, charge_ref: str, kind: str, amount: Money | None) -> BookedEnding | None:
        """End an authorisation, once: the ending of this key, or None when it has ended otherwise or never was one."""
        async with self.db.write() as tx:
            charge = _booked(await tx.find(_CHARGE + "id = %s FOR UPDATE OF c", (charge_ref,)))
            known = await _ending(tx, key)
            waits = charge is not None and charge.status in ("authorised", "needs_action")
            if known or charge is None or not waits:
                return known
            of = amount or charge.amount
            if of.currency != charge.amount.currency or not 0 < of.amount <= charge.amount.amount:
                return None
            await tx.run(
                "UPDATE sandbox.charge SET status = %s, captured = %s WHERE id = %s",
                ("succeeded", of.amount, charge.id) if kind == "capture" else ("voided", None, charge.id),
            )
            await tx.run(
                "INSERT INTO sandbox.ending (idempotency_key, charge_id, kind, amount, created_at)"
                " VALUES (%s, %s, %s, %s, %s)",
                (str(key), charge.id, kind, of.amount, self.now()),
            )
            return BookedEnding(charge.id, kind, of)

    async def find_ending(self, key: UUID) -> BookedEnding | None:
        """The ending of this key."""
        async with self.db.write() as tx:
            return await _ending(tx, key)

    async def book_refund(self, key: UUID, charge_ref: str, amount: Money) -> BookedRefund | None:
        """The refund of this key; booked now unless it was before. None when the charge has not that much left."""
        async with self.db.write() as tx:
            charge = await tx.find(
                "SELECT COALESCE(c.captured, c.amount) AS taken, c.refunded, c.currency, c.status"
                " FROM sandbox.charge c WHERE c.id = %s FOR UPDATE",
                (charge_ref,),
            )
            known = await _refund(tx, key)
            if known or charge is None or charge["status"] != "succeeded" or charge["currency"] != amount.currency:
                return known
            if amount.amount <= 0 or charge["refunded"] + amount.amount > charge["taken"]:
                return None
            await tx.run(
                "UPDATE sandbox.charge SET refunded = refunded + %s WHERE id = %s", (amount.amount, charge_ref)
            )
            await tx.run(
                "INSERT INTO sandbox.refund (id, idempotency_key, charge_id, amount, created_at)"
                " VALUES (%s, %s, %s, %s, %s)",
                (ref("re"), str(key), charge_ref, amount.amount, self.now()),
            )
            return await _refund(tx, key)

    async def find_refund(self, key: UUID) -> BookedRefund | None:
        """The refund of this key."""
        async with self.db.write() as tx:
            return await _refund(tx, key)

    async def count_outage(self, key: UUID) -> int:
        """How often this key has now found the vendor out of service."""
        async with self.db.write() as tx:
            row = await tx.find(
                "INSERT INTO sandbox.outage AS o (idempotency_key, times) VALUES (%s, 1)"
                " ON CONFLICT (idempotency_key) DO UPDATE SET times = o.times + 1 RETURNING o.times",
                (str(key),),
            )
        assert row is not None
        return int(row["times"])


def ref(prefix: str) -> str:
    """A fresh name in the vendor's style."""
    return f"{prefix}_{secrets.token_hex(12)}"


async def _charge(tx: WriteTx, key: UUID) -> BookedCharge | None:
    return _booked(await tx.find(_CHARGE + "idempotency_key = %s", (str(key),)))


def _booked(row: dict[str, Any] | None) -> BookedCharge | None:
    if row is None:
        return None
    amount, currency = row["amount"], row["currency"]
    taken = (row["captured"] or amount) if row["status"] == "succeeded" else 0
    return BookedCharge(
        id=row["id"],
        amount=Money(amount, currency),
        taken=Money(taken, currency),
        status=row["status"],
        reason=row["reason"],
        action_url=row["action_url"],
        expires_at=row["expires_at"],
        customer=row["customer"],
        token=row["token"],
        behaviour=row["behaviour"] or "succeed",
        brand=row["brand"] or "",
        last4=row["last4"] or "",
        fingerprint=row["fingerprint"] or "",
    )


async def _refund(tx: WriteTx, key: UUID) -> BookedRefund | None:
    row = await tx.find(
        "SELECT r.id, r.amount, c.currency FROM sandbox.refund r JOIN sandbox.charge c ON c.id = r.charge_id"
        " WHERE r.idempotency_key = %s",
        (str(key),),
    )
    return BookedRefund(row["id"], Money(row["amount"], row["currency"])) if row else None


async def _ending(tx: WriteTx, key: UUID) -> BookedEnding | None:
    row = await tx.find(
        "SELECT e.charge_id, e.kind, e.amount, c.currency FROM sandbox.ending e"
        " JOIN sandbox.charge c ON c.id = e.charge_id WHERE e.idempotency_key = %s",
        (str(key),),
    )
    return BookedEnding(row["charge_id"], row["kind"], Money(row["amount"], row["currency"])) if row else None
