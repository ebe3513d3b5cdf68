"""Facts about payments; the aggregate is what is paid for: the booking, or the change of one.

All carry booking_id, payment_id, part, purpose, attempt_id, amount, currency and reason (null where there is none).
`payment.completed` and `payment.authorised` are told once a part, with `settled`: whether all that is due now is paid
or authorised; the former says `from_hold` when it was authorised before, and `fingerprint`: a keyed hash, the same for
every payment with that card or account, null where the provider tells none. `dispute.*` also carry dispute_id.
"""

PROCESSING = "payment.processing"
NEEDS_ACTION = "payment.needs_action"
DELAYED = "payment.delayed"  # the provider does not answer; `retry_at` says when it is asked again
AUTHORISED = "payment.authorised"
COMPLETED = "payment.completed"
FAILED = "payment.failed"
CANCELLED = "payment.cancelled"
RELEASED = "payment.released"  # an authorisation was let go; nothing was taken
REFUNDED = "payment.refunded"
REFUND_FAILED = "payment.refund_failed"
DAMAGES_KEPT = "payment.damages_kept"  # of a damage deposit that had to be taken the host keeps so much
BALANCE_DUE = "payment.balance_due"  # a reminder: `due_at`
BALANCE_FAILED = "payment.balance_failed"  # tried in vain; `lapses_at` ends the guest's time to pay it
BALANCE_LAPSED = "payment.balance_lapsed"  # that time is over: the booking ends by its terms
ATTENTION = "payment.attention"  # a person must see to it: `kind`
DEAD = "payment.dead"
DEAD_ENDED = "payment.dead_ended"  # somebody replayed or resolved it: `user_id`, `status`, `note`
RENEWAL_REFUSED = "payment.renewal_refused"  # what is reserved will lapse: the payer is asked to pay again
DISPUTED = "payment.disputed"
DISPUTE_WON = "dispute.won"
DISPUTE_LOST = "dispute.lost"
DISPUTE_ANSWERED = "dispute.answered"  # evidence was given to the provider
DISPUTE_ANSWER_REFUSED = "dispute.answer_refused"  # … which does not take it

# Of a payer: `payer_id`, `provider`, `fingerprint` as above. The aggregate is the payer.
METHOD_KEPT = "payment.method_kept"  # without paying

# Of none of our payments. Data: `provider`, `account_ref`. The aggregate is made of the two.
ACCOUNT_CHANGED = "payment_account.changed"  # a provider says that an account it pays out to has changed: ask it how

# What the event stream of a booking shows or hides; see use_cases/follow_payment.py.
ALL = (
    PROCESSING,
    NEEDS_ACTION,
    DELAYED,
    AUTHORISED,
    COMPLETED,
    FAILED,
    CANCELLED,
    RELEASED,
    REFUNDED,
    REFUND_FAILED,
)
