"""What people type on the pages of promotions: percentages, amounts of money and days."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar

from fastapi import Request

from hospes.modules.promotions.contracts import (
    Coupon,
    CouponKind,
    CouponStatus,
    Fee,
    Gift,
    GiftKind,
)
from hospes.platform.money import plain_amount, read_amount, read_decimal
from hospes.platform.typed import Typed as FormTyped

CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "JPY", "AUD", "CAD", "SEK", "NOK", "DKK", "PLN", "CZK", "TRY", "ZAR", "NGN", "KES",
    "GHS", "AED", "INR", "IDR", "THB", "SGD", "BRL", "MXN",
)  # fmt: skip


@dataclass(slots=True)
class Typed(FormTyped):
    """A form as typed, with percentages, amounts and ends of days."""

    most_digits: ClassVar[int] = 7

    def percent(self, name: str) -> int | None:
        """Basis points of a percentage, None when empty or none."""
        value = read_decimal(self[name]) if self[name] else None
        if self[name] and (value is None or not 0 < value <= 100):
            self.errors[name] = "Enter a percentage above 0 and up to 100."
            return None
        return None if value is None else int(value * 100)

    def amount(self, name: str, currency: str) -> int | None:
        """Minor units, None when empty or none."""
        found = read_amount(self[name], currency) if self[name] else None
        if self[name] and (found is None or found <= 0):
            self.errors[name] = "Enter an amount above zero, such as 12.50."
            return None
        return found

    def instant(self, name: str, *, end: bool = False) -> datetime | None:
        """The beginning of a day (UTC), or its end; None when empty or none."""
        found = self.day(name)
        return None if found is None else datetime.combine(found, time(), UTC) + timedelta(days=1 if end else 0)


async def read_typed(request: Request) -> Typed:
    """The form a browser has sent."""
    form = await request.form()
    return Typed({name: value.strip()[:300] for name, value in form.items() if isinstance(value, str)})


def coupon_values(typed: Typed, *, now: datetime) -> dict[str, object]:
    """The columns of a coupon that a form sets; faults are noted."""
    currency = typed["currency"] if typed["currency"] in CURRENCIES else "EUR"
    return {
        "kind": CouponKind(typed["kind"]) if typed["kind"] in set(CouponKind) else CouponKind.PERCENT,
        "name": typed["name"],
        "percent_bp": typed.percent("percent"),
        "amount": typed.amount("amount", currency),
        "cap": typed.amount("cap", currency),
        "currency": currency,
        "fee": Fee(typed["fee"]) if typed["fee"] in set(Fee) else None,
        "combinable": bool(typed["combinable"]),
        "starts_at": typed.instant("starts_at") or now,
        "ends_at": typed.instant("ends_at", end=True),
        "property_id": typed.one_of("property_id"),
        "resource_kind": typed["resource_kind"] or None,
        "first_booking_only": bool(typed["first_booking_only"]),
        "minimum_total": typed.amount("minimum_total", currency),
        "minimum_nights": typed.whole("minimum_nights"),
        "per_user_limit": typed.whole("per_user_limit"),
        "global_limit": typed.whole("global_limit"),
        "status": CouponStatus.PAUSED if typed["paused"] else CouponStatus.ACTIVE,
    }


def typed_coupon(coupon: Coupon) -> dict[str, str]:
    """A stored coupon as it is typed."""
    plain = ("code", "name", "kind", "fee", "property_id", "resource_kind", "minimum_nights", "per_user_limit")
    values = {name: "" if getattr(coupon, name) is None else str(getattr(coupon, name)) for name in plain}
    currency = coupon.currency or "EUR"
    for name in ("amount", "cap", "minimum_total"):
        value = getattr(coupon, name)
        values[name] = plain_amount(value, currency) if value else ""
    return {
        **values,
        "percent": f"{coupon.percent_bp / 100:g}" if coupon.percent_bp else "",
        "currency": currency,
        "starts_at": coupon.starts_at.date().isoformat(),
        "ends_at": (coupon.ends_at - timedelta(seconds=1)).date().isoformat() if coupon.ends_at else "",
        "combinable": "yes" if coupon.combinable else "",
        "first_booking_only": "yes" if coupon.first_booking_only else "",
        "global_limit": str(coupon.global_limit or ""),
        "paused": "yes" if coupon.status is CouponStatus.PAUSED else "",
        "version": str(coupon.version),
    }


def gift_of(typed: Typed) -> Gift:
    """The gift a form speaks of; faults are noted. Amounts are typed as `10 USD, 9 EUR`."""
    amounts: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in typed["amounts"].split(","))):
        number, _, currency = part.rpartition(" ")
        found = read_amount(number, currency.upper()) if len(currency) == 3 else None
        if found is None or found <= 0:
            typed.errors["amounts"] = "Write amounts with their currency, such as 10 USD, 9 EUR."
        else:
            amounts[currency.upper()] = found
    kind = GiftKind(typed["kind"]) if typed["kind"] in set(GiftKind) else GiftKind.PERCENT
    return Gift(
        kind=kind,
        valid_days=typed.whole("valid_days") or 0,
        percent_bp=typed.percent("percent"),
        amounts=amounts,
        fee=Fee(typed["fee"]) if typed["fee"] in set(Fee) else None,
        first_booking_only=bool(typed["first_booking_only"]),
        combinable=bool(typed["combinable"]),
        minimum_nights=typed.whole("minimum_nights"),
    )


def typed_gift(gift: Gift) -> dict[str, str]:
    """A stored gift as it is typed."""
    return {
        "kind": str(gift.kind),
        "valid_days": str(gift.valid_days),
        "percent": f"{gift.percent_bp / 100:g}" if gift.percent_bp else "",
        "amounts": ", ".join(f"{plain_amount(value, code)} {code}" for code, value in gift.amounts.items()),
        "fee": str(gift.fee or ""),
        "first_booking_only": "yes" if gift.first_booking_only else "",
        "combinable": "yes" if gift.combinable else "",
        "minimum_nights": str(gift.minimum_nights or ""),
    }
