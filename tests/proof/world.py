"""A small world in which everything is scarce: two homes, a room type, a doctor with a room, a tour; six
guests, and four calendars of other sites that sell some of it too."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory.contracts import Window
from hospes.modules.inventory.use_cases.add_feed import add_feed
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from tests.builders.booking import a_stay
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.pricing import a_rate
from tests.builders.schedules import a_departure, with_schedule

START = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
FIRST_NIGHT = date(2026, 6, 5)
NIGHTS = 8
MORNING = datetime(2026, 6, 5, 7, 0, tzinfo=UTC)
GUESTS = 6
ALWAYS = tuple(Window(day, time(9), time(13)) for day in range(7))


@dataclass(frozen=True)
class World:
    """Everything that can be wanted, and who wants and runs it."""

    home: Sellable
    request: Sellable
    rooms: Sellable
    parking: Sellable
    doctor: Sellable
    device: Sellable
    tour: Sellable
    departures: tuple[UUID, ...]
    feeds: tuple[UUID, ...]
    guests: tuple[UUID, ...]
    host: Caller

    @property
    def nightly(self) -> tuple[Sellable, ...]:
        """What is sold by the night."""
        return self.home, self.request, self.rooms

    @property
    def exclusive(self) -> tuple[Sellable, ...]:
        """What a host may block unit by unit."""
        return self.home, self.request, self.parking


async def a_world(tx: WriteTx) -> World:
    """Built by plain inserts, with prices, opening hours and departures."""
    home = await a_stay(tx, units=2, max_nights=7, policy="flexible")
    place = home.sellable.property_id

    async def beside(amount: int, **given: object) -> Sellable:
        made = await a_resource(tx, property_id=place, **given)  # type: ignore[arg-type]
        await a_rate(tx, made.resource_id, base_amount=amount)
        return made

    request = await beside(8_000, name="On request", instant=False)
    rooms = await beside(9_000, name="Room", kind="HOTEL_ROOM", pooled=True, units=3)
    parking = await beside(1_000, name="Parking", kind="PARKING")
    doctor = await beside(6_000, name="Doctor", kind="DOCTOR_SLOT", mode="timed", units=2)
    device = await beside(3_000, name="Scanner", kind="EQUIPMENT", mode="timed")
    tour = await beside(4_000, name="Tour", kind="TOUR", mode="departure", max_guests=10)
    for each in (doctor, device):
        await with_schedule(tx, each.resource_id, windows=ALWAYS)
    departures = [
        (
            await a_departure(
                tx,
                tour.resource_id,
                starts_at=MORNING + timedelta(days=day),
                ends_at=MORNING + timedelta(days=day, hours=3),
                capacity=5,
            )
        )[1]
        for day in range(2)
    ]
    guests = tuple([(await a_user(tx)).id for _ in range(GUESTS)])
    host = Caller(home.owner_id, "host@example.com", "Host", frozenset({"host"}), "session")
    sites = ((home.sellable, home.sellable.unit_ids[0]), (home.sellable, None), (rooms, None), (doctor, None))
    feeds = [
        await add_feed(
            tx, host, each.resource_id, name="Other", url=f"https://other.example/{at}.ics", unit_id=unit_id, now=START
        )
        for at, (each, unit_id) in enumerate(sites)
    ]
    return World(
        *(home.sellable, request, rooms, parking, doctor, device, tour, tuple(departures)),
        *(tuple(each.id for each in feeds), guests, host),
    )
