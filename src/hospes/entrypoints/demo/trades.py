"""What is sold by the hour in the demo world: lengths, hours and prices of each trade."""

from dataclasses import dataclass
from datetime import time

from hospes.modules.catalog.contracts import Kind

Hours = tuple[tuple[int, time, time], ...]
"""Weekday (0 is Monday), opening, closing."""


@dataclass(frozen=True, slots=True)
class Trade:
    """One way to sell hours. Lengths are minutes; an hour costs `base` euros and `share` of the price of a night there.

    `hours` names a week in `week_of`; `own` is how likely a unit keeps hours of its own; `units` how many there are.
    `travels`: radius in km, speed in km/h, euros a visit and a kilometre.
    """

    code: str
    kind: str
    places: tuple[str, ...]
    names: tuple[str, ...]
    text: str
    scenes: tuple[str, ...]
    hours: str
    slot: int
    step: int
    longest: int | None
    after: int
    notice: int
    horizon: int
    base: float
    share: float
    units: tuple[int, int] = (1, 1)
    own: float = 0.0
    max_per_day: int | None = None
    guests: int = 1
    travels: tuple[float, float, float, float] | None = None
    business: str = "OTHER"
    amenities: tuple[str, ...] = ("wifi",)
    on_holidays: bool = False


TRADES: tuple[Trade, ...] = (
    Trade(
        "doctor", Kind.DOCTOR_SLOT, ("{a} Practice", "{a} Family Doctors", "Practice at the {a}", "{a} Medical Rooms"),
        ("Consultation", "General consultation"), "A consultation of twenty minutes, in person. Bring what you take every day.",
        ("clinic", "clinic"), "practice", 20, 30, 20, 10, 120, 60, 10, 0.75, units=(1, 4), own=0.6, business="CLINIC",
        amenities=("step_free", "lift", "wifi"),
    ),
    Trade(
        "dentist", Kind.DOCTOR_SLOT, ("{a} Dental", "{a} & {b} Dentists", "The {a} Dental Rooms"), ("Check-up and cleaning",),
        "An examination, a cleaning, and a plan you understand.", ("clinic", "clinic"), "practice", 45, 60, 45, 15, 240, 90,
        15, 0.9, units=(1, 3), own=0.6, business="CLINIC", amenities=("step_free", "lift", "wifi"),
    ),
    Trade(
        "physio", Kind.DOCTOR_SLOT, ("{a} Physiotherapy", "{a} Movement"), ("Physiotherapy, half an hour",),
        "Half an hour with one therapist and one room.", ("clinic", "clinic"), "long_practice", 30, 45, 30, 15, 240, 90,
        8, 0.55, units=(1, 4), own=0.5, business="CLINIC", amenities=("step_free", "wifi"),
    ),
    Trade(
        "hair", Kind.SALON_CHAIR, ("{a} Hair", "Salon {a}", "{a} & {b} Hairdressers", "The {a} Barbers", "Studio {b}"),
        ("Cut and finish", "Cut, wash and style"), "A cut, a wash and an honest opinion. Colour takes longer: book two hours.",
        ("salon", "salon"), "salon", 45, 15, 180, 15, 60, 60, 12, 0.3, units=(2, 5), own=0.35, business="SALON",
        amenities=("wifi", "air_conditioning"),
    ),
    Trade(
        "desk", Kind.DESK, ("{a} Works", "{a} Coworking", "The {a} Desks", "{a} Yard"), ("Desk by the window", "Quiet desk"),
        "A desk, a good chair, fast internet and coffee that deserves the name.", ("work", "living", "kitchen"), "desk",
        60, 60, 600, 0, 0, 60, 1.5, 0.03, units=(3, 8), business="CO_WORKING", amenities=("wifi", "coffee_maker", "printer"),
    ),
    Trade(
        "room", Kind.MEETING_ROOM, ("{a} Rooms", "{a} Conference", "The {a} Boardroom", "{a} Works"),
        ("Meeting room for eight", "Meeting room for twelve"), "A quiet room with a screen, a whiteboard and daylight.",
        ("work", "living"), "office", 60, 30, 480, 15, 30, 120, 8, 0.2, guests=12, business="CO_WORKING",
        amenities=("wifi", "projector", "whiteboard"),
    ),
    Trade(
        "photographer", Kind.PROFESSIONAL, ("{a} Photography", "{a} Portraits", "Studio {a} & {b}"), ("Portrait session",),
        "An hour at a place you like; twenty edited pictures within a week.", ("city", "tour"), "everyday", 60, 30, 240, 15,
        1440, 120, 20, 0.6, max_per_day=4, guests=6, travels=(25, 30, 10, 0.6), on_holidays=True,
    ),
    Trade(
        "trainer", Kind.PROFESSIONAL, ("{a} Fitness", "{a} Strength", "The {a} Gym"), ("Personal training",),
        "An hour of training for you alone, in a small gym, before or after work.", ("work", "living"), "evening", 60, 30, 120,
        0, 120, 60, 10, 0.35, units=(1, 3), own=0.5, guests=2, amenities=("gym", "wifi"),
    ),
    Trade(
        "tutor", Kind.PROFESSIONAL, ("{a} Languages", "{a} Lessons", "The {a} School"), ("Language lesson",),
        "One teacher, one hour, and mostly talking.", ("work", "living"), "afternoon", 60, 60, 120, 0, 720, 90, 8, 0.22,
        units=(1, 3), own=0.6, guests=2,
    ),
    Trade(
        "handyman", Kind.PROFESSIONAL, ("{a} Repairs", "{a} & {b} Handwork"), ("Repairs at home",),
        "Shelves, taps, lamps and doors: two hours or longer, tools included.", ("living", "kitchen"), "mobile", 120, 60, 480,
        30, 1440, 60, 12, 0.3, units=(1, 2), max_per_day=3, guests=1, travels=(20, 25, 8, 0.5),
    ),
    Trade(
        "massage", Kind.PROFESSIONAL, ("{a} Massage", "{a} Calm"), ("Massage at your place",),
        "A therapist comes with table, towels and oil.", ("bath", "living"), "mobile_late", 60, 30, 120, 15, 240, 60, 15, 0.45,
        max_per_day=5, travels=(15, 25, 6, 0.4), on_holidays=True,
    ),
)  # fmt: skip
BY_CODE = {trade.code: trade for trade in TRADES}
# How often each is drawn; what most towns have most of comes first.
WEIGHTS = tuple({"doctor": 3, "dentist": 2, "hair": 5, "desk": 3, "room": 3}.get(trade.code, 1.2) for trade in TRADES)

# Morning and afternoon of a practice: (opens, closes, opens again, closes), as 930 for half past nine.
_USUAL = (900, 1300, 1400, 1800)
_HALVES = {
    "ES": (930, 1330, 1630, 2000), "IT": (900, 1300, 1500, 1900), "GR": (900, 1400, 1730, 2030), "FR": (900, 1230, 1400, 1830),
    "DE": (800, 1230, 1400, 1800), "AT": (800, 1230, 1400, 1800), "CH": (800, 1200, 1330, 1800), "US": (830, 1200, 1300, 1700),
    "CA": (830, 1200, 1300, 1700), "JP": (900, 1230, 1430, 1830), "GB": (900, 1230, 1330, 1730), "IE": (900, 1230, 1330, 1730),
    "NO": (800, 1130, 1230, 1600), "SE": (800, 1130, 1230, 1630), "DK": (800, 1200, 1230, 1600), "FI": (800, 1130, 1230, 1600),
    "IS": (800, 1200, 1300, 1600), "MX": (900, 1400, 1600, 1900), "IN": (1000, 1330, 1700, 2030), "NL": (830, 1230, 1330, 1700),
}  # fmt: skip
_WORKING = {"EG": (6, 0, 1, 2, 3)}
_MONDAY_OFF = frozenset({"FR", "DE", "IT", "AT", "CH", "PT", "NL"})
_SATURDAY_TOO = frozenset({"JP", "IN", "TR", "MX", "KR", "TW", "VN", "TH", "BR", "CO", "PE", "NG", "GH", "KE"})
_WEDNESDAY_SHORT = frozenset({"DE", "AT", "CH", "FR"})


def week_of(hours: str, country: str) -> Hours:
    """The week of a trade in a country, by its code."""
    days = _WORKING.get(country, (0, 1, 2, 3, 4))
    opens, noon, again, closes = (_at(each) for each in _HALVES.get(country, _USUAL))
    spans: list[tuple[int, time, time]] = []
    if hours in ("practice", "long_practice"):
        late = time(19, 30) if hours == "long_practice" and closes < time(19, 30) else closes
        for day in days:
            spans.append((day, opens, noon))
            if day != 2 or country not in _WEDNESDAY_SHORT:
                spans.append((day, again, late))
        if country in _SATURDAY_TOO:
            spans.append((5, opens, noon))
        return tuple(spans)
    if hours == "salon":
        return _salon(country, days, opens, noon, again, closes)
    return _plain(hours, days)


def _salon(country: str, days: tuple[int, ...], opens: time, noon: time, again: time, closes: time) -> Hours:
    open_days = [day for day in days if day or country not in _MONDAY_OFF]
    saturday = (5, time(9), time(17)) if country != "EG" else (5, time(12), time(21))
    if country in ("ES", "GR"):
        halves = [(day, *span) for day in open_days for span in ((time(10), noon), (again, max(closes, time(20, 30))))]
        return (*halves, (5, time(10), time(14)))
    return (*((day, time(9) if opens < time(9, 30) else time(10), time(19)) for day in open_days), saturday)


def _every(days: tuple[int, ...], opens: time, closes: time) -> Hours:
    return tuple((day, opens, closes) for day in days)


def _plain(hours: str, days: tuple[int, ...]) -> Hours:
    match hours:
        case "desk":
            return (*_every(days, time(8), time(20)), (5, time(10), time(16)))
        case "office":
            return _every(days, time(8), time(19))
        case "everyday":
            return _every((0, 1, 2, 3, 4, 5, 6), time(8, 30), time(20))
        case "evening":
            early, late = _every(days, time(6, 30), time(10)), _every(days, time(16), time(21, 30))
            return (*early, *late, (5, time(8), time(13)))
        case "afternoon":
            return (*_every(days, time(15, 30), time(21)), (5, time(10), time(14)))
        case "mobile":
            return (*_every(days, time(8), time(18)), (5, time(9), time(14)))
        case _:
            return (*_every(days, time(10), time(21)), *_every((5, 6), time(11), time(20)))


def _at(number: int) -> time:
    return time(number // 100, number % 100)
