"""The read side of booking."""

from hospes.modules.booking.queries.bookings import (
    BOOKING,
    FROM,
    HOLD,
    as_booking,
    as_hold,
    find_booking,
    find_hold,
    list_bookings_between,
    list_bookings_of_business,
    list_bookings_of_guest,
    list_history,
    list_holds_of_guest,
)
from hospes.modules.booking.queries.changes import (
    find_change,
    list_changes,
    list_events,
    list_overdue_changes,
    list_paid_changes,
)

__all__ = [
    "BOOKING",
    "FROM",
    "HOLD",
    "as_booking",
    "as_hold",
    "find_booking",
    "find_change",
    "find_hold",
    "list_bookings_between",
    "list_bookings_of_business",
    "list_bookings_of_guest",
    "list_changes",
    "list_events",
    "list_history",
    "list_holds_of_guest",
    "list_overdue_changes",
    "list_paid_changes",
]
