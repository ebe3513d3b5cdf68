"""The write side of payouts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.payouts.contracts import (
    AccountStatus,
    Earning,
    Finding,
    Payout,
    PayoutAccount,
    PayoutStatus,
    Shares,
)
from hospes.modules.payouts.queries import account_from, earning_from, payout_from
from hospes.platform.db import WriteTx


async def lock_earning(tx: WriteTx, fresh: Earning, *, now: datetime) -> Earning:
    """The earning of a booking, made if there is none yet; whoever allocates it next waits."""
    await tx.run(
        "INSERT INTO payouts.earning (booking_id, business_id, currency, reference, commission_bp, available_at,"
        " confirmed_at, updated_at) VALUES (%s, %s, %s, %s, %s::integer, %s, %s, %s) ON CONFLICT DO NOTHING",
        (
            *(fresh.booking_id, fresh.business_id, fresh.currency, fresh.reference, fresh.commission_bp),
            *(fresh.available_at, fresh.confirmed_at, now),
        ),
    )
    row = await tx.find("SELECT * FROM payouts.earning WHERE booking_id = %s FOR UPDATE", (fresh.booking_id,))
    assert row is not None
    return earning_from(row)


async def set_earned(
    tx: WriteTx,
    booking_id: UUID,
    *,
    earned: int,
    taxes: int,
    lines: Sequence[dict[str, Any]],
    available_at: datetime,
    now: datetime,
) -> None:
    """What the ledger says now; the row is locked."""
    await tx.run(
        "UPDATE payouts.earning SET earned = %s::bigint, taxes = %s::bigint, lines = %s, available_at = %s,"
        " updated_at = %s WHERE booking_id = %s",
        (earned, taxes, Jsonb(list(lines)), available_at, now, booking_id),
    )


async def put_terms(tx: WriteTx, business_id: UUID, commission_bp: int, *, user_id: UUID, now: datetime) -> None:
    """A commission of its own, for bookings confirmed from now on."""
    await tx.run(
        "INSERT INTO payouts.terms (business_id, commission_bp, updated_at, updated_by)"
        " VALUES (%s, %s::integer, %s, %s) ON CONFLICT (business_id)"
        " DO UPDATE SET commission_bp = EXCLUDED.commission_bp, updated_at = EXCLUDED.updated_at,"
        " updated_by = EXCLUDED.updated_by",
        (business_id, commission_bp, now, user_id),
    )


async def lock_account(tx: WriteTx, business_id: UUID) -> PayoutAccount | None:
    """The account; whoever wants to pay the same business waits."""
    row = await tx.find("SELECT * FROM payouts.account WHERE business_id = %s FOR UPDATE", (business_id,))
    return account_from(row) if row else None


async def insert_account(tx: WriteTx, account: PayoutAccount) -> bool:
    """Whether the business had none."""
    return bool(
        await tx.run(
            "INSERT INTO payouts.account (business_id, id, provider, email, country, details, status, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, 'opening', %s) ON CONFLICT (business_id) DO UPDATE"
            " SET id = EXCLUDED.id, provider = EXCLUDED.provider, email = EXCLUDED.email, country = EXCLUDED.country,"
            " details = EXCLUDED.details WHERE payouts.account.status = 'opening' AND payouts.account.ref IS NULL",
            (
                *(account.business_id, account.id, account.provider, account.email, account.country),
                *(Jsonb(account.details), account.created_at),
            ),
        )
    )


async def set_account(
    tx: WriteTx,
    business_id: UUID,
    *,
    ref: str,
    status: AccountStatus,
    due: Sequence[str],
    url: str,
    now: datetime,
) -> bool:
    """What the provider says of it; whether its status is another than before. Details are forgotten."""
    row = await tx.find(
        "UPDATE payouts.account AS a SET ref = %s, status = %s, due = %s, url = %s, checked_at = %s, details = '{}'"
        " FROM (SELECT business_id, status FROM payouts.account WHERE business_id = %s FOR UPDATE) AS old"
        " WHERE a.business_id = old.business_id RETURNING old.status <> a.status AS moved",
        (ref, str(status), list(due), url, now, business_id),
    )
    return bool(row and row["moved"])


async def insert_payout(tx: WriteTx, payout: Payout) -> bool:
    """Whether it was recorded; False while another to the same business in the same currency is under way."""
    return bool(
        await tx.run(
            "INSERT INTO payouts.payout (id, business_id, currency, amount, taxes, provider, account_ref, status,"
            " next_try_at, created_at, updated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, 'recorded', %s, %s, %s)"
            " ON CONFLICT (business_id, currency) WHERE status IN ('recorded', 'calling', 'unknown') DO NOTHING",
            (
                *(payout.id, payout.business_id, payout.amount.currency, payout.amount.amount, payout.taxes),
                *(payout.provider, payout.account_ref, payout.next_try_at, payout.created_at, payout.updated_at),
            ),
        )
    )


async def insert_lines(tx: WriteTx, payout_id: UUID, lines: Sequence[tuple[UUID | None, int, int]]) -> None:
    """(booking, amount, taxes); what is in a payout is not due any more."""
    await tx.run_many(
        "INSERT INTO payouts.payout_line (payout_id, booking_id, amount, taxes) VALUES (%s, %s, %s, %s)",
        [(payout_id, *line) for line in lines],
    )
    await tx.run(
        "UPDATE payouts.earning AS e SET paid_out = e.paid_out + l.amount, taxes_out = e.taxes_out + l.taxes"
        " FROM payouts.payout_line AS l WHERE l.payout_id = %s AND l.booking_id = e.booking_id",
        (payout_id,),
    )


async def give_lines_back(tx: WriteTx, payout_id: UUID) -> None:
    """A payout that failed: what was in it is due again."""
    await tx.run(
        "UPDATE payouts.earning AS e SET paid_out = e.paid_out - l.amount, taxes_out = e.taxes_out - l.taxes"
        " FROM payouts.payout_line AS l WHERE l.payout_id = %s AND l.booking_id = e.booking_id",
        (payout_id,),
    )


async def lock_payout(tx: WriteTx, payout_id: UUID) -> Payout | None:
    """The payout; whoever moves it next waits."""
    row = await tx.find("SELECT * FROM payouts.payout WHERE id = %s FOR UPDATE", (payout_id,))
    return payout_from(row) if row else None


async def move_payout(
    tx: WriteTx,
    payout: Payout,
    to: PayoutStatus,
    *,
    ref: str | None = None,
    reason: str | None = None,
    tries: int | None = None,
    next_try_at: datetime | None,
    now: datetime,
) -> bool:
    """Move on from the status that was seen; False when somebody else moved it first."""
    return bool(
        await tx.run(
            "UPDATE payouts.payout SET status = %s, provider_ref = COALESCE(%s, provider_ref), reason = %s,"
            " tries = COALESCE(%s::smallint, tries), next_try_at = %s, updated_at = %s,"
            " paid_at = %s::timestamptz WHERE id = %s AND status = %s",
            (
                *(str(to), ref, reason, tries, next_try_at, now, now if to is PayoutStatus.PAID else None),
                *(payout.id, str(payout.status)),
            ),
        )
    )


async def insert_hold(
    tx: WriteTx,
    *,
    hold_id: UUID,
    business_id: UUID,
    booking_id: UUID | None,
    kind: str,
    reason: str,
    user_id: UUID | None,
    now: datetime,
) -> bool:
    """Whether there was none of this kind."""
    return bool(
        await tx.run(
            "INSERT INTO payouts.hold (id, business_id, booking_id, kind, reason, placed_at, placed_by)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (business_id, booking_id, kind) WHERE released_at IS NULL DO NOTHING",
            (hold_id, business_id, booking_id, kind, reason, now, user_id),
        )
    )


async def release_hold(tx: WriteTx, hold_id: UUID, *, user_id: UUID | None, now: datetime) -> UUID | None:
    """The business whose hold it was; None when it is not in place."""
    row = await tx.find(
        "UPDATE payouts.hold SET released_at = %s, released_by = %s WHERE id = %s AND released_at IS NULL"
        " RETURNING business_id",
        (now, user_id, hold_id),
    )
    return row["business_id"] if row else None


async def release_holds(tx: WriteTx, business_id: UUID, booking_id: UUID | None, kind: str, *, now: datetime) -> int:
    """Those of a kind that nobody needs any more; answers how many."""
    return await tx.run(
        "UPDATE payouts.hold SET released_at = %s WHERE business_id = %s AND booking_id IS NOT DISTINCT FROM %s"
        " AND kind = %s AND released_at IS NULL",
        (now, business_id, booking_id, kind),
    )


async def put_finding(tx: WriteTx, finding: Finding) -> None:
    """Keep a difference; one that is known is brought up to date, one that was resolved stays so unless the amounts
    are others now."""
    await tx.run(
        "INSERT INTO payouts.finding AS f (id, provider, name, movement, kind, currency, ours, theirs, at, found_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s::bigint, %s::bigint, %s, %s) ON CONFLICT (provider, name, movement)"
        " DO UPDATE SET kind = EXCLUDED.kind, ours = EXCLUDED.ours, theirs = EXCLUDED.theirs,"
        " resolved_at = NULL, resolved_by = NULL WHERE (f.ours, f.theirs) IS DISTINCT FROM"
        " (EXCLUDED.ours, EXCLUDED.theirs)",
        (
            *(finding.id, finding.provider, finding.name, finding.movement, finding.kind, finding.currency),
            *(finding.ours, finding.theirs, finding.at, finding.found_at),
        ),
    )


async def settle_findings(tx: WriteTx, provider: str, names: Sequence[str], *, now: datetime) -> int:
    """Those that agree now; answers how many were open."""
    return await tx.run(
        "UPDATE payouts.finding SET resolved_at = %s, note = 'It agreed later.'"
        " WHERE provider = %s AND name = ANY(%s) AND resolved_at IS NULL",
        (now, provider, list(names)),
    )


async def resolve_finding(tx: WriteTx, finding_id: UUID, *, user_id: UUID, note: str, now: datetime) -> bool:
    """Whether it was open."""
    return bool(
        await tx.run(
            "UPDATE payouts.finding SET resolved_at = %s, resolved_by = %s, note = %s"
            " WHERE id = %s AND resolved_at IS NULL",
            (now, user_id, note, finding_id),
        )
    )


async def note_comparison(
    tx: WriteTx, provider: str, *, since: datetime, until: datetime, matched: int, now: datetime
) -> None:
    """When a provider's books were last compared, and how many movements agreed."""
    await tx.run(
        "INSERT INTO payouts.comparison (provider, compared_at, since, until, matched)"
        " VALUES (%s, %s, %s, %s, %s::integer) ON CONFLICT (provider) DO UPDATE SET compared_at ="
        " EXCLUDED.compared_at, since = EXCLUDED.since, until = EXCLUDED.until, matched = EXCLUDED.matched",
        (provider, now, since, until, matched),
    )


def lines_json(shares: Shares) -> list[dict[str, Any]]:
    """The host's lines as they are stored."""
    return [{"label": line.label, "amount": line.amount} for line in shares.lines]


async def delete_account(tx: WriteTx, business_id: UUID, *, opened_before: datetime) -> bool:
    """The business is paid to nowhere until it opens another account; payouts under way keep theirs."""
    done = await tx.run(
        "DELETE FROM payouts.account WHERE business_id = %s AND created_at <= %s", (business_id, opened_before)
    )
    return done == 1
