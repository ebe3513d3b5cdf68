"""What callers send."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hospes.modules.booking.contracts import Extra, Hours, Leaving, Nights, Party, Place, When, Wish

Count = Annotated[int, Field(ge=0, le=1000, strict=True)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Total = Annotated[int, Field(ge=0, le=10**15)]
Codes = Annotated[list[Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]], Field(max_length=5)]
WAYS = (
    "Say when: arrival and departure (nights), starts_at with ends_at or minutes (hours), or departure_id (places on a"
    " departure)."
)


class AskModel(BaseModel):
    """What has a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class PartyIn(AskModel):
    """Who comes."""

    adults: Count = 1
    children: Count = 0
    infants: Count = 0
    pets: Count = 0

    def party(self) -> Party:
        """As the core speaks of it."""
        return Party(self.adults, self.children, self.infants, self.pets)


class PlaceIn(AskModel):
    """Where a professional is to come."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class ExtraIn(AskModel):
    """What comes along for the same time."""

    resource_id: UUID
    quantity: Annotated[int, Field(ge=1, le=20, strict=True)] = 1


class _When(PartyIn):
    arrival: date | None = None
    departure: date | None = None
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    minutes: Annotated[int, Field(ge=1, le=10_080, strict=True)] | None = None
    place: PlaceIn | None = None
    departure_id: UUID | None = None
    quantity: Annotated[int, Field(ge=1, le=20, strict=True)] = 1
    plan_id: UUID | None = None
    children_ages: Annotated[list[Annotated[int, Field(ge=0, le=17)]], Field(max_length=50)] = []
    extras: Annotated[list[ExtraIn], Field(max_length=9)] = []
    unit_id: UUID | None = None

    def _says_when(self) -> bool:
        parts = (self.arrival, self.departure, self.starts_at, self.ends_at, self.minutes, self.departure_id)
        return any(part is not None for part in parts)

    def _check_way(self) -> None:
        nights = self.arrival is not None and self.departure is not None
        hours = self.starts_at is not None and (self.ends_at is None) != (self.minutes is None)
        ways = sum((nights, hours, self.departure_id is not None))
        stray = (self.arrival is None) != (self.departure is None) or (
            self.starts_at is None and (self.ends_at is not None or self.minutes is not None)
        )
        if ways != 1 or stray or (self.starts_at is not None and not hours):
            raise ValueError(WAYS)

    def _wish(self, resource_id: UUID) -> Wish:
        return Wish(
            resource_id=resource_id,
            when=self._when(),
            party=self.party(),
            quantity=self.quantity,
            plan_id=self.plan_id,
            children_ages=tuple(self.children_ages),
            extras=tuple(Extra(each.resource_id, each.quantity) for each in self.extras),
            unit_id=self.unit_id,
        )

    def _when(self) -> When:
        if self.arrival is not None and self.departure is not None:
            return Nights(self.arrival, self.departure)
        if self.departure_id is not None:
            return Leaving(self.departure_id)
        assert self.starts_at is not None
        end: datetime = self.ends_at or self.starts_at + timedelta(minutes=self.minutes or 0)
        return Hours(self.starts_at, end, Place(self.place.latitude, self.place.longitude) if self.place else None)


class SpendingIn(AskModel):
    """Codes of coupons, and whether to pay from one's credit what it reaches for."""

    coupons: Codes = []
    use_credit: bool = False


class WishIn(_When):
    """A resource, when (nights, hours or a departure), for whom, how many of it, and what comes along."""

    resource_id: UUID

    @model_validator(mode="after")
    def _one_way(self) -> "WishIn":
        self._check_way()
        return self

    def wish(self) -> Wish:
        """As the core speaks of it."""
        return self._wish(self.resource_id)


class DisplayIn(AskModel):
    """In which currency the total is shown besides, at the rate that is frozen now. Charged is the listing's own."""

    display_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])] | None = None


class QuoteIn(WishIn, SpendingIn, DisplayIn):
    """A wish, with coupons and credit if there are any."""

    def wish(self) -> Wish:
        """As the core speaks of it."""
        return replace(super().wish(), coupons=tuple(self.coupons), use_credit=self.use_credit)


class HoldIn(QuoteIn):
    """What to keep; with `expected_total` only at that total (minor units)."""

    expected_total: Total | None = None


class BookingIn(_When, SpendingIn, DisplayIn):
    """Either `hold_id`, or `resource_id` and when, with the party. Coupons sent along with a hold take the
    place of those it has."""

    hold_id: UUID | None = None
    resource_id: UUID | None = None
    message: Text = ""
    expected_total: Total | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "BookingIn":
        if self.hold_id is None:
            if self.resource_id is None:
                raise ValueError("Send hold_id, or resource_id and when.")
            self._check_way()
        elif self.resource_id is not None or self._says_when():
            raise ValueError("Send either hold_id, or resource_id and when, not both.")
        return self

    def wish(self) -> Wish:
        """As the core speaks of it; only without a hold."""
        assert self.resource_id is not None
        return replace(self._wish(self.resource_id), coupons=tuple(self.coupons), use_credit=self.use_credit)


class CancelIn(AskModel):
    """Why, and the refund that was shown (minor units): another one is refused."""

    reason: Text = ""
    expected_refund: Annotated[int, Field(ge=0, le=10**15)] | None = None


class DeclineIn(AskModel):
    """Why."""

    reason: Text = ""


class BlockIn(AskModel):
    """Nights [arrival, departure) to keep off sale."""

    arrival: date
    departure: date
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
