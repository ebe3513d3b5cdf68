"""What has happened to a booking and to its money, in words; all of it pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import (
    Action,
    Actor,
    Booking,
    BookingStatus,
    ChangeRequest,
    ChangeStatus,
    HistoryEntry,
    Mode,
    Party,
)
from hospes.modules.booking.web import views
from hospes.modules.payments.contracts import Payment, PaymentStatus
from hospes.platform.money import Money

_S = BookingStatus
_STEPS = {
    Action.CREATE: "Booking made",
    Action.ACCEPT: "Accepted by the host",
    Action.DECLINE: "Declined by the host",
    Action.PAY: "Paid and confirmed",
    Action.EXPIRE: "Time ran out",
    Action.CANCEL: "Cancelled",
    Action.REINSTATE: "Payment arrived late; the place was still free",
    Action.START: "Began",
    Action.COMPLETE: "Ended",
    Action.MARK_NO_SHOW: "Nobody came",
    Action.CHANGE: "Changed",
    Action.ASK_CHANGE: "A change was asked for; it waits for its payment",
    Action.END_CHANGE: "The change asked for was given up",
    Action.LEAVE_EARLY: "Left early",
}
_ENDED = {
    "expired": "The change asked for was not paid in time",
    "refunded": "The change was not possible any more; what was paid for it goes back",
}
_PAYMENT = {
    PaymentStatus.AWAITING_METHOD: "Not paid yet",
    PaymentStatus.PROCESSING: "Being paid",
    PaymentStatus.NEEDS_ACTION: "Waiting for your bank",
    PaymentStatus.FAILED: "The last try did not go through",
    PaymentStatus.CANCELLED: "Nothing was charged",
    PaymentStatus.AUTHORISED: "Set aside on the card, not taken yet",
}
_SETTLED = frozenset({ChangeStatus.APPLIED, ChangeStatus.REFUNDED})
_KEEPS_ALL = frozenset({_S.CONFIRMED, _S.IN_PROGRESS, _S.COMPLETED, _S.NO_SHOW})


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what, when, the words that came with it, and what became different."""

    text: str
    at: str
    note: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MoneyStory:
    """What was taken, what has gone back and what is on its way back; `words` is where the payment stands."""

    words: str
    taken: Money
    back: Money
    coming: Money


def story_of(booking: Booking, history: Sequence[HistoryEntry]) -> list[Step]:
    """The steps of a booking, the first one first."""
    return [
        Step(_text(entry), views.local(entry.at, booking.terms.zone), entry.note, tuple(_details(entry, booking)))
        for entry in history
    ]


def money_of(booking: Booking, history: Sequence[HistoryEntry], parts: Sequence[Payment]) -> MoneyStory | None:
    """None when there is no payment. `parts`: of the booking, and of its changes that came about or were given back."""
    if not parts:
        return None
    taken, back = (sum(getattr(each, name) for each in parts) for name in ("captured", "refunded"))
    due = max(taken - _kept(booking, history), 0) if taken else 0
    currency = booking.total.currency
    words = "Paid" if taken else _PAYMENT.get(parts[0].status, "Not paid yet")
    return MoneyStory(words, *(Money(each, currency) for each in (taken, back, max(due - back, 0))))


def that_count(booking: Booking, changes: Iterable[ChangeRequest], parts: Iterable[Payment]) -> list[Payment]:
    """Of the payments those of the booking's price, and of changes that came about or whose money goes back."""
    settled = {booking.id, *(each.id for each in changes if each.status in _SETTLED)}
    return [each for each in parts if each.booking_id in settled and each.of_the_price]


def _kept(booking: Booking, history: Sequence[HistoryEntry]) -> int:
    if booking.status in _KEEPS_ALL:
        return booking.total.amount
    last = next((each for each in reversed(history) if each.action is Action.CANCEL), None)
    if booking.status is not _S.CANCELLED or last is None or last.from_status is not _S.CONFIRMED:
        return 0
    before = replace(booking, status=_S.CONFIRMED)
    return booking.total.amount - facade.preview_cancellation(before, actor=last.actor, now=last.at).amount


def _text(entry: HistoryEntry) -> str:
    if entry.action is Action.END_CHANGE:
        return _ENDED.get(str(entry.data.get("change_status", "")), _STEPS[entry.action])
    by_host = entry.actor in (Actor.HOST, Actor.ADMIN)
    named = entry.action in (Action.CANCEL, Action.CHANGE, Action.ASK_CHANGE, Action.LEAVE_EARLY)
    return _STEPS[entry.action] + (
        " by the host" if by_host and named and entry.action is not Action.ASK_CHANGE else ""
    )


def _details(entry: HistoryEntry, booking: Booking) -> list[str]:
    before, after = entry.data.get("before"), entry.data.get("after")
    if not before or not after:
        return []
    zone, said = booking.terms.zone, []
    if before["resource_name"] != after["resource_name"]:
        said.append(f"{before['resource_name']} becomes {after['resource_name']}")
    if _when(before, booking.mode, zone) != _when(after, booking.mode, zone):
        said.append(f"{_when(before, booking.mode, zone)} becomes {_when(after, booking.mode, zone)}")
    if before["party"] != after["party"]:
        said.append(f"{_party(before)} becomes {_party(after)}")
    if before["quantity"] != after["quantity"] and booking.mode is not Mode.DEPARTURE:
        said.append(f"{before['quantity']} becomes {after['quantity']} of them")
    difference = Money(abs(entry.data.get("difference", 0)), before["currency"]).text()
    if entry.data.get("difference"):
        said.append(f"{difference} {'more' if entry.data['difference'] > 0 else 'less'}")
    return said


def _when(seen: dict[str, Any], mode: Mode, zone: str) -> str:
    if mode is Mode.NIGHTLY:
        first, last = (date.fromisoformat(seen[name]) for name in ("arrival", "departure"))
        return f"{first.day} {first:%b} to {last.day} {last:%b}"
    start, end = (datetime.fromisoformat(seen[name]) for name in ("check_in_at", "check_out_at"))
    return views.span_words(str(mode), start, end, zone)


def _party(seen: dict[str, Any]) -> str:
    return views.party_words(Party(**seen["party"]))
