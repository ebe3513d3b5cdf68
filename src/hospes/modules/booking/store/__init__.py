"""The write side of booking."""

from hospes.modules.booking.store.bookings import (
    get_for_change,
    insert_booking,
    insert_hold,
    lock_expired_holds,
    lock_guest,
    lock_hold,
    lock_overdue,
    lock_overlapping_holds,
    lock_to_complete,
    lock_to_start,
    move,
    move_hold,
    replace_items,
)
from hospes.modules.booking.store.changes import (
    insert_change,
    insert_step,
    lock_change,
    lock_open_change,
    move_change,
    update_booking,
)

__all__ = [
    "get_for_change",
    "insert_booking",
    "insert_change",
    "insert_hold",
    "insert_step",
    "lock_change",
    "lock_expired_holds",
    "lock_guest",
    "lock_hold",
    "lock_open_change",
    "lock_overdue",
    "lock_overlapping_holds",
    "lock_to_complete",
    "lock_to_start",
    "move",
    "move_change",
    "move_hold",
    "replace_items",
    "update_booking",
]
