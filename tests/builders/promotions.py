"""Coupons and credit for tests."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.promotions import facade
from hospes.modules.promotions.contracts import Bearer, Coupon, CouponKind, CreditLot
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from tests.builders.booking import NOW


def a_draft(code: str = "TEN", **columns: Any) -> Coupon:
    """Ten percent off, borne by the platform, without limits, unless columns say otherwise."""
    said: dict[str, Any] = {
        "kind": CouponKind.PERCENT,
        "borne_by": Bearer.PLATFORM,
        "starts_at": NOW - timedelta(days=1),
        "percent_bp": 1000,
        "combinable": True,
        "per_user_limit": None,
    }
    return Coupon(**{"id": new_id(), "code": code, **said, **columns})


async def a_coupon(tx: WriteTx, code: str = "TEN", **columns: Any) -> Coupon:
    """The same, stored."""
    return await facade.put_coupon(tx, a_draft(code, **columns), now=NOW)


async def a_credit(
    tx: WriteTx, user_id: UUID, amount: int = 1000, currency: str = "EUR", expires_at: datetime | None = None
) -> CreditLot:
    """Goodwill credit."""
    return await facade.give_credit(
        tx,
        user_id=user_id,
        money=Money(amount, currency),
        reason="goodwill",
        fund="goodwill",
        expires_at=expires_at,
        now=NOW,
    )
