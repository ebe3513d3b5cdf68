"""Give somebody credit."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import facade as identity
from hospes.modules.promotions import events
from hospes.modules.promotions.contracts import CreditLot
from hospes.modules.promotions.errors import PromotionInvalid
from hospes.modules.promotions.store import credits
from hospes.modules.promotions.use_cases.post_credit import post_given
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.outbox import publish

MOST = 100_000_000


async def give_credit(
    tx: WriteTx,
    *,
    user_id: UUID,
    money: Money,
    reason: str,
    note: str = "",
    fund: str = "promotions",
    expires_at: datetime | None = None,
    about: UUID | None = None,
    given_by: UUID | None = None,
    now: datetime,
) -> CreditLot:
    """New credit. `fund` says whose expense it is: promotions, goodwill, or a business's (`fund_of`).

    Raises `NotFound` for nobody's account, and `PromotionInvalid`."""
    if not 0 < money.amount <= MOST:
        raise PromotionInvalid("Credit must be above zero.", fields={"amount": "Enter an amount above zero."})
    if expires_at is not None and expires_at <= now:
        raise PromotionInvalid("Credit cannot have run out already.", fields={"expires_at": "Choose a later day."})
    await identity.get_user(tx, user_id)
    lot = CreditLot(
        id=new_id(),
        user_id=user_id,
        currency=money.currency,
        amount=money.amount,
        left_over=money.amount,
        expires_at=expires_at,
        reason=reason,
        note=note,
        created_at=now,
    )
    await credits.insert_lot(tx, lot, fund=fund, about=about, given_by=given_by)
    await post_given(tx, lot.id, user_id, money, fund=fund, about=about, note=note or _WORDS.get(reason, ""), now=now)
    data = {
        "user_id": str(user_id),
        "lot_id": str(lot.id),
        "amount": money.amount,
        "currency": money.currency,
        "reason": reason,
        "note": note,
        "expires_at": expires_at.isoformat() if expires_at else None,
    }
    await publish(tx, events.CREDIT_GIVEN, user_id, data, now=now)
    return lot


_WORDS = {
    "goodwill": "With our compliments",
    "email_verified": "For verifying your email address",
    "profile_complete": "For completing your profile",
    "referral_friend": "For coming by invitation",
    "referral_referrer": "For inviting a friend",
    "birthday": "Happy birthday",
    "signup": "Welcome",
}
