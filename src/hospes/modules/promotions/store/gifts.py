"""The write side of what is given on its own: rules, campaigns, gifts, referrals."""

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from hospes.modules.promotions.contracts import Campaign, TriggerRule
from hospes.modules.promotions.queries import CAMPAIGN, as_campaign
from hospes.platform.db import Row, WriteTx
from hospes.platform.ids import new_id


async def insert_gift(
    tx: WriteTx, key: str, user_id: UUID, trigger: str, *, campaign_id: UUID | None = None, now: datetime
) -> bool:
    """Note that something is given; False when it was given before. Whoever comes at the same time waits for us."""
    return bool(
        await tx.run(
            "INSERT INTO promotions.gift_given (key, user_id, trigger, campaign_id, given_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            (key, user_id, trigger, campaign_id, now),
        )
    )


async def note_gift(tx: WriteTx, key: str, *, coupon_id: UUID | None, lot_id: UUID | None) -> None:
    """What was given."""
    await tx.run(
        "UPDATE promotions.gift_given SET coupon_id = %s, lot_id = %s WHERE key = %s", (coupon_id, lot_id, key)
    )


async def count_gifts(tx: WriteTx, user_id: UUID, trigger: str, since: datetime) -> int:
    """How often a trigger gave something to somebody since then; whoever counts at the same time waits for us."""
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 16))", (f"gifts:{trigger}:{user_id}",))
    row = await tx.find(
        "SELECT count(*) AS times FROM promotions.gift_given WHERE user_id = %s AND trigger = %s AND given_at >= %s",
        (user_id, trigger, since),
    )
    return int(row["times"]) if row else 0


async def update_rule(tx: WriteTx, rule: TriggerRule, now: datetime) -> bool:
    """False when it is not the version that was read."""
    return bool(
        await tx.run(
            "UPDATE promotions.trigger_rule SET active = %s, gives = %s, monthly = %s, updated_at = %s,"
            " version = version + 1 WHERE name = %s AND version = %s::integer",
            (rule.active, Jsonb(rule.gives.as_json()), rule.monthly, now, rule.name, rule.version),
        )
    )


async def insert_campaign(tx: WriteTx, campaign: Campaign, now: datetime) -> None:
    """A new one."""
    await tx.run(
        "INSERT INTO promotions.campaign (id, name, audience, country, gives, starts_at, ends_at, status, created_at,"
        " updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(campaign.id, campaign.name, campaign.audience, campaign.country, Jsonb(campaign.gives.as_json())),
            *(campaign.starts_at, campaign.ends_at, str(campaign.status), now, now),
        ),
    )


async def update_campaign(tx: WriteTx, campaign: Campaign, now: datetime) -> bool:
    """False when it is not the version that was read."""
    return bool(
        await tx.run(
            "UPDATE promotions.campaign SET name = %s, audience = %s, country = %s, gives = %s, starts_at = %s,"
            " ends_at = %s, status = %s, updated_at = %s, version = version + 1"
            " WHERE id = %s AND version = %s::integer",
            (
                *(campaign.name, campaign.audience, campaign.country, Jsonb(campaign.gives.as_json())),
                *(campaign.starts_at, campaign.ends_at, str(campaign.status), now, campaign.id, campaign.version),
            ),
        )
    )


async def delete_campaign(tx: WriteTx, campaign_id: UUID) -> bool:
    """Forget one that has given nothing; False when it has."""
    return bool(
        await tx.run("DELETE FROM promotions.campaign WHERE id = %s AND given = 0 AND reached IS NULL", (campaign_id,))
    )


async def lock_due_campaign(tx: WriteTx, now: datetime) -> Campaign | None:
    """One whose time it is, locked; one that somebody else works on is left out."""
    row = await tx.find(
        f"SELECT {CAMPAIGN} FROM promotions.campaign WHERE status IN ('scheduled', 'running') AND starts_at <= %s"  # noqa: S608
        " ORDER BY starts_at LIMIT 1 FOR UPDATE SKIP LOCKED",
        (now,),
    )
    return None if row is None else as_campaign(row)


async def advance_campaign(
    tx: WriteTx, campaign_id: UUID, *, status: str, reached: UUID | None, given: int, now: datetime
) -> None:
    """How far it has come, in the commit of what it gave."""
    await tx.run(
        "UPDATE promotions.campaign SET status = %s, reached = %s, given = given + %s::integer, updated_at = %s"
        " WHERE id = %s",
        (status, reached, given, now, campaign_id),
    )


async def insert_referral_code(tx: WriteTx, user_id: UUID, code: str, origin: str, now: datetime) -> bool:
    """False when the person has one, or somebody else has this one."""
    return bool(
        await tx.run(
            "INSERT INTO promotions.referral_code (user_id, code, origin, created_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (user_id, code, origin, now),
        )
    )


async def insert_referral(
    tx: WriteTx, referrer_id: UUID, friend_id: UUID, *, status: str, reason: str, now: datetime
) -> bool:
    """False when the friend has been brought by somebody already."""
    return bool(
        await tx.run(
            "INSERT INTO promotions.referral (id, referrer_id, friend_id, status, reason, created_at, updated_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT ON CONSTRAINT referral_one_referrer_each DO NOTHING",
            (new_id(), referrer_id, friend_id, status, reason, now, now),
        )
    )


async def lock_joined_referral(tx: WriteTx, friend_id: UUID) -> Row | None:
    """id and referrer_id of what waits for this friend's first stay, locked."""
    return await tx.find(
        "SELECT id, referrer_id FROM promotions.referral WHERE friend_id = %s AND status = 'joined' FOR UPDATE",
        (friend_id,),
    )


async def end_referral(
    tx: WriteTx, referral_id: UUID, *, status: str, reason: str, booking_id: UUID, now: datetime
) -> None:
    """Rewarded or refused."""
    await tx.run(
        "UPDATE promotions.referral SET status = %s, reason = %s, booking_id = %s, updated_at = %s WHERE id = %s",
        (status, reason, booking_id, now, referral_id),
    )


async def note_mark(tx: WriteTx, mark: str, user_id: UUID, now: datetime) -> None:
    """This person has paid with this."""
    await tx.run(
        "INSERT INTO promotions.payer_mark (mark, user_id, seen_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (mark, user_id, now),
    )


async def share_a_mark(tx: WriteTx, one: UUID, other: UUID) -> bool:
    """Whether both have paid with the same."""
    row = await tx.find(
        "SELECT 1 AS yes FROM promotions.payer_mark AS a JOIN promotions.payer_mark AS b ON b.mark = a.mark"
        " WHERE a.user_id = %s AND b.user_id = %s LIMIT 1",
        (one, other),
    )
    return row is not None
