"""The one table of what may be done to a booking, by whom, and where it leads."""

from dataclasses import dataclass

from hospes.modules.booking.contracts import Action, Actor, BookingStatus
from hospes.modules.booking.errors import NotAllowed

_S = BookingStatus
_PEOPLE = frozenset({Actor.GUEST, Actor.HOST, Actor.ADMIN})
_HOSTS = frozenset({Actor.HOST, Actor.ADMIN})


@dataclass(frozen=True, slots=True)
class Move:
    """From any of `sources` to `target`, by one of `actors`."""

    sources: frozenset[BookingStatus]
    target: BookingStatus
    actors: frozenset[Actor]


MOVES: dict[Action, Move] = {
    Action.ACCEPT: Move(frozenset({_S.PENDING_APPROVAL}), _S.PENDING_PAYMENT, _HOSTS),
    Action.DECLINE: Move(frozenset({_S.PENDING_APPROVAL}), _S.DECLINED, _HOSTS),
    Action.PAY: Move(frozenset({_S.PENDING_PAYMENT}), _S.CONFIRMED, frozenset({Actor.PAYMENT})),
    Action.EXPIRE: Move(
        frozenset({_S.PENDING_APPROVAL, _S.PENDING_PAYMENT}), _S.EXPIRED, frozenset({Actor.CLOCK, Actor.PAYMENT})
    ),
    Action.REINSTATE: Move(frozenset({_S.EXPIRED}), _S.CONFIRMED, frozenset({Actor.PAYMENT})),
    Action.CANCEL: Move(
        frozenset({_S.PENDING_APPROVAL, _S.PENDING_PAYMENT, _S.CONFIRMED}),
        _S.CANCELLED,
        _PEOPLE | {Actor.PAYMENT},  # a balance that was not paid in time
    ),
    Action.START: Move(frozenset({_S.CONFIRMED}), _S.IN_PROGRESS, frozenset({Actor.CLOCK, *_HOSTS})),
    Action.COMPLETE: Move(frozenset({_S.IN_PROGRESS}), _S.COMPLETED, frozenset({Actor.CLOCK, *_HOSTS})),
    Action.MARK_NO_SHOW: Move(frozenset({_S.CONFIRMED, _S.IN_PROGRESS}), _S.NO_SHOW, _HOSTS),
}
# What changes a booking and leaves it in its status.
STAYS: dict[Action, tuple[frozenset[BookingStatus], frozenset[Actor]]] = {
    Action.CHANGE: (frozenset({_S.PENDING_APPROVAL, _S.PENDING_PAYMENT, _S.CONFIRMED, _S.IN_PROGRESS}), _PEOPLE),
    Action.LEAVE_EARLY: (frozenset({_S.IN_PROGRESS}), _PEOPLE),
}
HOLDS_PLACE = frozenset({_S.PENDING_APPROVAL, _S.PENDING_PAYMENT, _S.CONFIRMED, _S.IN_PROGRESS})
OVER = frozenset({_S.COMPLETED, _S.DECLINED, _S.EXPIRED, _S.CANCELLED, _S.NO_SHOW})


def first_status(*, instant: bool, free: bool) -> BookingStatus:
    """Where a new booking begins; `free`: there is nothing to pay."""
    if not instant:
        return _S.PENDING_APPROVAL
    return _S.CONFIRMED if free else _S.PENDING_PAYMENT


def allowed(status: BookingStatus, actor: Actor) -> frozenset[Action]:
    """What this actor may do now; buttons and links come from here."""
    moves = {action for action, move in MOVES.items() if status in move.sources and actor in move.actors}
    return frozenset(moves | {action for action, (at, by) in STAYS.items() if status in at and actor in by})


def check_stays(status: BookingStatus, action: Action, actor: Actor) -> None:
    """Raises `NotAllowed` unless the booking can be changed so now."""
    at, by = STAYS[action]
    if status not in at or actor not in by:
        said = status.replace("_", " ")
        raise NotAllowed(f"This booking is {said}, so this cannot be done now.")


def after(status: BookingStatus, action: Action, actor: Actor, *, free: bool = False) -> BookingStatus:
    """Where the action leads; raises `NotAllowed`. Accepting a booking that costs nothing confirms it."""
    move = MOVES.get(action)
    if move is None or status not in move.sources or actor not in move.actors:
        said = status.replace("_", " ")
        raise NotAllowed(f"This booking is {said}, so this cannot be done now.")
    if action is Action.ACCEPT and free:
        return _S.CONFIRMED
    return move.target
