"""Give somebody a coupon of their own, or credit, once for each key."""

import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity.contracts import User
from hospes.modules.promotions import events, queries
from hospes.modules.promotions.contracts import Bearer, Coupon, CouponKind, Gift, GiftKind
from hospes.modules.promotions.policies.people import currency_for
from hospes.modules.promotions.policies.stacking import words
from hospes.modules.promotions.store import coupons, gifts
from hospes.modules.promotions.use_cases.give_credit import give_credit
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.outbox import publish

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_STEMS = {
    "signup": "WELCOME",
    "first_hosting": "HOST",
    "birthday": "BIRTHDAY",
    "booking_completed": "AGAIN",
    "profile_complete": "PROFILE",
    "email_verified": "HELLO",
}


async def give_on_trigger(tx: WriteTx, user: User, trigger: str, *, key: str, now: datetime) -> bool:
    """What the rule of this trigger gives; False when it is switched off, or was given for this key, or given as often
    this month as the rule allows."""
    rule = await queries.find_rule(tx, trigger)
    if rule is None or not rule.active:
        return False
    if rule.monthly is not None:
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if await gifts.count_gifts(tx, user.id, trigger, month) >= rule.monthly:
            return False
    return await give_gift(tx, user, rule.gives, trigger=trigger, key=key, now=now)


async def give_gift(
    tx: WriteTx,
    user: User,
    gift: Gift,
    *,
    trigger: str,
    key: str,
    name: str = "",
    campaign_id: UUID | None = None,
    ends_at: datetime | None = None,
    now: datetime,
) -> bool:
    """The gift, valid as long as it says and no longer than `ends_at`; False when it was given for this key before."""
    if not await gifts.insert_gift(tx, key, user.id, trigger, campaign_id=campaign_id, now=now):
        return False
    until = now + timedelta(days=gift.valid_days)
    until = min(until, ends_at) if ends_at else until
    currency = currency_for(user.country, gift.amounts, now.date()) if gift.amounts else None
    if gift.kind is GiftKind.CREDIT and currency is not None:
        money = Money(gift.amounts[currency], currency)
        lot = await give_credit(tx, user_id=user.id, money=money, reason=trigger, note=name, expires_at=until, now=now)
        await gifts.note_gift(tx, key, coupon_id=None, lot_id=lot.id)
        return True
    coupon = await _coupon(tx, user, gift, trigger, name, currency, until, now)
    await gifts.note_gift(tx, key, coupon_id=coupon.id, lot_id=None)
    return True


async def _coupon(
    tx: WriteTx,
    user: User,
    gift: Gift,
    trigger: str,
    name: str,
    currency: str | None,
    until: datetime,
    now: datetime,
) -> Coupon:
    coupon = Coupon(
        id=new_id(),
        code=_code(trigger, name),
        kind=CouponKind(str(gift.kind)),
        borne_by=Bearer.PLATFORM,
        starts_at=now,
        name=name,
        percent_bp=gift.percent_bp,
        amount=gift.amounts[currency] if currency else None,
        currency=currency,
        fee=gift.fee,
        combinable=gift.combinable,
        ends_at=until,
        user_id=user.id,
        first_booking_only=gift.first_booking_only,
        minimum_nights=gift.minimum_nights,
        per_user_limit=1,
        global_limit=1,
        source=trigger,
    )
    if not await coupons.insert_coupon(tx, coupon, now):  # a code that is taken: one in a thousand millions
        return await _coupon(tx, user, gift, trigger, name, currency, until, now)
    said, _ = words(coupon.discount, currency)
    data = {
        "user_id": str(user.id),
        "coupon_id": str(coupon.id),
        "code": coupon.code,
        "trigger": trigger,
        "name": name,
        "words": said.partition(": ")[2],
        "ends_at": until.isoformat(),
    }
    await publish(tx, events.COUPON_GIVEN, user.id, data, now=now)
    return coupon


def _code(trigger: str, name: str) -> str:
    stem = _STEMS.get(trigger) or re.sub(r"[^A-Z0-9]+", "", name.upper())[:16] or "GIFT"
    return f"{stem}-{''.join(secrets.choice(LETTERS) for _ in range(8))}"
