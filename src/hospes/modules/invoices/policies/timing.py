"""When a first invoice is due. Later documents follow at once."""

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.invoices.contracts import IssueAt

_OVER = frozenset({BookingStatus.COMPLETED, BookingStatus.NO_SHOW, BookingStatus.CANCELLED})
_FIRM = frozenset({BookingStatus.CONFIRMED, BookingStatus.IN_PROGRESS})


def is_due(status: BookingStatus, issue_at: IssueAt, *, paid: int, total: int) -> bool:
    """Whether a booking of `total` minor units, of which `paid` was received, is to have its invoice.

    At the latest when the guest has left, or when something of a cancelled booking is kept.
    """
    if total <= 0:
        return False
    if status in _OVER:
        return status is not BookingStatus.CANCELLED or paid > 0
    return status in _FIRM and issue_at is IssueAt.CONFIRMATION and paid >= total
