"""Who invites a friend gets credit, and so does the friend, once the friend's first stay has ended."""

import secrets
from datetime import datetime
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as identity
from hospes.modules.promotions import queries
from hospes.modules.promotions.contracts import ReferralStatus
from hospes.modules.promotions.policies.people import normal_email
from hospes.modules.promotions.store import gifts
from hospes.modules.promotions.use_cases.give_gift import LETTERS, give_on_trigger
from hospes.platform.db import WriteTx


async def referral_code(tx: WriteTx, *, user_id: UUID, origin: str, now: datetime) -> str:
    """The person's own code, made when it is first asked for."""
    while (found := await queries.referral_code_of(tx, user_id)) is None:
        code = "".join(secrets.choice(LETTERS) for _ in range(8))
        await gifts.insert_referral_code(tx, user_id, code, origin, now)
    return found


async def join_by_referral(tx: WriteTx, *, friend_id: UUID, code: str, origin: str, now: datetime) -> None:
    """Note who has brought a new person; refused when it looks like the same person twice. Repeating it changes
    nothing."""
    referrer = await queries.find_referrer(tx, code.strip())
    if referrer is None or referrer["user_id"] == friend_id:
        return
    people = await identity.users_by_id(tx, [friend_id, referrer["user_id"]])
    reason = ""
    if normal_email(people[friend_id].email) == normal_email(people[referrer["user_id"]].email):
        reason = "same_email"
    elif origin and origin == referrer["origin"]:
        reason = "same_address"
    status = ReferralStatus.REFUSED if reason else ReferralStatus.JOINED
    await gifts.insert_referral(tx, referrer["user_id"], friend_id, status=str(status), reason=reason, now=now)


async def reward_referral(
    tx: WriteTx, *, friend_id: UUID, booking_id: UUID, business_id: UUID, now: datetime
) -> ReferralStatus | None:
    """Credit for both when a friend's first stay has ended; None when nobody has brought them, or it was settled
    before. Refused when both have paid with the same means, or the stay was with who brought them. Who has brought as
    many this month as the rule allows gets nothing for this one; the friend does."""
    referral = await gifts.lock_joined_referral(tx, friend_id)
    if referral is None:
        return None
    referrer_id = referral["referrer_id"]
    own = await catalog.business_of(tx, referrer_id)
    reason = ""
    if await gifts.share_a_mark(tx, friend_id, referrer_id):
        reason = "same_payment"
    elif own is not None and own.id == business_id:
        reason = "own_place"
    status = ReferralStatus.REFUSED if reason else ReferralStatus.REWARDED
    if not reason:
        people = await identity.users_by_id(tx, [friend_id, referrer_id])
        key = f"referral:{referral['id']}"
        await give_on_trigger(tx, people[friend_id], "referral_friend", key=f"{key}:friend", now=now)
        if not await give_on_trigger(tx, people[referrer_id], "referral_referrer", key=f"{key}:referrer", now=now):
            reason = "monthly_limit"
    await gifts.end_referral(tx, referral["id"], status=str(status), reason=reason, booking_id=booking_id, now=now)
    return status
