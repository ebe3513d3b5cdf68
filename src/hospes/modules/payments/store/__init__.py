"""The write side of payments. Whoever writes locks the payment first, then its attempt."""

from hospes.modules.payments.store.attempts import (
    insert_attempt,
    insert_provider_event,
    lock_attempt,
    mark_processed,
    move_attempt,
    take_due,
)
from hospes.modules.payments.store.circuits import close_circuit, note_circuit, take_probe
from hospes.modules.payments.store.disputes import (
    close_dispute,
    insert_dispute,
    move_answer,
    submit_answer,
    write_answer,
)
from hospes.modules.payments.store.letters import end_letter, insert_letter
from hospes.modules.payments.store.methods import delete_method, insert_saving, move_saving, offer_first, save_method
from hospes.modules.payments.store.parts import keep_method, set_amount, set_later, set_part, set_provider, set_release
from hospes.modules.payments.store.payments import (
    insert_first_payment,
    insert_parts,
    insert_payment,
    lock_parts,
    lock_siblings,
    mark_reminded,
    move_payment,
    note_authorised,
    set_disputed,
    set_renewal,
)
from hospes.modules.payments.store.terms import set_terms

__all__ = [
    "close_circuit",
    "close_dispute",
    "delete_method",
    "end_letter",
    "insert_attempt",
    "insert_dispute",
    "insert_first_payment",
    "insert_letter",
    "insert_parts",
    "insert_payment",
    "insert_provider_event",
    "insert_saving",
    "keep_method",
    "lock_attempt",
    "lock_parts",
    "lock_siblings",
    "mark_processed",
    "mark_reminded",
    "move_answer",
    "move_attempt",
    "move_payment",
    "move_saving",
    "note_authorised",
    "note_circuit",
    "offer_first",
    "save_method",
    "set_amount",
    "set_disputed",
    "set_later",
    "set_part",
    "set_provider",
    "set_release",
    "set_renewal",
    "set_terms",
    "submit_answer",
    "take_due",
    "take_probe",
    "write_answer",
]
