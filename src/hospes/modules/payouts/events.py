"""Facts about payouts; the aggregate is the payout, of holds the business."""

PAYOUT_RECORDED = "payout.recorded"
PAYOUT_PAID = "payout.paid"
PAYOUT_FAILED = "payout.failed"
HOLD_PLACED = "payout.hold_placed"
HOLD_RELEASED = "payout.hold_released"
ACCOUNT_ENABLED = "payout.account_enabled"
ACCOUNT_DUE = "payout.account_due"
