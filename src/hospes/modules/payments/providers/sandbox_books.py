"""The sandbox vendor's own books (schema `sandbox`). Each call is a transaction of its own, as on a server far away."""

import secrets
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from hospes.platform.db import Database, WriteTx
from hospes.platform.money import Money

_CHARGE: LiteralString = (
    "SELECT c.id, c.amount, c.currency, c.status, c.reason, c.action_url FROM sandbox.charge c WHERE c."
)


@dataclass(frozen=True, slots=True)
class BookedCharge:
    """A charge as the vendor keeps it."""

    id: str
    amount: Money
    status: str
    reason: str | None
    action_url: str | None


@dataclass(frozen=True, slots=True)
class BookedRefund:
    """A refund as the vendor keeps it."""

    id: str
    amount: Money


class SandboxBooks:
    """Tokens, charges and refunds, one per idempotency key."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def keep_token(self, *, behaviour: str, brand: str, last4: str) -> str:
        """A fresh token for a test card."""
        token = f"tok_{secrets.token_urlsafe(18)}"
        async with self._db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.token (id, behaviour, brand, last4) VALUES (%s, %s, %s, %s)",
                (token, behaviour, brand, last4),
            )
        return token

    async def behaviour_of(self, token: str) -> str | None:
        """What the token's test card does."""
        async with self._db.read() as tx:
            row = await tx.find("SELECT t.behaviour FROM sandbox.token t WHERE t.id = %s", (token,))
        return str(row["behaviour"]) if row else None

    async def book_charge(
        self, key: UUID, amount: Money, *, token: str, status: str, reason: str | None, action_url: str | None
    ) -> BookedCharge:
        """The charge of this key; booked now unless it was before."""
        async with self._db.write() as tx:
            await tx.run(
                "INSERT INTO sandbox.charge (id, idempotency_key, token, amount, currency, status, reason, action_url)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (idempotency_key) DO NOTHING",
                (_ref("ch"), str(key), token, amount.amount, amount.currency, status, reason, action_url),
            )
            booked = await _charge(tx, key)
        assert booked is not None
        return booked

    async def find_charge(self, key: UUID) -> BookedCharge | None:
        """The charge of this key."""
        async with self._db.write() as tx:
            return await _charge(tx, key)

    async def answer(self, key: UUID, *, approve: bool) -> None:
        """Settle a charge that waits for its payer; others stay as they are."""
        async with self._db.write() as tx:
            await tx.run(
                "UPDATE sandbox.charge SET status = %s, reason = %s"
                " WHERE idempotency_key = %s AND status = 'needs_action'",
                ("succeeded" if approve else "declined", None if approve else "challenge_declined", str(key)),
            )

    async def book_refund(self, key: UUID, charge_ref: str, amount: Money) -> BookedRefund | None:
        """The refund of this key; booked now unless it was before. None when the charge has not that much left."""
        async with self._db.write() as tx:
            charge = await tx.find(
                "SELECT c.amount, c.refunded, c.currency, c.status FROM sandbox.charge c WHERE c.id = %s FOR UPDATE",
                (charge_ref,),
            )
            known = await _refund(tx, key)
            if known or charge is None or charge["status"] != "succeeded" or charge["currency"] != amount.currency:
                return known
            if charge["refunded"] + amount.amount > charge["amount"]:
                return None
            await tx.run(
                "UPDATE sandbox.charge SET refunded = refunded + %s WHERE id = %s", (amount.amount, charge_ref)
            )
            await tx.run(
                "INSERT INTO sandbox.refund (id, idempotency_key, charge_id, amount) VALUES (%s, %s, %s, %s)",
                (_ref("re"), str(key), charge_ref, amount.amount),
            )
            return await _refund(tx, key)

    async def find_refund(self, key: UUID) -> BookedRefund | None:
        """The refund of this key."""
        async with self._db.write() as tx:
            return await _refund(tx, key)

    async def count_outage(self, key: UUID) -> int:
        """How often this key has now found the vendor out of service."""
        async with self._db.write() as tx:
            row = await tx.find(
                "INSERT INTO sandbox.outage AS o (idempotency_key, times) VALUES (%s, 1)"
                " ON CONFLICT (idempotency_key) DO UPDATE SET times = o.times + 1 RETURNING o.times",
                (str(key),),
            )
        assert row is not None
        return int(row["times"])


async def _charge(tx: WriteTx, key: UUID) -> BookedCharge | None:
    row = await tx.find(_CHARGE + "idempotency_key = %s", (str(key),))
    if row is None:
        return None
    amount = Money(row["amount"], row["currency"])
    return BookedCharge(row["id"], amount, row["status"], row["reason"], row["action_url"])


async def _refund(tx: WriteTx, key: UUID) -> BookedRefund | None:
    row = await tx.find(
        "SELECT r.id, r.amount, c.currency FROM sandbox.refund r JOIN sandbox.charge c ON c.id = r.charge_id"
        " WHERE r.idempotency_key = %s",
        (str(key),),
    )
    return BookedRefund(row["id"], Money(row["amount"], row["currency"])) if row else None


def _ref(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
