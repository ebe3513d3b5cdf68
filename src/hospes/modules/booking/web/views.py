"""What the pages need worked out before a template shows it; all of it pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

from hospes.modules.booking.contracts import Party
from hospes.modules.booking.policies.cancellation import FULL
from hospes.modules.inventory.contracts import Departure, NightState
from hospes.modules.pricing.contracts import Meals, RatePlan


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of a month. `state`: past, free, taken or beyond; `role`: what clicking it would choose."""

    day: date
    state: str
    role: str
    chosen: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday; None fills up the edges."""

    first: date
    weeks: tuple[tuple[Day | None, ...], ...]


def months_of(
    first: date,
    count: int,
    nights: list[NightState],
    *,
    today: date,
    last: date,
    arrival: date | None,
    departure: date | None,
) -> list[Month]:
    """Months with each day's state. `last` is the last night on sale; a taken day may still be one of departure."""
    free = {night.night for night in nights if night.available > 0}
    until = _first_refused(arrival, free, today, last) if arrival and not departure else None
    months = []
    for _ in range(count):
        following = next_month(first)
        days: list[Day | None] = [None] * first.weekday()
        day = first
        while day < following:
            days.append(_cell(day, free, today, last, arrival, departure, until))
            day += timedelta(days=1)
        days += [None] * (-len(days) % 7)
        months.append(Month(first, tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7))))
        first = following
    return months


def _first_refused(arrival: date, free: set[date], today: date, last: date) -> date:
    """The latest day one can leave on after arriving then."""
    day = arrival
    while day in free and day <= last:
        day += timedelta(days=1)
    return day


def _cell(
    day: date,
    free: set[date],
    today: date,
    last: date,
    arrival: date | None,
    departure: date | None,
    until: date | None,
) -> Day:
    state = "past" if day < today else "beyond" if day > last else "free" if day in free else "taken"
    if arrival and until and arrival < day <= until:
        role = "departure"
    else:
        role = "arrival" if state == "free" else ""
    chosen = ""
    if day == arrival:
        chosen = "arrival"
    elif day == departure:
        chosen = "departure"
    elif arrival and departure and arrival < day < departure:
        chosen = "between"
    return Day(day, state, role, chosen)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_named(text: str, otherwise: date) -> date:
    """`2026-07` as its first day; anything else is the month of `otherwise`."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return otherwise.replace(day=1)


def party_words(party: Party) -> str:
    """2 adults, 1 child, 1 pet."""
    parts = [
        (party.adults, "adult", "adults"),
        (party.children, "child", "children"),
        (party.infants, "infant", "infants"),
        (party.pets, "pet", "pets"),
    ]
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in parts if count)


def nights_words(arrival: date, departure: date) -> str:
    """3 nights."""
    nights = (departure - arrival).days
    return f"{nights} night{'' if nights == 1 else 's'}"


def local(at: datetime, zone: str, pattern: str = "EEE d MMM y, HH:mm") -> str:
    """An instant as the clock on the wall there shows it."""
    return str(format_datetime(at.astimezone(ZoneInfo(zone)), pattern, locale="en"))


def country_words(code: str) -> str:
    """Portugal for PT."""
    return str(Locale("en").territories.get(code, code))


def minutes_words(count: int) -> str:
    """45 minutes; 1 hour; 1 hour 30 minutes."""
    hours, rest = divmod(count, 60)
    said = [f"{hours} hour{'' if hours == 1 else 's'}"] if hours else []
    return " ".join([*said, f"{rest} minutes"] if rest or not hours else said)


def zone_words(zone: str) -> str:
    """Cape Town for Africa/Cape_Town."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def closes(departure: Departure) -> datetime:
    """Until when a departure can be booked."""
    return departure.starts_at - timedelta(minutes=departure.cutoff_minutes)


def plan_words(plan: RatePlan, usual_policy: str) -> str:
    """Breakfast included, free cancellation until 24 hours before."""
    meals = {
        Meals.BREAKFAST: "Breakfast included. ",
        Meals.HALF_BOARD: "Breakfast and dinner included. ",
        Meals.FULL_BOARD: "All meals included. ",
        Meals.ALL_INCLUSIVE: "Everything included. ",
    }.get(Meals(plan.meals), "")
    policy = plan.cancellation_policy or usual_policy
    if policy == "custom":
        free = next((each.hours_before for each in plan.tiers or () if each.refund_bp == FULL), None)
    else:
        free = {"flexible": 24, "moderate": 120, "strict": 336}.get(policy)
    if free is None:
        return meals + "No money back."
    before = f"{free // 24} days" if free > 48 else f"{free} hours"
    return f"{meals}Free to cancel until {before} before."


def span_words(mode: str, start: datetime, end: datetime, zone: str) -> str:
    """When an appointment or a departure is: Wed 1 Jul 2026, 09:00 to 09:30."""
    same = start.astimezone(ZoneInfo(zone)).date() == end.astimezone(ZoneInfo(zone)).date()
    return f"{local(start, zone)} to {local(end, zone, 'HH:mm') if same else local(end, zone)}"
