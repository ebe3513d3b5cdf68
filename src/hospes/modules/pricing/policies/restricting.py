"""Whether the host lets a stay like this be booked. Each refusal has its own code and a sentence for a person.

For each question the most specific restriction that says anything about it decides (specificity.py); of equal ones the
newest. Restrictions of a plan bind that plan only, not those derived from it.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

from hospes.modules.pricing import errors
from hospes.modules.pricing.contracts import ALL_WEEK, Restriction
from hospes.modules.pricing.policies import wording
from hospes.modules.pricing.policies.specificity import covers, most_specific, of_plans


def check_restrictions(
    restrictions: Sequence[Restriction], arrival: date, departure: date, *, plan_id: UUID | None, today: date | None
) -> None:
    """Raises the first refusal: sale, arrival and departure, length, then how long ahead (only with `today`)."""
    if not restrictions:
        return
    plan_ids = () if plan_id is None else (plan_id,)
    mine = list(reversed(of_plans(restrictions, plan_ids)))

    def speaking(day: date, says: Callable[[Restriction], object | None]) -> Restriction | None:
        return most_specific([each for each in mine if says(each) is not None and covers(each, day)], plan_ids)

    nights = [arrival + timedelta(days=at) for at in range((departure - arrival).days)]
    for night in nights:
        found = speaking(night, lambda each: each.stop_sell)
        if found is not None and found.stop_sell:
            raise _at(
                "arrival",
                errors.StopSell,
                f"The night of {wording.said_in_full(night)} is not for sale{_at_rate(found)}.",
            )
    _check_ends(speaking, arrival, departure)
    _check_length(speaking, arrival, nights)
    if today is not None:
        _check_advance(speaking, arrival, today)


Speaking = Callable[[date, Callable[[Restriction], object | None]], Restriction | None]


def _check_ends(speaking: Speaking, arrival: date, departure: date) -> None:
    found = speaking(arrival, lambda each: each.closed_to_arrival)
    if found is not None and found.closed_to_arrival:
        sentence = f"Nobody can arrive {_on(found, arrival)}{_here(found)}."
        raise _at("arrival", errors.ClosedToArrival, sentence)
    found = speaking(departure, lambda each: each.closed_to_departure)
    if found is not None and found.closed_to_departure:
        sentence = f"Nobody can leave {_on(found, departure)}{_here(found)}."
        raise _at("departure", errors.ClosedToDeparture, sentence)


def _check_length(speaking: Speaking, arrival: date, nights: Sequence[date]) -> None:
    found = speaking(arrival, lambda each: each.min_stay_on_arrival)
    if found is not None and found.min_stay_on_arrival and len(nights) < found.min_stay_on_arrival:
        who = "Stays" if _always(found) else f"Stays arriving {_on(found, arrival)}"
        sentence = f"{who} last at least {wording.nights(found.min_stay_on_arrival)}{_here(found)}."
        raise _at("departure", errors.MinStayOnArrival, sentence)
    for night in nights:
        found = speaking(night, lambda each: each.min_stay)
        if found is not None and found.min_stay and len(nights) < found.min_stay:
            sentence = f"{_staying(found, night)} last at least {wording.nights(found.min_stay)}{_here(found)}."
            raise _at("departure", errors.MinStay, sentence)
        found = speaking(night, lambda each: each.max_stay)
        if found is not None and found.max_stay and len(nights) > found.max_stay:
            sentence = f"{_staying(found, night)} last at most {wording.nights(found.max_stay)}{_here(found)}."
            raise _at("departure", errors.MaxStay, sentence)


def _check_advance(speaking: Speaking, arrival: date, today: date) -> None:
    ahead = (arrival - today).days
    found = speaking(arrival, lambda each: each.min_advance_days)
    if found is not None and found.min_advance_days and ahead < found.min_advance_days:
        who = "Stays" if _always(found) else f"Stays arriving {_on(found, arrival)}"
        sentence = f"{who} are booked at least {wording.days(found.min_advance_days)} ahead{_here(found)}."
        raise _at("arrival", errors.MinAdvance, sentence)
    found = speaking(arrival, lambda each: each.max_advance_days)
    if found is not None and found.max_advance_days is not None and ahead > found.max_advance_days:
        opens = wording.said_in_full(arrival - timedelta(days=found.max_advance_days))
        sentence = f"Stays arriving on {wording.said_in_full(arrival)} can be booked from {opens} on{_here(found)}."
        raise _at("arrival", errors.MaxAdvance, sentence)


def _always(found: Restriction) -> bool:
    return found.first is None and found.weekdays == ALL_WEEK


def _on(found: Restriction, day: date) -> str:
    """`on a Friday` where the weekday is the reason, else the date."""
    return f"on a {wording.weekday(day)}" if found.weekdays != ALL_WEEK else f"on {wording.said_in_full(day)}"


def _staying(found: Restriction, night: date) -> str:
    if _always(found):
        return "Stays"
    if found.weekdays != ALL_WEEK:
        return f"Stays over a {wording.weekday(night)} night"
    return f"Stays over the night of {wording.said_in_full(night)}"


def _here(found: Restriction) -> str:
    return " at this rate" if found.plan_id else " here"


def _at_rate(found: Restriction) -> str:
    return " at this rate" if found.plan_id else ""


def _at(field: str, error: type[errors.Restricted], sentence: str) -> errors.Restricted:
    return error(sentence, fields={field: sentence})
