"""Facts about promotions. The aggregate is the user who got something, or the coupon."""

COUPON_GIVEN = "coupon.given"  # user_id, coupon_id, code, trigger, words, ends_at
CREDIT_GIVEN = "credit.given"  # user_id, lot_id, amount, currency, trigger, expires_at
CREDIT_EXPIRED = "credit.expired"  # user_id, lot_id, amount, currency
