"""The host's calendar by night as rows, cells and bars; all of it pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from hospes.modules.booking.contracts import Booking
from hospes.modules.booking.web import views
from hospes.modules.catalog.contracts import Sellable, Unit
from hospes.modules.inventory.contracts import Claim, ClaimKind
from hospes.modules.pricing.contracts import NightTerms
from hospes.platform.money import plain_amount

DAYS = 21
MOST_LANES = 4
ALL_LANES = 16


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that takes nights, clipped to what is shown; drawn from its first cell on, `span` cells wide."""

    kind: str
    lane: int
    span: int
    label: str
    detail: str
    href: str
    begins: bool
    ends: bool


@dataclass(slots=True)
class Cell:
    """One night of one row. `price` is short, `words` says everything; `rules` is what a form is filled with."""

    day: date
    price: str = ""
    own: bool = False
    marks: str = ""
    words: str = ""
    left: int | None = None
    taken: bool = False
    stopped: bool = False
    rules: str = ""
    bars: list[Bar] = field(default_factory=list)
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A resource, or one of its units, with its nights. Only a row with `pick` can be chosen in."""

    sellable: Sellable
    title: str
    cells: tuple[Cell, ...]
    lanes: int
    pick: bool
    is_unit: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What bars are labelled with."""

    bookings: Mapping[UUID, Booking]
    names: Mapping[UUID, str]


def rows_of(
    sellable: Sellable,
    claims: Sequence[Claim],
    known: Known,
    terms: Sequence[NightTerms],
    units: Sequence[Unit],
    first: date,
    *,
    most: int = MOST_LANES,
) -> list[Row]:
    """One row of at most `most` lines; with `units` one more for each of them, which then have the bars."""
    mine = sorted(
        (each for each in claims if each.resource_id == sellable.resource_id),
        key=lambda each: (each.first_night, each.departure, each.id),
    )
    cells = _cells(sellable, mine, terms, first)
    if not units:
        return [Row(sellable, sellable.resource_name, cells, _place(cells, mine, known, first, most), True)]
    top = Row(sellable, sellable.resource_name, cells, 0, True)
    rows = [top]
    for unit in units:
        own = tuple(Cell(cell.day) for cell in cells)
        lanes = _place(own, [each for each in mine if each.unit_id == unit.id], known, first, ALL_LANES)
        rows.append(Row(sellable, unit.name, own, lanes, False, True))
    return rows


def _cells(sellable: Sellable, claims: Sequence[Claim], terms: Sequence[NightTerms], first: date) -> tuple[Cell, ...]:
    taken = [0] * DAYS
    for claim in claims:
        begin, end = _clip(claim, first)
        for at in range(begin, end):
            taken[at] += claim.quantity
    by_day = {each.day: each for each in terms}
    cells = []
    for at in range(DAYS):
        day = first + timedelta(days=at)
        left = max(0, sellable.capacity - taken[at])
        cell = Cell(day, left=left if sellable.capacity > 1 else None, taken=left == 0)
        night = by_day.get(day)
        if night is not None:
            _priced(cell, night)
        free = f"{left} of {sellable.capacity} free" if sellable.capacity > 1 else "taken" if left == 0 else "free"
        cell.words = ", ".join(filter(None, (free, cell.words)))
        cells.append(cell)
    return tuple(cells)


def _priced(cell: Cell, night: NightTerms) -> None:
    cell.price = plain_amount(night.amount, night.currency)
    cell.own = night.own
    shortest = max(night.min_stay or 0, night.min_stay_on_arrival or 0)
    said = [f"{cell.price} {night.currency}"]
    marks = []
    if shortest > 1:
        marks.append(f"{shortest}+")
        said.append(f"at least {shortest} nights")
    if night.closed_to_arrival:
        marks.append("⇥")
        said.append("nobody arrives")
    if night.closed_to_departure:
        marks.append("↦")
        said.append("nobody leaves")
    if night.stop_sell:
        cell.stopped = True
        said.append("not for sale")
    cell.marks, cell.words = " ".join(marks), ", ".join(said)
    flags = "".join(
        sign
        for sign, on in (("a", night.closed_to_arrival), ("d", night.closed_to_departure), ("s", night.stop_sell))
        if on
    )
    cell.rules = f"{night.min_stay or ''}|{flags}"


def _clip(claim: Claim, first: date) -> tuple[int, int]:
    return max(0, (claim.first_night - first).days), min(DAYS, (claim.departure - first).days)


def _place(cells: Sequence[Cell], claims: Sequence[Claim], known: Known, first: date, most: int) -> int:
    """Put each bar on the first line where it fits; answers how many lines there are. What is too much is counted."""
    ends: list[int] = []
    for claim in claims:
        begin, end = _clip(claim, first)
        if end <= begin:
            continue
        lane = next((at for at, until in enumerate(ends) if until <= begin), len(ends))
        if lane >= most:
            for at in range(begin, end):
                cells[at].hidden += 1
            continue
        if lane == len(ends):
            ends.append(end)
        ends[lane] = end
        cells[begin].bars.append(_bar(claim, known, first, lane, end - begin))
    return max(1, len(ends))


def _bar(claim: Claim, known: Known, first: date, lane: int, span: int) -> Bar:
    booking = known.bookings.get(claim.owner_id)
    nights = views.nights_words(claim.first_night, claim.departure)
    label = {
        ClaimKind.BOOKING: known.names.get(claim.owner_id, "Guest"),
        ClaimKind.HOLD: "Being booked",
        ClaimKind.BLOCK: claim.note or "Off sale",
        ClaimKind.EXTERNAL: claim.note or "Other calendar",
    }[claim.kind]
    kind = str(claim.kind)
    status = {"booking": "booked", "hold": "", "block": "off sale", "external": "booked elsewhere"}[kind]
    if booking is not None:
        status = booking.status.replace("_", " ")
        if booking.status.startswith("pending"):
            kind = "pending"
    if claim.quantity > 1:
        label = f"{label} × {claim.quantity}"
    when = f"{nights} from {claim.first_night:%d %b} to {claim.departure:%d %b}"
    return Bar(
        kind=kind,
        lane=lane,
        span=span,
        label=label,
        detail=", ".join(filter(None, (when, status))),
        href=f"/host/bookings/{booking.id}" if booking is not None else "",
        begins=claim.first_night >= first,
        ends=(claim.departure - first).days <= DAYS,
    )
