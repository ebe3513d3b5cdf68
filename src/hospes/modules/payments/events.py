"""Facts about payments; the aggregate is the booking.

All carry booking_id, payment_id, attempt_id, amount, currency and reason (null where there is none).
"""

PROCESSING = "payment.processing"
NEEDS_ACTION = "payment.needs_action"
COMPLETED = "payment.completed"
FAILED = "payment.failed"
CANCELLED = "payment.cancelled"
REFUNDED = "payment.refunded"
REFUND_FAILED = "payment.refund_failed"

ALL = (PROCESSING, NEEDS_ACTION, COMPLETED, FAILED, CANCELLED, REFUNDED, REFUND_FAILED)
