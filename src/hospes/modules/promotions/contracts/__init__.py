"""Promotions' words."""

from hospes.modules.promotions.contracts.coupons import (
    Bearer,
    Coupon,
    CouponBox,
    CouponKind,
    CouponStatus,
    CouponUse,
    Discount,
    Fee,
    Owned,
    Usage,
    UseStatus,
)
from hospes.modules.promotions.contracts.credits import Balance, CreditLot, WalletEntry
from hospes.modules.promotions.contracts.gifts import (
    AUDIENCES,
    TRIGGERS,
    Campaign,
    CampaignStatus,
    Gift,
    GiftKind,
    Referral,
    ReferralStatus,
    TriggerRule,
)
from hospes.modules.promotions.contracts.spending import Asking, Bill, Reduction, Spending

__all__ = [
    "AUDIENCES",
    "TRIGGERS",
    "Asking",
    "Balance",
    "Bearer",
    "Bill",
    "Campaign",
    "CampaignStatus",
    "Coupon",
    "CouponBox",
    "CouponKind",
    "CouponStatus",
    "CouponUse",
    "CreditLot",
    "Discount",
    "Fee",
    "Gift",
    "GiftKind",
    "Owned",
    "Reduction",
    "Referral",
    "ReferralStatus",
    "Spending",
    "TriggerRule",
    "Usage",
    "UseStatus",
    "WalletEntry",
]
