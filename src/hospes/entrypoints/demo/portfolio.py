"""What the demo host runs: one of each way of selling, so that everything can be tried out."""

from dataclasses import replace
from uuid import UUID

from hospes.entrypoints.demo.hours import add_hours, add_trade
from hospes.entrypoints.demo.maker import Maker
from hospes.entrypoints.demo.places import City
from hospes.entrypoints.demo.rows import World
from hospes.entrypoints.demo.stays import add_home, add_hotel
from hospes.entrypoints.demo.trades import BY_CODE
from hospes.entrypoints.demo.trips import TRIP, add_trip
from hospes.modules.catalog.contracts import Kind

ROOMS = ("Classic double", "Family room", "Junior suite")
PAST_DAYS = 35
SOLD_OUT = 8 + PAST_DAYS  # the tour leaves every day


def add_portfolio(maker: Maker, world: World, host: UUID) -> dict[str, UUID]:
    """Everything of the demo host; the ids of the resources by what they are."""
    city = maker.cities[0]
    business = maker.business(world, host, "Moreau Stays", "HOTEL", 400)
    _, rooms = add_hotel(
        maker, world, business, city, name="The Heron House", instant=True, quiet=True, parking=True, rooms=ROOMS
    )
    homes = {
        name: add_home(maker, world, business, city, name=title, quiet=True, **said).id
        for name, title, said in (
            ("loft", "Sunlit loft by the harbour", {"instant": True, "rules": True}),
            ("garden", "Garden flat near the old town", {"instant": False}),
            ("waiting", "Top-floor flat with a view of the water", {"status": "submitted"}),
        )
    }
    return {
        **dict(zip(("double", "family", "suite", "parking"), (each.id for each in rooms), strict=True)),
        **homes,
        **_hours(maker, world, business, city),
        **_departures(maker, world, business, city),
    }


def _hours(maker: Maker, world: World, business: UUID, city: City) -> dict[str, UUID]:
    doctor = BY_CODE["doctor"]
    doctors = ("Dr. Inês Costa", "Dr. Thabo Ndlovu")
    practice = add_trade(maker, world, business, city, doctor, name="Heron Practice", units=doctors)
    room = replace(
        doctor, kind=Kind.OTHER, text="A room for small treatments; book it with a doctor.", base=3, share=0.1
    )
    device = replace(
        doctor, kind=Kind.EQUIPMENT, text="An ultrasound device; book it with a doctor.", base=4, share=0.15
    )
    treatment = add_hours(
        maker, world, practice.spot, room, title="Treatment room", units=["Treatment room"], quiet=True
    )
    ultrasound = add_hours(maker, world, practice.spot, device, title="Ultrasound", units=["Ultrasound"], quiet=True)
    chairs = ("Chair of Marta", "Chair of Kofi", "Chair of Yuki")
    salon = add_trade(maker, world, business, city, BY_CODE["hair"], name="Lantern Hair", units=chairs)
    desk = add_trade(maker, world, business, city, BY_CODE["desk"], name="Harbour Works")
    meeting = add_hours(maker, world, desk.spot, BY_CODE["room"], title="Meeting room for eight")
    portraits = add_trade(
        *(maker, world, business, city, BY_CODE["photographer"]), name="Moreau Portraits", units=("Henrik Moreau",)
    )
    return {
        "doctor": practice.id,
        "treatment": treatment.id,
        "ultrasound": ultrasound.id,
        "salon": salon.id,
        "desk": desk.id,
        "meeting": meeting.id,
        "photographer": portraits.id,
    }


def _departures(maker: Maker, world: World, business: UUID, city: City) -> dict[str, UUID]:
    walk = add_trip(
        maker,
        world,
        business,
        city,
        TRIP["walk"],
        name="Walks with Henrik",
        quiet=True,
        past_days=PAST_DAYS,
        sold_out=SOLD_OUT,
    )
    weekend = add_trip(maker, world, business, city, TRIP["weekend"], name="Moreau Journeys", quiet=True)
    return {"tour": walk.id, "package": weekend.id}
