"""Who may still book a departure, and what a host may say of one."""

from datetime import datetime, timedelta

from hospes.modules.inventory.contracts import Departure, DepartureDraft
from hospes.modules.inventory.errors import DepartureClosed, DepartureInvalid, NotAvailable, WrongGroupSize

LONGEST = timedelta(days=366)


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


def check_departure(said: DepartureDraft) -> None:
    """Raises `DepartureInvalid` for what a host cannot mean."""
    faults: dict[str, str] = {}
    if said.ends_at <= said.starts_at:
        faults["ends_at"] = "The end must be after the start."
    elif said.ends_at - said.starts_at > LONGEST:
        faults["ends_at"] = f"It may last at most {LONGEST.days} days."
    if said.min_group > said.capacity:
        faults["min_group"] = "There are not that many places."
    if said.max_group is not None and said.max_group < said.min_group:
        faults["max_group"] = "This must be at least the smallest group."
    if faults:
        raise DepartureInvalid(next(iter(faults.values())), fields=faults)


def _size(sentence: str) -> WrongGroupSize:
    return WrongGroupSize(sentence, fields={"quantity": sentence})
