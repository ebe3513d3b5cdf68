"""The read side of payments."""

from hospes.modules.payments.queries.attempts import (
    find_attempt,
    find_charge,
    find_event,
    get_circuit,
    list_attempts,
    list_circuits,
    list_movements,
    list_waiting_events,
)
from hospes.modules.payments.queries.disputes import find_dispute, list_disputes
from hospes.modules.payments.queries.due import list_due, list_lapsed, list_running_out, list_to_release, list_to_remind
from hospes.modules.payments.queries.letters import find_letter, list_letters
from hospes.modules.payments.queries.methods import (
    count_savings,
    find_customer,
    find_saving,
    is_method_needed,
    list_methods,
    list_open_savings,
)
from hospes.modules.payments.queries.payments import (
    find_delay,
    find_payment,
    find_payment_of,
    list_events,
    list_parts,
    list_parts_of,
    list_payments,
    list_payments_of_payer,
)
from hospes.modules.payments.queries.rows import (
    ATTEMPT,
    COLUMNS,
    DISPUTE,
    PAYMENT,
    attempt_from,
    dispute_from,
    payment_from,
)
from hospes.modules.payments.queries.terms import ask_terms, find_terms, terms_from

__all__ = [
    "ATTEMPT",
    "COLUMNS",
    "DISPUTE",
    "PAYMENT",
    "ask_terms",
    "attempt_from",
    "count_savings",
    "dispute_from",
    "find_attempt",
    "find_charge",
    "find_customer",
    "find_delay",
    "find_dispute",
    "find_event",
    "find_letter",
    "find_payment",
    "find_payment_of",
    "find_saving",
    "find_terms",
    "get_circuit",
    "is_method_needed",
    "list_attempts",
    "list_circuits",
    "list_disputes",
    "list_due",
    "list_events",
    "list_lapsed",
    "list_letters",
    "list_methods",
    "list_movements",
    "list_open_savings",
    "list_parts",
    "list_parts_of",
    "list_payments",
    "list_payments_of_payer",
    "list_running_out",
    "list_to_release",
    "list_to_remind",
    "list_waiting_events",
    "payment_from",
    "terms_from",
]
