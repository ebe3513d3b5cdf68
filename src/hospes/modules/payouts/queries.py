"""Reading payouts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.payouts.contracts import (
    AccountStatus,
    Earning,
    Finding,
    Hold,
    Payout,
    PayoutAccount,
    PayoutLine,
    PayoutStatus,
    ShareLine,
)
from hospes.platform.db import ReadTx, Row
from hospes.platform.money import Money

_WITH_HELD = (
    "SELECT e.*, EXISTS (SELECT FROM payouts.hold AS h WHERE h.business_id = e.business_id AND h.released_at IS NULL"
    " AND (h.booking_id IS NULL OR h.booking_id = e.booking_id)) AS held"
    " FROM payouts.earning AS e"
)


async def find_terms(tx: ReadTx, business_id: UUID) -> int | None:
    """The commission of its own that a business has, in basis points."""
    row = await tx.find("SELECT commission_bp FROM payouts.terms WHERE business_id = %s", (business_id,))
    return row["commission_bp"] if row else None


async def find_earning(tx: ReadTx, booking_id: UUID) -> Earning | None:
    """What a booking earns, or None before it was first confirmed."""
    row = await tx.find(_WITH_HELD + " WHERE booking_id = %s", (booking_id,))
    return earning_from(row) if row else None


async def list_due(tx: ReadTx, business_id: UUID) -> list[Earning]:
    """Every earning of which something is not in a payout yet, or too much is."""
    rows = await tx.all(
        _WITH_HELD + " WHERE business_id = %s AND earned + taxes <> paid_out ORDER BY available_at, booking_id",
        (business_id,),
    )
    return [earning_from(row) for row in rows]


async def list_earnings(
    tx: ReadTx, business_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Earning]:
    """Bookings and what they earn, the latest first."""
    rows = await tx.all(
        _WITH_HELD + " WHERE business_id = %(business)s"
        " AND (%(at)s::timestamptz IS NULL OR (available_at, booking_id) < (%(at)s, %(id)s::uuid))"
        " ORDER BY available_at DESC, booking_id DESC LIMIT %(limit)s",
        {
            "business": business_id,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": limit,
        },
    )
    return [earning_from(row) for row in rows]


async def earned_by_month(tx: ReadTx, business_id: UUID, since: datetime) -> list[tuple[str, str, int]]:
    """(month as 2026-07, currency, host's share without taxes) by the month in which it becomes available."""
    rows = await tx.all(
        "SELECT to_char(available_at, 'YYYY-MM') AS month, currency, sum(earned)::bigint AS amount"
        " FROM payouts.earning WHERE business_id = %s AND available_at >= %s GROUP BY 1, 2 ORDER BY 1, 2",
        (business_id, since),
    )
    return [(row["month"], row["currency"], row["amount"]) for row in rows]


async def open_amounts(tx: ReadTx, business_id: UUID) -> dict[str, int]:
    """What is on its way, by currency."""
    rows = await tx.all(
        "SELECT currency, sum(amount)::bigint AS amount FROM payouts.payout WHERE business_id = %s"
        " AND status IN ('recorded', 'calling', 'unknown') GROUP BY 1",
        (business_id,),
    )
    return {row["currency"]: row["amount"] for row in rows}


async def find_account(tx: ReadTx, business_id: UUID) -> PayoutAccount | None:
    """Where a business is paid to, or None."""
    row = await tx.find("SELECT * FROM payouts.account WHERE business_id = %s", (business_id,))
    return account_from(row) if row else None


async def account_states(tx: ReadTx, business_ids: Sequence[UUID]) -> dict[UUID, str]:
    """How far the accounts of those of these businesses are that have one."""
    rows = await tx.all(
        "SELECT a.business_id, a.status FROM payouts.account AS a WHERE a.business_id = ANY(%s)", (list(business_ids),)
    )
    return {row["business_id"]: row["status"] for row in rows}


async def find_account_by_ref(tx: ReadTx, provider: str, ref: str) -> PayoutAccount | None:
    """The account that a provider calls so, or None."""
    row = await tx.find("SELECT * FROM payouts.account WHERE provider = %s AND ref = %s", (provider, ref))
    return account_from(row) if row else None


async def accounts_to_check(tx: ReadTx, *, before: datetime, limit: int) -> list[PayoutAccount]:
    """Accounts that are being opened or wait for their owner, and were not looked at since `before`."""
    rows = await tx.all(
        "SELECT * FROM payouts.account WHERE status <> 'enabled' AND COALESCE(checked_at, created_at) < %s"
        " ORDER BY checked_at NULLS FIRST LIMIT %s::bigint",
        (before, limit),
    )
    return [account_from(row) for row in rows]


async def find_account_of_provider(tx: ReadTx, provider: str, ref: str) -> PayoutAccount | None:
    """The account that the provider calls this, or None."""
    row = await tx.find("SELECT * FROM payouts.account WHERE provider = %s AND ref = %s", (provider, ref))
    return account_from(row) if row else None


async def businesses_to_pay(tx: ReadTx, now: datetime, *, identity_first: bool, limit: int) -> list[UUID]:
    """Businesses with an enabled account and something due that is not on hold; `identity_first`: whose owner has
    shown who they are."""
    rows = await tx.all(
        "SELECT a.business_id FROM payouts.account AS a WHERE a.status = 'enabled' AND EXISTS ("
        " SELECT FROM payouts.earning AS e WHERE e.business_id = a.business_id AND e.earned + e.taxes > e.paid_out"
        " AND e.available_at <= %s) AND NOT EXISTS (SELECT FROM payouts.hold AS h"
        " WHERE h.business_id = a.business_id AND h.booking_id IS NULL AND h.released_at IS NULL)"
        " AND (NOT %s OR EXISTS (SELECT FROM catalog.business AS b JOIN identity.identity_check AS c"
        " ON c.user_id = b.owner_id AND c.status IN ('approved', 'expired') WHERE b.id = a.business_id))"
        " ORDER BY a.business_id LIMIT %s::bigint",
        (now, identity_first, limit),
    )
    return [row["business_id"] for row in rows]


async def due_payouts(tx: ReadTx, now: datetime, *, limit: int) -> list[tuple[UUID, PayoutStatus]]:
    """Payouts whose next step has come."""
    rows = await tx.all(
        "SELECT id, status FROM payouts.payout WHERE next_try_at <= %s ORDER BY next_try_at LIMIT %s::bigint",
        (now, limit),
    )
    return [(row["id"], PayoutStatus(row["status"])) for row in rows]


async def find_payout(tx: ReadTx, payout_id: UUID) -> Payout | None:
    """The payout, or None."""
    row = await tx.find("SELECT * FROM payouts.payout WHERE id = %s", (payout_id,))
    return payout_from(row) if row else None


async def list_payouts(
    tx: ReadTx,
    business_id: UUID | None,
    *,
    status: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Payout]:
    """Payouts of a business, or of all, the latest first."""
    rows = await tx.all(
        "SELECT * FROM payouts.payout WHERE (%(business)s::uuid IS NULL OR business_id = %(business)s)"
        " AND (%(status)s::text IS NULL OR status = %(status)s)"
        " AND (%(at)s::timestamptz IS NULL OR (created_at, id) < (%(at)s, %(id)s::uuid))"
        " ORDER BY created_at DESC, id DESC LIMIT %(limit)s",
        {
            "business": business_id,
            "status": status,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": limit,
        },
    )
    return [payout_from(row) for row in rows]


async def paid_between(tx: ReadTx, business_id: UUID, since: datetime, until: datetime) -> list[Payout]:
    """Payouts that arrived in [since, until), in order."""
    rows = await tx.all(
        "SELECT * FROM payouts.payout WHERE business_id = %s AND paid_at >= %s AND paid_at < %s ORDER BY paid_at, id",
        (business_id, since, until),
    )
    return [payout_from(row) for row in rows]


async def lines_of(tx: ReadTx, payout_ids: Sequence[UUID]) -> dict[UUID, list[PayoutLine]]:
    """What payouts are made of."""
    rows = await tx.all(
        "SELECT l.*, COALESCE(e.reference, '') AS reference FROM payouts.payout_line AS l"
        " LEFT JOIN payouts.earning AS e ON e.booking_id = l.booking_id WHERE l.payout_id = ANY(%s)"
        " ORDER BY e.available_at NULLS LAST, l.booking_id",
        (list(payout_ids),),
    )
    found: dict[UUID, list[PayoutLine]] = {each: [] for each in payout_ids}
    for row in rows:
        found[row["payout_id"]].append(PayoutLine(row["booking_id"], row["reference"], row["amount"], row["taxes"]))
    return found


async def list_holds(tx: ReadTx, business_id: UUID | None = None, *, limit: int = 100) -> list[Hold]:
    """Holds that are in place, of a business or of all, the latest first."""
    rows = await tx.all(
        "SELECT id, business_id, booking_id, kind, reason, placed_at, released_at FROM payouts.hold"
        " WHERE released_at IS NULL AND (%(business)s::uuid IS NULL OR business_id = %(business)s)"
        " ORDER BY placed_at DESC, id DESC LIMIT %(limit)s",
        {"business": business_id, "limit": limit},
    )
    return [Hold(**row) for row in rows]


async def list_findings(tx: ReadTx, *, resolved: bool = False, limit: int = 100) -> list[Finding]:
    """Differences, the latest first."""
    rows = await tx.all(
        "SELECT id, provider, name, movement, kind, currency, ours, theirs, at, found_at, resolved_at, note"
        " FROM payouts.finding WHERE (resolved_at IS NOT NULL) = %s ORDER BY found_at DESC, id DESC LIMIT %s::bigint",
        (resolved, limit),
    )
    return [Finding(**row) for row in rows]


async def list_comparisons(tx: ReadTx) -> list[Row]:
    """When each provider's books were last compared: provider, compared_at, since, until, matched."""
    return await tx.all("SELECT * FROM payouts.comparison ORDER BY provider")


async def payouts_by_key(
    tx: ReadTx, provider: str, since: datetime, until: datetime, keys: Sequence[UUID]
) -> list[Row]:
    """Payouts that arrived in [since, until), and those of `keys` whenever that was: key, currency, amount, at."""
    return await tx.all(
        "SELECT id AS key, currency, amount, paid_at AS at FROM payouts.payout WHERE provider = %s AND status = 'paid'"
        " AND ((paid_at >= %s AND paid_at < %s) OR id = ANY(%s))",
        (provider, since, until, list(keys)),
    )


def earning_from(row: Row) -> Earning:
    """A row of earnings."""
    return Earning(
        booking_id=row["booking_id"],
        business_id=row["business_id"],
        reference=row["reference"],
        currency=row["currency"],
        commission_bp=row["commission_bp"],
        earned=row["earned"],
        taxes=row["taxes"],
        paid_out=row["paid_out"],
        taxes_out=row["taxes_out"],
        lines=tuple(ShareLine(**line) for line in row["lines"]),
        available_at=row["available_at"],
        confirmed_at=row["confirmed_at"],
        held=row.get("held", False),
    )


def account_from(row: Row) -> PayoutAccount:
    """A row of accounts."""
    return PayoutAccount(
        business_id=row["business_id"],
        id=row["id"],
        provider=row["provider"],
        email=row["email"],
        country=row["country"],
        details=row["details"],
        ref=row["ref"],
        status=AccountStatus(row["status"]),
        due=tuple(row["due"]),
        url=row["url"],
        checked_at=row["checked_at"],
        created_at=row["created_at"],
    )


def payout_from(row: Row) -> Payout:
    """A row of payouts."""
    return Payout(
        id=row["id"],
        business_id=row["business_id"],
        amount=Money(row["amount"], row["currency"]),
        taxes=row["taxes"],
        provider=row["provider"],
        account_ref=row["account_ref"],
        status=PayoutStatus(row["status"]),
        provider_ref=row["provider_ref"],
        reason=row["reason"],
        tries=row["tries"],
        next_try_at=row["next_try_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        paid_at=row["paid_at"],
    )
