"""What a coupon, a gift or a campaign must say; each fault stands at its field."""

import re
from dataclasses import replace
from datetime import datetime

from babel.numbers import list_currencies

from hospes.modules.promotions.contracts import AUDIENCES, Bearer, Campaign, Coupon, CouponKind, Gift, GiftKind
from hospes.modules.promotions.errors import PromotionInvalid

MOST = 10**12
CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,39}")
_LIMITS = {"minimum_nights": 365, "per_user_limit": 1_000_000, "global_limit": 1_000_000}


def checked_coupon(draft: Coupon) -> Coupon:
    """The coupon with what does not belong to its kind left out; raises `PromotionInvalid`."""
    kind = draft.kind
    coupon = replace(
        draft,
        code=draft.code.strip().upper(),
        percent_bp=None if kind is CouponKind.AMOUNT else draft.percent_bp,
        amount=draft.amount if kind is CouponKind.AMOUNT else None,
        cap=draft.cap if kind is CouponKind.PERCENT else None,
        fee=draft.fee if kind is CouponKind.FEE else None,
    )
    faults = {**_code_and_time(coupon), **_worth(coupon), **_limits(coupon)}
    if coupon.borne_by is Bearer.HOST and coupon.business_id is None:
        faults["borne_by"] = "A coupon that a host bears is for one business."
    if faults:
        raise PromotionInvalid("Some of this coupon cannot be right.", fields=faults)
    if coupon.amount is None and coupon.cap is None and coupon.minimum_total is None:
        return replace(coupon, currency=None)
    return coupon


def checked_gift(gift: Gift) -> Gift:
    """The gift with what does not belong to its kind left out; raises `PromotionInvalid`."""
    faults: dict[str, str] = {}
    with_amounts = gift.kind in (GiftKind.CREDIT, GiftKind.AMOUNT)
    if with_amounts:
        if not gift.amounts or any(not 0 < each <= MOST for each in gift.amounts.values()):
            faults["amounts"] = "Enter an amount above zero for at least one currency."
        elif any(each not in list_currencies() for each in gift.amounts):
            faults["amounts"] = "Use codes of currencies, such as EUR."
    elif gift.percent_bp is None or not 1 <= gift.percent_bp <= 10_000:
        faults["percent"] = "Enter a percentage above 0 and up to 100."
    if gift.kind is GiftKind.FEE and gift.fee is None:
        faults["fee"] = "Choose a fee."
    if not 1 <= gift.valid_days <= 3650:
        faults["valid_days"] = "Enter from 1 to 3650 days."
    if faults:
        raise PromotionInvalid("Some of this gift cannot be right.", fields=faults)
    return replace(
        gift,
        amounts=gift.amounts if with_amounts else {},
        percent_bp=None if with_amounts else gift.percent_bp,
        fee=gift.fee if gift.kind is GiftKind.FEE else None,
    )


def checked_campaign(campaign: Campaign) -> Campaign:
    """The campaign; raises `PromotionInvalid`."""
    faults: dict[str, str] = {}
    if not 1 <= len(campaign.name.strip()) <= 100:
        faults["name"] = "Give it a name of at most 100 characters."
    if campaign.audience not in AUDIENCES:
        faults["audience"] = "Choose who gets it."
    if campaign.country is not None and not re.fullmatch("[A-Z]{2}", campaign.country):
        faults["country"] = "Use two letters, such as ES, or leave it empty."
    if campaign.ends_at <= campaign.starts_at:
        faults["ends_at"] = "It must end after it begins."
    try:
        gift = checked_gift(campaign.gives)
    except PromotionInvalid as refusal:
        faults |= refusal.fields
    if faults:
        raise PromotionInvalid("Some of this campaign cannot be right.", fields=faults)
    return replace(campaign, name=campaign.name.strip(), gives=gift)


def _code_and_time(coupon: Coupon) -> dict[str, str]:
    faults = {}
    if not CODE.fullmatch(coupon.code):
        faults["code"] = "Use 3 to 40 letters, digits, - and _."
    if len(coupon.name) > 100:
        faults["name"] = "Use at most 100 characters."
    if coupon.ends_at is not None and coupon.ends_at <= coupon.starts_at:
        faults["ends_at"] = "It must end after it begins."
    if not datetime(2000, 1, 1, tzinfo=coupon.starts_at.tzinfo) < coupon.starts_at < _far(coupon.starts_at):
        faults["starts_at"] = "Choose a day of this century."
    return faults


def _far(like: datetime) -> datetime:
    return datetime(2100, 1, 1, tzinfo=like.tzinfo)


def _worth(coupon: Coupon) -> dict[str, str]:
    faults = {}
    if coupon.kind is CouponKind.AMOUNT:
        if coupon.amount is None or not 0 < coupon.amount <= MOST:
            faults["amount"] = "Enter an amount above zero."
    elif coupon.percent_bp is None or not 1 <= coupon.percent_bp <= 10_000:
        faults["percent"] = "Enter a percentage above 0 and up to 100."
    if coupon.kind is CouponKind.FEE and coupon.fee is None:
        faults["fee"] = "Choose a fee."
    for name in ("cap", "minimum_total"):
        value = getattr(coupon, name)
        if value is not None and not 0 < value <= MOST:
            faults[name] = "Enter an amount above zero, or leave it empty."
    needs = coupon.amount is not None or coupon.cap is not None or coupon.minimum_total is not None
    if needs and (coupon.currency is None or coupon.currency not in list_currencies()):
        faults["currency"] = "Choose the currency of the amounts."
    return faults


def _limits(coupon: Coupon) -> dict[str, str]:
    faults = {}
    for name, most in _LIMITS.items():
        value = getattr(coupon, name)
        if value is not None and not 1 <= value <= most:
            faults[name] = f"Enter a whole number from 1 to {most}, or leave it empty."
    return faults
