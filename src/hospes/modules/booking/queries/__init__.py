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
    count_waiting,
    find_change,
    list_changes,
    list_events,
    list_overdue_changes,
    list_paid_changes,
    list_rival_requests,
)

__all__ = [
    "BOOKING",
    "FROM",
    "HOLD",
    "as_booking",
    "as_hold",
    "count_waiting",
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
    "list_rival_requests",
]
