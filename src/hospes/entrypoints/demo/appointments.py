"""Appointments of the next weeks: most made elsewhere, a few booked here and paid."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hospes.entrypoints.demo.booked import write_booking
from hospes.entrypoints.demo.land import KM_PER_DEGREE
from hospes.entrypoints.demo.maker import Maker, Sold
from hospes.entrypoints.demo.rows import World
from hospes.modules.inventory.contracts import Place, Schedule, SlotAsk, Span
from hospes.modules.inventory.facade import distance_km
from hospes.modules.inventory.policies.windows import openings
from hospes.modules.pricing.contracts import Party, Rate
from hospes.modules.pricing.policies.hourly import price_span

DAYS = 21
MOST_UNITS = 5
BOOKED_HERE = 2
BY_TELEPHONE = "Booked by telephone"
A_DAY = 86_400


def add_appointments(maker: Maker, world: World, sold: Sold, schedule: Schedule, rate: Rate) -> None:
    """A few for each unit, on the grid, apart from each other and within its hours."""
    random, zone = maker.random, sold.spot.city.zone
    first, last = maker.today, maker.today + timedelta(days=DAYS)
    here = BOOKED_HERE
    units = sold.units[:MOST_UNITS]
    for unit, spans in openings(schedule, zone, units, first, last).items():
        taken: list[Span] = []
        for _ in range(random.randint(2, 6)):
            if not spans:
                break
            start = _start(maker, schedule, random.choice(spans))
            length = schedule.slot_minutes * 60
            end = start + length + schedule.after_minutes * 60
            soon = maker.now.timestamp() + 3_600
            if start < soon or any(start < until and since < end for since, until in taken):
                continue
            taken.append((start, end))
            span = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(start + length, UTC)
            if here and random.random() < 0.4 and start > soon + A_DAY:
                here -= 1
                _book(maker, world, sold, schedule, rate, unit, span)
                if schedule.travel_mode == "travel":
                    here = 0  # two jobs far apart would need time between them
            else:
                _claim(maker, world, schedule, sold, unit, span, "external", None, None)


def _start(maker: Maker, schedule: Schedule, opening: Span) -> int:
    opens, closes = opening
    steps = (closes - opens - schedule.slot_minutes * 60) // (schedule.step_minutes * 60)
    return opens + maker.random.randint(0, max(steps, 0)) * schedule.step_minutes * 60


def _claim(
    maker: Maker, world: World, schedule: Schedule, sold: Sold, unit: UUID, span: tuple[datetime, datetime], kind: str,
    owner: UUID | None, place: Place | None,
) -> UUID:  # fmt: skip
    claim_id, info = maker.id(), sold.spot.city.info
    since = span[0] - timedelta(minutes=schedule.before_minutes)
    until = span[1] + timedelta(minutes=schedule.after_minutes)
    days = span[0].astimezone(info).date(), (span[1] - timedelta(seconds=1)).astimezone(info).date()
    note = "" if owner else BY_TELEPHONE
    world.timed_claim.append(
        (claim_id, sold.id, unit, 1, f"[{since.isoformat()},{until.isoformat()})", *days, kind, owner, note, maker.now,
         *span, None, place and place.latitude, place and place.longitude)
    )  # fmt: skip
    return claim_id


def _book(
    maker: Maker, world: World, sold: Sold, schedule: Schedule, rate: Rate, unit: UUID, span: tuple[datetime, datetime]
) -> None:
    booking_id, zone, place = maker.id(), sold.spot.city.zone, None
    if schedule.home is not None:
        place = Place(schedule.home.latitude + maker.random.uniform(-2, 2) / KM_PER_DEGREE, schedule.home.longitude)
    way = distance_km(schedule.home, place) if schedule.home and place else None
    claim_id = _claim(maker, world, schedule, sold, unit, span, "booking", booking_id, place)
    ask = SlotAsk(
        sold.id, sold.units, zone, *span, timedelta(minutes=schedule.before_minutes), timedelta(minutes=schedule.after_minutes),
        place, schedule.home, schedule.speed_kmh, schedule.max_per_day, schedule.max_per_week,
    )  # fmt: skip
    party = Party(1)
    price = price_span(rate, {}, *span, zone, party, travel_km=way)
    info = sold.spot.city.info
    days = span[0].astimezone(info).date(), span[1].astimezone(info).date()
    write_booking(maker, world, sold, ask, price, party, days, span, booking_id=booking_id, claim_id=claim_id)
