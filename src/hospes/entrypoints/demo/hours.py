"""What is sold by the hour: practices, salons, desks, rooms and people who come."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from uuid import UUID

from hospes.entrypoints.demo import taxes, words
from hospes.entrypoints.demo.appointments import add_appointments
from hospes.entrypoints.demo.closed import public_holidays
from hospes.entrypoints.demo.maker import Maker, Sold, Spot
from hospes.entrypoints.demo.places import City
from hospes.entrypoints.demo.rows import World, nice
from hospes.entrypoints.demo.trades import Hours, Trade, week_of
from hospes.modules.catalog.contracts import CATEGORIES, Kind, Mode
from hospes.modules.inventory.contracts import DayException, Place, Schedule, Window
from hospes.modules.pricing.contracts import Rate

FEWEST_DAYS = 3
HALF_DAY = (time(9), time(13))
QUIET_EVES = ((12, 24), (12, 31))


def add_trade(
    maker: Maker, world: World, business: UUID, city: City, trade: Trade, *, name: str = "", units: Sequence[str] = (),
    status: str = "approved", quiet: bool = False,
) -> Sold:  # fmt: skip
    """A place where one trade is sold; a quiet one has no appointments yet."""
    random, at = maker.random, maker.address(city)
    name = maker.fresh_name(city, at, lambda: name or words.named(random, trade.places))
    amenities = maker.some(("wifi", "reception_24h", "lift"), 1, trade.amenities[0])
    known = list(dict.fromkeys([*maker.some(trade.amenities, len(trade.amenities), trade.amenities[0]), *amenities]))
    known += [trade.code] if trade.code in CATEGORIES else []
    text = f"{trade.text} {at.street}, {city.name}."
    spot = maker.spot(
        world, business, city, at, name, text, known, status=status, policy=random.choice(("flexible", "moderate"))
    )
    maker.pictures(world, spot, None, trade.scenes, name)
    return add_hours(maker, world, spot, trade, units=units, quiet=quiet)


def add_hours(
    maker: Maker, world: World, spot: Spot, trade: Trade, *, units: Sequence[str] = (), title: str = "", quiet: bool = False,
    own: bool | None = None,
) -> Sold:  # fmt: skip
    """A trade at a place that is there: its units, opening hours, price and appointments."""
    random, city = maker.random, spot.city
    names = list(units) or _unit_names(maker, trade, random.randint(*trade.units))
    title = title or random.choice(trade.names)
    guests = 8 if "eight" in title else trade.guests
    sold = maker.sold(world, spot, trade.kind, Mode.TIMED, title, trade.text, units=names, guests=guests)
    travel = trade.travels or (0.0, 0.0, 0.0, 0.0)
    rate = Rate(
        city.currency, nice(trade.base * (0.4 + city.level / 160) + trade.share * city.level * random.uniform(0.85, 1.2), city.currency),
        0, 500, taxes.of_services(city), travel_fee=nice(travel[2], city.currency) if trade.travels else 0,
        travel_per_km=nice(travel[3], city.currency) if trade.travels else 0,
    )  # fmt: skip
    maker.rate(world, sold, rate)
    schedule = replace(
        _schedule(trade, sold),
        windows=_windows(maker, trade, sold, own=random.random() < trade.own if own is None else own),
        exceptions=_exceptions(maker, trade, sold),
    )
    _write(world, schedule)
    if not quiet:
        add_appointments(maker, world, sold, schedule, rate)
    return sold


def _unit_names(maker: Maker, trade: Trade, count: int) -> list[str]:
    if trade.kind == Kind.DOCTOR_SLOT:
        people = [words.person(maker.random) for _ in range(count * 3)]
        return list(dict.fromkeys(f"Dr. {first} {last}" for first, last in people))[:count]
    if trade.kind == Kind.SALON_CHAIR:
        return [f"Chair {place + 1}" for place in range(count)]
    if trade.kind == Kind.DESK:
        return [f"Desk {place + 1}" for place in range(count)]
    if trade.kind == Kind.MEETING_ROOM:
        return ["The room"]
    people = [words.person(maker.random) for _ in range(count * 3)]
    return list(dict.fromkeys(f"{first} {last}" for first, last in people))[:count]


def _schedule(trade: Trade, sold: Sold) -> Schedule:
    at = sold.spot.at
    bare = Schedule(
        resource_id=sold.id, slot_minutes=trade.slot, step_minutes=trade.step, longest_minutes=trade.longest,
        after_minutes=trade.after, notice_minutes=trade.notice, horizon_days=trade.horizon, max_per_day=trade.max_per_day,
    )  # fmt: skip
    if trade.travels is None:
        return bare
    radius, speed, *_ = trade.travels
    home = Place(at.latitude, at.longitude)
    return replace(bare, travel_mode="travel", radius_km=radius, speed_kmh=speed, home=home)


def _windows(maker: Maker, trade: Trade, sold: Sold, *, own: bool) -> tuple[Window, ...]:
    """Everyone's hours; with `own` every second unit works some of the days only."""
    week = week_of(trade.hours, sold.spot.city.country)
    found = [Window(*each) for each in week]
    if own and len(sold.units) > 1:
        for unit in sold.units[1::2]:
            found += [Window(*each, unit_id=unit) for each in _part_of(maker, week)]
    return tuple(found)


def _part_of(maker: Maker, week: Hours) -> Hours:
    days = sorted({day for day, *_ in week})
    kept = set(maker.random.sample(days, max(FEWEST_DAYS, len(days) - 2)))
    return tuple(each for each in week if each[0] in kept)


def _exceptions(maker: Maker, trade: Trade, sold: Sold) -> tuple[DayException, ...]:
    """Closed on public holidays, half a day before Christmas and New Year, and now and then somebody is away."""
    random, found = maker.random, dict[tuple[date, UUID | None], DayException]()
    if not trade.on_holidays:
        for day, name in public_holidays(sold.spot.city.country, maker.today):
            found[day, None] = DayException(day, note=name)
        for ahead in range(60):
            day = maker.today + timedelta(days=ahead)
            if (
                (day.month, day.day) in QUIET_EVES
                and day.weekday() < 5
                and trade.hours in ("practice", "salon", "desk", "office")
            ):
                found.setdefault((day, None), DayException(day, (HALF_DAY,), note="Half a day"))
    if len(sold.units) > 1 and random.random() < 0.25:
        first = maker.today + timedelta(days=random.randint(15, 60))
        for ahead in range(5):
            day = first + timedelta(days=ahead)
            found[day, sold.units[-1]] = DayException(day, unit_id=sold.units[-1], note="Away")
    return tuple(found.values())


def _write(world: World, schedule: Schedule) -> None:
    home = schedule.home
    world.schedule.append(
        (schedule.resource_id, schedule.slot_minutes, schedule.step_minutes, schedule.longest_minutes, schedule.before_minutes,
         schedule.after_minutes, schedule.notice_minutes, schedule.horizon_days, schedule.max_per_day, schedule.travel_mode,
         schedule.radius_km, schedule.speed_kmh, home and home.latitude, home and home.longitude)
    )  # fmt: skip
    for window in schedule.windows:
        world.window.append((schedule.resource_id, window.unit_id, window.weekday, window.opens, window.closes))
    for each in schedule.exceptions:
        opens, closes = [span[0] for span in each.hours], [span[1] for span in each.hours]
        world.exception.append((schedule.resource_id, each.day, each.unit_id, opens, closes, each.note))
