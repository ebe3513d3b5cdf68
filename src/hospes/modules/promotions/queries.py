"""The read side of promotions; also what rows become."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.promotions.contracts import (
    Balance,
    Bearer,
    Campaign,
    CampaignStatus,
    Coupon,
    CouponBox,
    CouponKind,
    CouponStatus,
    CouponUse,
    Fee,
    Gift,
    Owned,
    Referral,
    ReferralStatus,
    TriggerRule,
    Usage,
    UseStatus,
    WalletEntry,
)
from hospes.platform.db import ReadTx, Row

COUPON: LiteralString = (
    "c.id, c.code, c.kind, c.borne_by, c.starts_at, c.name, c.percent_bp, c.amount, c.cap, c.currency, c.fee,"
    " c.combinable, c.ends_at, c.business_id, c.property_id, c.resource_kind, c.user_id, c.first_booking_only,"
    " c.minimum_total, c.minimum_nights, c.per_user_limit, c.global_limit, c.used, c.status, c.source, c.version"
)
# Uses that still count: not what was let go, nor what has run out, swept or not.
_LIVE: LiteralString = "(u.status = 'redeemed' OR (u.status = 'reserved' AND u.expires_at > %(now)s))"


def as_coupon(row: Row) -> Coupon:
    """A row of `COUPON`."""
    said = {
        "kind": CouponKind(row["kind"]),
        "borne_by": Bearer(row["borne_by"]),
        "fee": Fee(row["fee"]) if row["fee"] else None,
        "status": CouponStatus(row["status"]),
    }
    return Coupon(**{**{name: row[name] for name in Coupon.__slots__}, **said})


async def find_by_codes(
    tx: ReadTx, codes: Sequence[str], user_id: UUID | None, now: datetime
) -> list[tuple[Coupon, int, int]]:
    """Those of the coupons that exist, with how often each is used, and by this person, what has run out left out."""
    rows = await tx.all(
        f"SELECT {COUPON}, (SELECT count(*) FROM promotions.coupon_use AS u WHERE u.coupon_id = c.id"  # noqa: S608
        f" AND c.global_limit IS NOT NULL AND {_LIVE}) AS live,"
        " (SELECT count(*) FROM promotions.coupon_use AS u WHERE u.coupon_id = c.id"
        f" AND u.user_id = %(user)s AND {_LIVE}) AS own"
        " FROM promotions.coupon AS c WHERE c.code_key = ANY(%(codes)s::text[])",
        {"codes": list(codes), "user": user_id, "now": now},
    )
    return [(as_coupon(row), row["live"], row["own"]) for row in rows]


async def find_coupon(tx: ReadTx, coupon_id: UUID) -> Coupon | None:
    """By id."""
    row = await tx.find(f"SELECT {COUPON} FROM promotions.coupon AS c WHERE c.id = %s", (coupon_id,))  # noqa: S608
    return None if row is None else as_coupon(row)


async def list_coupons_of_business(tx: ReadTx, business_id: UUID, *, after: UUID | None, limit: int) -> list[Coupon]:
    """The host's own coupons, the newest first."""
    rows = await tx.all(
        f"SELECT {COUPON} FROM promotions.coupon AS c WHERE c.business_id = %s AND c.source = 'host'"  # noqa: S608
        " AND (%s::uuid IS NULL OR c.id < %s) ORDER BY c.id DESC LIMIT %s::bigint",
        (business_id, after, after, limit),
    )
    return [as_coupon(row) for row in rows]


async def list_coupons(tx: ReadTx, *, after: UUID | None, limit: int) -> list[Coupon]:
    """Every coupon that is not one person's own, the newest first."""
    rows = await tx.all(
        f"SELECT {COUPON} FROM promotions.coupon AS c WHERE c.user_id IS NULL"  # noqa: S608
        " AND (%s::uuid IS NULL OR c.id < %s) ORDER BY c.id DESC LIMIT %s::bigint",
        (after, after, limit),
    )
    return [as_coupon(row) for row in rows]


async def list_owned(tx: ReadTx, user_id: UUID, now: datetime, *, after: UUID | None, limit: int) -> list[Owned]:
    """The person's own coupons, the newest first."""
    rows = await tx.all(
        f"SELECT {COUPON}, (SELECT count(*) FROM promotions.coupon_use AS u WHERE u.coupon_id = c.id"  # noqa: S608
        f" AND u.user_id = %(user)s AND {_LIVE}) AS own FROM promotions.coupon AS c"
        " WHERE c.user_id = %(user)s AND (%(after)s::uuid IS NULL OR c.id < %(after)s)"
        " ORDER BY c.id DESC LIMIT %(limit)s::bigint",
        {"user": user_id, "now": now, "after": after, "limit": limit},
    )
    return [_owned(as_coupon(row), row["own"], now) for row in rows]


def _owned(coupon: Coupon, own: int, now: datetime) -> Owned:
    fresh = coupon.status is CouponStatus.ACTIVE and (coupon.ends_at is None or coupon.ends_at > now)
    left = coupon.per_user_limit is None or own < coupon.per_user_limit
    return Owned(coupon, own, fresh and left)


async def coupon_box(tx: ReadTx, user_id: UUID, currency: str, now: datetime) -> CouponBox:
    """What somebody has to pay less with, in a currency: credit that is free, and coupons of their own."""
    owned = await list_owned(tx, user_id, now, after=None, limit=20)
    fitting = [each for each in owned if each.usable and each.coupon.currency in (None, currency)]
    return CouponBox(await credit_of(tx, user_id, currency, now), tuple(each.coupon for each in fitting))


async def usage_of(tx: ReadTx, coupon_ids: Sequence[UUID], now: datetime) -> dict[UUID, Usage]:
    """How often each of these coupons was used, counted from its uses."""
    rows = await tx.all(
        f"SELECT u.coupon_id, u.currency, count(*) FILTER (WHERE {_LIVE} AND u.status = 'reserved') AS reserved,"  # noqa: S608
        " count(*) FILTER (WHERE u.status = 'redeemed') AS redeemed,"
        f" count(*) FILTER (WHERE NOT {_LIVE}) AS released,"
        " COALESCE(sum(u.amount) FILTER (WHERE u.status = 'redeemed'), 0)::bigint AS taken_off"
        " FROM promotions.coupon_use AS u WHERE u.coupon_id = ANY(%(ids)s::uuid[]) GROUP BY 1, 2",
        {"ids": list(coupon_ids), "now": now},
    )
    found = {each: Usage(0, 0, 0, {}) for each in coupon_ids}
    for row in rows:
        was = found[row["coupon_id"]]
        taken = {**was.taken_off, **({row["currency"]: row["taken_off"]} if row["taken_off"] else {})}
        found[row["coupon_id"]] = Usage(
            was.reserved + row["reserved"], was.redeemed + row["redeemed"], was.released + row["released"], taken
        )
    return found


async def list_uses(tx: ReadTx, coupon_id: UUID, *, after: UUID | None, limit: int) -> list[CouponUse]:
    """The uses of a coupon, the newest first."""
    rows = await tx.all(
        "SELECT id, coupon_id, user_id, owner_id, status, amount, currency, created_at FROM promotions.coupon_use"
        " WHERE coupon_id = %s AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s::bigint",
        (coupon_id, after, after, limit),
    )
    return [CouponUse(**{**row, "status": UseStatus(row["status"])}) for row in rows]


async def credit_of(tx: ReadTx, user_id: UUID, currency: str, now: datetime) -> int:
    """What somebody can spend in a currency: what is left of lots that have not run out, and reserved credit whose
    reservation has."""
    row = await tx.find(
        "SELECT COALESCE(sum(l.left_over + COALESCE(u.stale, 0)), 0)::bigint AS amount FROM promotions.credit_lot AS l"
        " LEFT JOIN (SELECT lot_id, sum(amount) AS stale FROM promotions.credit_use"
        "   WHERE user_id = %(user)s AND status = 'reserved' AND expires_at <= %(now)s GROUP BY 1) AS u"
        "   ON u.lot_id = l.id"
        " WHERE l.user_id = %(user)s AND l.currency = %(currency)s"
        " AND (l.expires_at IS NULL OR l.expires_at > %(now)s)",
        {"user": user_id, "currency": currency, "now": now},
    )
    return int(row["amount"]) if row else 0


async def given_about(tx: ReadTx, about: UUID, reason: str) -> int:
    """How much credit was given for this reason because of a booking (minor units)."""
    row = await tx.find(
        "SELECT COALESCE(sum(amount), 0)::bigint AS given FROM promotions.credit_lot WHERE about = %s AND reason = %s",
        (about, reason),
    )
    return int(row["given"]) if row else 0


async def balances(tx: ReadTx, user_id: UUID, now: datetime) -> list[Balance]:
    """What somebody can spend, by currency; `expiring` is the part that runs out next."""
    rows = await tx.all(
        "SELECT l.currency, l.expires_at, (l.left_over + COALESCE(u.stale, 0))::bigint AS amount"
        " FROM promotions.credit_lot AS l"
        " LEFT JOIN (SELECT lot_id, sum(amount) AS stale FROM promotions.credit_use"
        "   WHERE user_id = %(user)s AND status = 'reserved' AND expires_at <= %(now)s GROUP BY 1) AS u"
        "   ON u.lot_id = l.id"
        " WHERE l.user_id = %(user)s AND (l.expires_at IS NULL OR l.expires_at > %(now)s)"
        " ORDER BY l.currency, l.expires_at NULLS LAST",
        {"user": user_id, "now": now},
    )
    found: dict[str, Balance] = {}
    for row in rows:
        if not row["amount"]:
            continue
        was = found.get(row["currency"])
        first = was is None or was.expires_at is None or was.expires_at == row["expires_at"]
        found[row["currency"]] = Balance(
            row["currency"],
            (was.amount if was else 0) + row["amount"],
            (was.expiring if was else 0) + (row["amount"] if first and row["expires_at"] else 0),
            row["expires_at"] if was is None else was.expires_at,
        )
    return list(found.values())


async def list_entries(tx: ReadTx, user_id: UUID, *, after: UUID | None, limit: int) -> list[WalletEntry]:
    """The movements of somebody's credit, the newest first."""
    rows = await tx.all(
        "SELECT id, at, kind, amount, currency, about, note FROM promotions.wallet_entry WHERE user_id = %s"
        " AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s::bigint",
        (user_id, after, after, limit),
    )
    return [WalletEntry(**row) for row in rows]


async def list_rules(tx: ReadTx) -> list[TriggerRule]:
    """Every rule."""
    rows = await tx.all("SELECT name, active, gives, monthly, version FROM promotions.trigger_rule ORDER BY name")
    return [as_rule(row) for row in rows]


async def find_rule(tx: ReadTx, name: str) -> TriggerRule | None:
    """By name."""
    row = await tx.find(
        "SELECT name, active, gives, monthly, version FROM promotions.trigger_rule WHERE name = %s", (name,)
    )
    return None if row is None else as_rule(row)


def as_rule(row: Row) -> TriggerRule:
    """A row of the table."""
    return TriggerRule(**{**row, "gives": Gift.from_json(row["gives"])})


CAMPAIGN: LiteralString = "id, name, audience, country, gives, starts_at, ends_at, status, reached, given, version"


def as_campaign(row: Row) -> Campaign:
    """A row of `CAMPAIGN`."""
    return Campaign(**{**row, "gives": Gift.from_json(row["gives"]), "status": CampaignStatus(row["status"])})


async def list_campaigns(tx: ReadTx, *, after: UUID | None, limit: int) -> list[Campaign]:
    """The newest first."""
    rows = await tx.all(
        f"SELECT {CAMPAIGN} FROM promotions.campaign WHERE (%s::uuid IS NULL OR id < %s)"  # noqa: S608
        " ORDER BY id DESC LIMIT %s::bigint",
        (after, after, limit),
    )
    return [as_campaign(row) for row in rows]


async def find_campaign(tx: ReadTx, campaign_id: UUID) -> Campaign | None:
    """By id."""
    row = await tx.find(f"SELECT {CAMPAIGN} FROM promotions.campaign WHERE id = %s", (campaign_id,))  # noqa: S608
    return None if row is None else as_campaign(row)


async def referral_code_of(tx: ReadTx, user_id: UUID) -> str | None:
    """The person's own code, or None while they have none."""
    row = await tx.find("SELECT code FROM promotions.referral_code WHERE user_id = %s", (user_id,))
    return str(row["code"]) if row else None


async def find_referrer(tx: ReadTx, code: str) -> Row | None:
    """user_id and origin of whose code it is."""
    return await tx.find("SELECT user_id, origin FROM promotions.referral_code WHERE code = upper(%s)", (code,))


async def list_referrals(tx: ReadTx, referrer_id: UUID, *, after: UUID | None, limit: int) -> list[Referral]:
    """Whom somebody has brought, the newest first."""
    rows = await tx.all(
        "SELECT id, referrer_id, friend_id, status, reason, created_at, updated_at FROM promotions.referral"
        " WHERE referrer_id = %s AND (%s::uuid IS NULL OR id < %s) ORDER BY id DESC LIMIT %s::bigint",
        (referrer_id, after, after, limit),
    )
    return [Referral(**{**row, "status": ReferralStatus(row["status"])}) for row in rows]


async def totals(tx: ReadTx) -> list[Row]:
    """By trigger: how often something was given."""
    return await tx.all(
        "SELECT trigger, count(*) AS given, count(DISTINCT user_id) AS people FROM promotions.gift_given"
        " GROUP BY 1 ORDER BY 1"
    )
