"""The wire shapes of opening hours, slots and departures."""

from datetime import date, datetime, time
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.inventory.contracts import DayException, Departure, DepartureDraft, Place, Schedule, Window
from hospes.modules.inventory.policies.departures import is_open

MAX_WINDOWS = 500
YEARS = range(2000, 2200)


def _in_our_time(said: date | datetime) -> date | datetime:
    if said.year not in YEARS:
        raise ValueError("This is too far away.")
    return said


Wall = Annotated[time, AfterValidator(lambda said: said.replace(tzinfo=None, second=0, microsecond=0))]
Day = Annotated[date, AfterValidator(_in_our_time)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Minutes = Annotated[int, Field(ge=0, le=1440)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlaceBody(_In):
    """A point, in degrees."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class WindowBody(_In):
    """Open every week at these hours; closing at or before opening is on the next day."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")

    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    opens: Wall
    closes: Wall
    unit_id: UUID | None = Field(None, description="The unit's own hours; it then follows only its own.")


class HoursBody(_In):
    """From opening to closing; closing at or before opening is on the next day."""

    opens: Wall
    closes: Wall


class _Settings(BaseModel):
    slot_minutes: int = Field(ge=1, le=1440, description="The usual and shortest booking.")
    longest_minutes: int | None = Field(None, ge=1, le=1440, description="Left out: up to the window.")
    before_minutes: Minutes = Field(0, description="Kept free before each booking.")
    after_minutes: Minutes = Field(0, description="Kept free after each booking.")
    notice_minutes: int = Field(0, ge=0, le=525_600)
    horizon_days: int = Field(90, ge=1, le=730)
    max_per_day: int | None = Field(None, ge=1, le=1000, description="Bookings of one unit on one day.")
    max_per_week: int | None = Field(None, ge=1, le=5000, description="Bookings of one unit from Monday to Sunday.")
    travel_mode: Literal["local", "travel"] = "local"
    radius_km: float | None = Field(None, gt=0, le=1000)
    speed_kmh: float | None = Field(None, ge=1, le=300)
    home: PlaceBody | None = None


class ScheduleIn(_In, _Settings):
    """Opening hours as a whole; special days have their own address."""

    step_minutes: int | None = Field(
        None, ge=1, le=1440, description="Between two starts. Left out: the slot's length."
    )
    windows: Annotated[list[WindowBody], Field(max_length=MAX_WINDOWS)] = []

    def schedule(self, resource_id: UUID) -> Schedule:
        """As the use case takes it."""
        said = self.model_dump(exclude={"windows", "home", "step_minutes"})
        return Schedule(
            resource_id=resource_id,
            step_minutes=self.step_minutes or self.slot_minutes,
            home=Place(self.home.latitude, self.home.longitude) if self.home else None,
            windows=tuple(Window(each.weekday, each.opens, each.closes, each.unit_id) for each in self.windows),
            **said,
        )


class ExceptionIn(_In):
    """Special hours of a day; none: closed."""

    hours: Annotated[list[HoursBody], Field(max_length=24)] = []
    unit_id: UUID | None = None
    note: Note = ""

    def exception(self, day: date) -> DayException:
        """As the use case takes it."""
        return DayException(day, tuple((each.opens, each.closes) for each in self.hours), self.unit_id, self.note)


class ExceptionOut(BaseModel):
    """Special hours of a day; none: closed."""

    day: date
    hours: list[HoursBody]
    unit_id: UUID | None
    note: str

    @classmethod
    def of(cls, said: DayException) -> Self:
        """From the contract."""
        hours = [HoursBody(opens=opens, closes=closes) for opens, closes in said.hours]
        return cls(day=said.day, hours=hours, unit_id=said.unit_id, note=said.note)


class ScheduleOut(_Settings):
    """Opening hours with their special days. Times are those on the wall in `zone`."""

    resource_id: UUID
    zone: str
    step_minutes: int
    windows: list[WindowBody]
    exceptions: list[ExceptionOut]
    version: int

    @classmethod
    def of(cls, said: Schedule, zone: str) -> Self:
        """From the contract."""
        plain = {name: getattr(said, name) for name in _Settings.model_fields if name != "home"}
        return cls(
            **plain,
            resource_id=said.resource_id,
            zone=zone,
            step_minutes=said.step_minutes,
            home=PlaceBody.model_validate(said.home) if said.home else None,
            windows=[WindowBody.model_validate(each) for each in said.windows],
            exceptions=[ExceptionOut.of(each) for each in said.exceptions],
            version=said.version,
        )


class SlotOut(BaseModel):
    """A time that can be booked, and the units free then, in their order."""

    starts_at: datetime
    ends_at: datetime
    unit_ids: list[UUID]


class SlotUnitOut(BaseModel):
    """A professional, chair or room, as guests call it."""

    id: UUID
    name: str


class SlotsOut(BaseModel):
    """Slots in order of their start; `tz` is the zone of their times, `units` whom or what one can choose from."""

    tz: str
    items: list[SlotOut]
    units: list[SlotUnitOut] = []


class DepartureIn(_In):
    """A dated departure."""

    starts_at: Instant
    ends_at: Instant
    capacity: int = Field(ge=1, le=100_000)
    overbooking: int = Field(0, ge=0, le=1000, description="How many more are sold than there are places.")
    cutoff_minutes: int = Field(0, ge=0, le=525_600, description="How long before the start sales end.")
    min_group: int = Field(1, ge=1, le=1000)
    max_group: int | None = Field(None, ge=1, le=1000)
    price_amount: int | None = Field(None, ge=0, le=1_000_000_000, description="A place, in minor units.")
    status: Literal["scheduled", "cancelled"] = "scheduled"

    def draft(self) -> DepartureDraft:
        """As the use case takes it."""
        return DepartureDraft(**self.model_dump())


class DepartureOut(BaseModel):
    """A dated departure; what only its host sees is null to others."""

    id: UUID
    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    available: int
    bookable: bool
    min_group: int
    max_group: int | None
    price_amount: int | None
    status: Literal["scheduled", "cancelled"]
    capacity: int | None = None
    overbooking: int | None = None
    claimed: int | None = None
    cutoff_minutes: int | None = None
    version: int | None = None

    @classmethod
    def of(cls, said: Departure, zone_time: tuple[datetime, datetime], *, inside: bool, now: datetime) -> Self:
        """From the contract, with its start and end as they are to be shown."""
        names = ["id", "resource_id", "available", "min_group", "max_group", "price_amount", "status"]
        if inside:
            names += ["capacity", "overbooking", "claimed", "cutoff_minutes", "version"]
        bookable = is_open(said, now=now) and said.available >= said.min_group
        return cls(
            **{name: getattr(said, name) for name in names},
            starts_at=zone_time[0],
            ends_at=zone_time[1],
            bookable=bookable,
        )


class DeparturesOut(BaseModel):
    """Departures in order of their start."""

    items: list[DepartureOut]
