"""How trips, holds and waits are put into words and addresses; all of it pure."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from babel.dates import format_date

from hospes.modules.booking.contracts import Booking, Hold, Mode, Price, PriceLine, Quote, Terms
from hospes.modules.booking.web import views
from hospes.modules.inventory.contracts import DepartureAsk, SlotAsk
from hospes.platform.money import Money


@dataclass(frozen=True, slots=True)
class Compared:
    """A price line as it is now and as it would be; None where there is none."""

    label: str
    before: int | None
    after: int | None
    note: str = ""


def zone_words(zone: str) -> str:
    """Lisbon time."""
    return f"{zone.split('/')[-1].replace('_', ' ')} time"


def day_words(day: date) -> str:
    """Wed 1 Jul 2026."""
    return str(format_date(day, "EEE d MMM y", locale="en"))


def span_of(thing: Booking | Quote) -> str:
    """When it is: Wed 1 Jul 2026 to Sat 4 Jul 2026, or Wed 1 Jul 2026, 09:00 to 09:30."""
    if thing.terms.mode is Mode.NIGHTLY:
        return f"{day_words(thing.arrival)} to {day_words(thing.departure)}"
    return views.span_words(thing.terms.mode, thing.check_in_at, thing.check_out_at, thing.terms.zone)


def rooms_of(thing: Booking | Quote) -> int:
    """How many of what it is about; for departures one, since places are people."""
    terms = thing.terms
    return terms.items[0].quantity if terms.items and terms.mode is not Mode.DEPARTURE else 1


def choice_again(hold: Hold) -> str:
    """The address of the listing with the same choice made."""
    party, base = hold.party, f"/stays/{hold.resource_id}"
    terms = hold.quote.terms
    ask = terms.items[0].asks[0] if terms.items else None
    said: dict[str, object] = {"adults": party.adults, "children": party.children}
    if terms.mode is Mode.NIGHTLY:
        said = {"arrival": hold.arrival, "departure": hold.departure, **said}
        said |= {"infants": party.infants, "pets": party.pets}
        if rooms_of(hold.quote) > 1:
            said["rooms"] = rooms_of(hold.quote)
        if terms.plan_id is not None:
            said["plan_id"] = terms.plan_id
        return f"{base}?{urlencode([*said.items(), *_along(terms)])}"
    if isinstance(ask, DepartureAsk):
        said["departure_id"] = ask.departure_id
    elif isinstance(ask, SlotAsk):
        minutes = int((ask.ends_at - ask.starts_at).total_seconds()) // 60
        said |= {"from": hold.arrival, "day": hold.arrival, "start": ask.starts_at.isoformat(), "minutes": minutes}
        if terms.unit_id is not None:
            said["unit"] = terms.unit_id
        if ask.place is not None:
            said |= {"latitude": ask.place.latitude, "longitude": ask.place.longitude}
    return f"{base}?{urlencode([*said.items(), *_along(terms)])}#book"


def _along(terms: Terms) -> list[tuple[str, str]]:
    """What came along, as the listing's page reads it."""
    return [("extra", f"{each.resource_id}:{each.quantity}") for each in terms.items[1:]]


def seconds_left(until: datetime, now: datetime) -> int:
    """Whole seconds from now, at least 0."""
    return max(int((until - now).total_seconds()), 0)


def compared(before: Price, after: Price) -> list[Compared]:
    """The lines of two prices side by side, those of the same code in one row, in the order of the later price. What
    is contained in other lines is left out."""
    left = {(line.code, nth): line for line, nth in _numbered(before)}
    rows = []
    for line, nth in _numbered(after):
        old = left.pop((line.code, nth), None)
        note = "" if old is None or old.label == line.label else f"was {old.label}"
        rows.append(Compared(line.label, _shown(old), _shown(line), note))
    rows += [Compared(line.label, _shown(line), None) for line in left.values()]
    return [row for row in rows if row.before or row.after]


def difference_words(difference: int, kept: int, currency: str, *, paid: bool) -> str:
    """What a change means for the guest's money."""
    amount = Money(abs(difference), currency).text()
    if not paid:
        more = "more" if difference > 0 else "less"
        return f"It costs {amount} {more}. Nothing has been paid yet." if difference else "The price stays as it is."
    if difference > 0:
        return f"You pay {amount} more. The change is made once that is paid."
    said = f"You get {amount} back." if difference else "Nothing is due, and nothing comes back."
    if kept:
        return f"{said} {Money(kept, currency).text()} is kept by the cancellation terms."
    return said if difference else "The price stays as it is."


def _numbered(price: Price) -> list[tuple[PriceLine, int]]:
    seen: Counter[str] = Counter()
    found = []
    for line in price.lines:
        found.append((line, seen[line.code]))
        seen[line.code] += 1
    return found


def _shown(line: PriceLine | None) -> int | None:
    return None if line is None else line.amount
