"""A search in words: the title of its page, its dates, who comes."""

from datetime import date, timedelta

from babel.dates import format_date

from hospes.modules.catalog.contracts import AMENITY_BY_CODE, CATEGORIES
from hospes.modules.search.contracts import Find
from hospes.modules.search.web.asking import Looking

MANY = {
    "HOME": "Homes", "HOTEL_ROOM": "Hotel rooms", "DOCTOR_SLOT": "Doctors", "SALON_CHAIR": "Salons", "DESK": "Desks",
    "MEETING_ROOM": "Meeting rooms", "PROFESSIONAL": "Professionals", "TOUR": "Tours", "PACKAGE": "Packages",
    "PARKING": "Parking spaces", "EQUIPMENT": "Equipment", "OTHER": "Other places",
}  # fmt: skip
FOUND = {Find.STAYS: "Places to stay", Find.THINGS: "Things to do"}


def title_of(looking: Looking) -> str:
    """What is looked for, in a line: Homes in Lisbon, 3–6 Jul 2026, 2 guests."""
    typed, query = looking.typed, looking.query
    professions = [AMENITY_BY_CODE[code].label for code in typed["amenity"] if code in CATEGORIES]
    what = MANY[typed["kind"][0]] if len(typed["kind"]) == 1 else professions[0] if len(professions) == 1 else ""
    what = what or FOUND.get(query.find, "Places")
    where = f" in {looking.place.name}" if looking.place else ""
    if query.box or query.polygon:
        where = f" near {looking.place.name}" if looking.place else " in a part of the map"
    parts = [what + where, when_words(looking)]
    if looking.party.guests > 2 and (parts[1] or where):
        parts.append(f"{looking.party.guests} guests")
    return ", ".join(each for each in parts if each)


def when_words(looking: Looking) -> str:
    """The dates in a line; nothing when none are asked for."""
    typed, query = looking.typed, looking.query
    month = _month_words(typed["month"]) if query.flexible else ""
    if query.hours:
        hours = query.hours
        day = "the next days" if hours.first != hours.last else format_date(hours.first, "EEE d MMM", locale="en")
        return f"{day} from {hours.since:%H:%M}" if typed["since"] else day
    if query.flexible and typed["flex"] == "weekend":
        return f"a weekend in {month}" if month else "a weekend"
    if query.flexible and typed["flex"] == "nights":
        count = query.flexible.nights[0]
        nights = f"{count} night{'s' if count > 1 else ''}"
        return f"{nights} in {month}" if month else nights
    if query.flexible:
        around = f" ± {typed['flex']} day{'s' if typed['flex'] != '1' else ''}"
        return span_words(date.fromisoformat(typed["arrival"]), date.fromisoformat(typed["departure"])) + around
    return span_words(query.arrival, query.departure) if query.arrival and query.departure else ""


def _month_words(text: str) -> str:
    return str(format_date(date.fromisoformat(f"{text}-01"), "MMMM y", locale="en")) if text else ""


def span_words(first: date, last: date) -> str:
    """`3–6 Jul 2026`, `30 Jul – 2 Aug 2026`."""
    end = format_date(last, "d MMM y", locale="en")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    pattern = "d MMM" if first.year == last.year else "d MMM y"
    return f"{format_date(first, pattern, locale='en')} – {end}"


def companions(looking: Looking) -> str:
    """Who comes besides the adults: `2 children, 1 pet`."""
    party = looking.party
    counts = ((party.children, "child", "children"), (party.infants, "infant", "infants"), (party.pets, "pet", "pets"))
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in counts if count)


def in_short(looking: Looking) -> tuple[str, str]:
    """Where, and when with how many: `Lisbon`, `1–4 Jan 2027 · 2 adults, 1 child`."""
    adults = looking.party.adults
    who = f"{adults} adult{'s' if adults > 1 else ''}"
    others = companions(looking)
    who = f"{who}, {others}" if others else who
    where = looking.typed["place"] or ("This part of the map" if looking.query.box else "Anywhere")
    return where, f"{when_words(looking) or 'any dates'} · {who}"


LEFT_OUT = (
    (("arrival", "departure", "month", "nights", "day", "since", "until", "minutes"), "the dates"),
    (("adults", "children", "infants", "pets"), "the number of guests"),
    (("price_min", "price_max"), "the price"),
    (("bbox", "polygon"), "the part of the map"),
)


def left_out(looking: Looking) -> str:
    """What was asked for and could not be, so that the list is of more: `the dates and the price`."""
    parts = [words for names, words in LEFT_OUT if any(looking.faults[name] for name in names)]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def weekend_of(today: date) -> tuple[date, date, str]:
    """The next Friday to Sunday to come, and what it is called today."""
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    return friday, friday + timedelta(days=2), "Next weekend" if today.weekday() > 4 else "This weekend"
