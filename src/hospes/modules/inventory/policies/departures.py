"""Who may still book a departure, and what a host may say of one."""

from datetime import datetime, timedelta

from hospes.modules.inventory.contracts import Departure
from hospes.modules.inventory.errors import DepartureClosed, NotAvailable, WrongGroupSize


def is_open(departure: Departure, *, now: datetime) -> bool:
    """Whether it is still sold: scheduled and before its cut-off."""
    closes_at = departure.starts_at - timedelta(minutes=departure.cutoff_minutes)
    return departure.status == "scheduled" and now < closes_at


def check_group(departure: Departure, quantity: int, *, now: datetime) -> None:
    """Raises `DepartureClosed`, `WrongGroupSize` or `NotAvailable`."""
    if departure.status == "cancelled":
        raise DepartureClosed("This departure has been cancelled.")
    if not is_open(departure, now=now):
        raise DepartureClosed("This departure can no longer be booked.")
    if quantity < departure.min_group:
        raise _size(f"Groups here have at least {departure.min_group} people.")
    if departure.max_group is not None and quantity > departure.max_group:
        raise _size(f"Groups here have at most {departure.max_group} people.")
    if quantity > departure.available:
        raise NotAvailable("There are not that many places left on this departure.")


def _size(sentence: str) -> WrongGroupSize:
    return WrongGroupSize(sentence, fields={"quantity": sentence})
