"""The wire shapes of the catalogue."""

from datetime import datetime, time
from typing import Annotated, Any, Generic, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from hospes.modules.catalog.contracts import (
    BusinessStatus,
    BusinessType,
    CancellationPolicy,
    Kind,
    Media,
    Mode,
    Property,
    PropertyDraft,
    PropertyStatus,
    ResourceDraft,
)
from hospes.modules.catalog.policies.drafts import MAX_UNITS

Item = TypeVar("Item")
Wall = Annotated[time, AfterValidator(lambda said: said.replace(tzinfo=None, second=0, microsecond=0))]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
UnitName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Codes = Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=64)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class BusinessIn(_In):
    """A new business."""

    name: Name
    type: BusinessType
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class BusinessPatch(_In):
    """What to change; what is left out (or null) stays."""

    name: Name | None = None
    type: BusinessType | None = None
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


class PropertyIn(_In):
    """A new place."""

    business_id: UUID
    name: Name
    description: Prose = ""
    street: Line = ""
    postcode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    city: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    neighbourhood: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    region: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    country: Annotated[str, StringConstraints(max_length=2)] = Field(description="ISO 3166 alpha-2", examples=["FR"])
    latitude: Latitude
    longitude: Longitude
    zone: Annotated[str, StringConstraints(max_length=60)] = Field(
        "", description="IANA time zone; derived from the coordinates when left out."
    )
    check_in_from: Wall = time(15)
    check_out_until: Wall = time(11)
    house_rules: Annotated[str, StringConstraints(strip_whitespace=True, max_length=3000)] = ""
    amenities: Codes = []
    cancellation_policy: CancellationPolicy = CancellationPolicy.MODERATE

    def draft(self) -> PropertyDraft:
        """As the use case takes it."""
        return PropertyDraft(**as_draft_values(self.model_dump(exclude={"business_id"})))


class PropertyPatch(_In):
    """What to change; what is left out (or null) stays."""

    name: Name | None = None
    description: Prose | None = None
    street: Line | None = None
    postcode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] | None = None
    city: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    neighbourhood: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None
    region: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None
    country: Annotated[str, StringConstraints(max_length=2)] | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    zone: Annotated[str, StringConstraints(max_length=60)] | None = None
    check_in_from: Wall | None = None
    check_out_until: Wall | None = None
    house_rules: Annotated[str, StringConstraints(strip_whitespace=True, max_length=3000)] | None = None
    amenities: Codes | None = None
    cancellation_policy: CancellationPolicy | None = None


class _ResourceWords(_In):
    description: Prose = ""
    max_guests: int = Field(2, ge=1, le=500)
    bedrooms: int = Field(0, ge=0, le=100)
    beds: int = Field(0, ge=0, le=500)
    bathrooms: int = Field(0, ge=0, le=100)
    amenities: Codes = []
    instant: bool = Field(True, description="Booked at once; else the host answers each request.")
    pets_allowed: bool = False
    active: bool = True
    min_nights: int = Field(1, ge=1, le=365)
    max_nights: int = Field(90, ge=1, le=365)
    notice_hours: int = Field(0, ge=0, le=8760, description="How long before arrival it can still be booked.")
    horizon_days: int = Field(365, ge=1, le=500, description="How far ahead it can be booked.")


class ResourceIn(_ResourceWords):
    """A new thing sold at a place, with its units."""

    property_id: UUID
    kind: Kind
    mode: Mode | None = Field(None, description="Left out: the kind's usual one.")
    pooled: bool | None = Field(None, description="Counted, a unit assigned later. Left out: as usual for the kind.")
    name: Name
    units: int = Field(1, ge=1, le=MAX_UNITS, description="How many there are; named 1, 2, 3 … unless named below.")
    unit_names: Annotated[list[UnitName], Field(max_length=MAX_UNITS)] = []

    def draft(self, *, mode: Mode, pooled: bool) -> ResourceDraft:
        """As the use case takes it, with what was left out filled in."""
        said = self.model_dump(exclude={"property_id", "units", "unit_names"})
        return ResourceDraft(**as_draft_values({**said, "mode": mode, "pooled": pooled}))

    def names(self) -> tuple[str, ...]:
        """The units' names."""
        return tuple(self.unit_names) or tuple(str(number + 1) for number in range(self.units))


class ResourcePatch(_In):
    """What to change; what is left out (or null) stays. Kind, mode and pooled cannot change."""

    name: Name | None = None
    description: Prose | None = None
    max_guests: int | None = Field(None, ge=1, le=500)
    bedrooms: int | None = Field(None, ge=0, le=100)
    beds: int | None = Field(None, ge=0, le=500)
    bathrooms: int | None = Field(None, ge=0, le=100)
    amenities: Codes | None = None
    instant: bool | None = None
    pets_allowed: bool | None = None
    active: bool | None = None
    min_nights: int | None = Field(None, ge=1, le=365)
    max_nights: int | None = Field(None, ge=1, le=365)
    notice_hours: int | None = Field(None, ge=0, le=8760)
    horizon_days: int | None = Field(None, ge=1, le=500)


class ResourceEdit(_ResourceWords):
    """All that may change of a resource, as the edit page sends it."""

    name: Name


class UnitsIn(_In):
    """Names of new units."""

    names: Annotated[list[UnitName], Field(min_length=1, max_length=MAX_UNITS)]


class UnitPatch(_In):
    """Another name, or out of use and back."""

    name: UnitName | None = None
    active: bool | None = None


class MediaPatch(_In):
    """Another text alternative."""

    alt: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class MediaOrder(_In):
    """Pictures in their new order; the first is the cover."""

    ids: Annotated[list[UUID], Field(max_length=200)]


class ReviewIn(_In):
    """An admin's word to the host."""

    note: Note = ""


class BusinessOut(_Out):
    """A business, as its members and admins see it."""

    id: UUID
    owner_id: UUID
    name: str
    type: BusinessType
    description: str
    status: BusinessStatus
    review_note: str
    created_at: datetime
    updated_at: datetime
    version: int
    asked_at: datetime | None
    answer: str


class PropertyOut(_Out):
    """A place."""

    id: UUID
    business_id: UUID
    name: str
    description: str
    street: str
    postcode: str
    city: str
    neighbourhood: str
    region: str
    country: str
    latitude: float
    longitude: float
    zone: str
    check_in_from: time
    check_out_until: time
    house_rules: str
    amenities: list[str]
    cancellation_policy: CancellationPolicy
    status: PropertyStatus
    review_note: str
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, place: Property, *, inside: bool) -> Self:
        """From the contract; street, postcode and the admin's note are only for those inside."""
        shown = cls.model_validate(place)
        return shown if inside else shown.model_copy(update={"street": "", "postcode": "", "review_note": ""})


class ResourceOut(_Out):
    """A thing sold at a place."""

    id: UUID
    property_id: UUID
    kind: Kind
    mode: Mode
    pooled: bool
    name: str
    description: str
    max_guests: int
    bedrooms: int
    beds: int
    bathrooms: int
    amenities: list[str]
    instant: bool
    pets_allowed: bool
    active: bool
    min_nights: int
    max_nights: int
    notice_hours: int
    horizon_days: int
    rating_avg: float | None
    rating_count: int
    created_at: datetime
    updated_at: datetime
    version: int


class UnitOut(_Out):
    """One physical instance of a resource."""

    id: UUID
    resource_id: UUID
    name: str
    position: int
    active: bool


class MediaOut(BaseModel):
    """A picture; both addresses may be cached for ever."""

    id: UUID
    property_id: UUID
    resource_id: UUID | None
    url: str
    thumb_url: str
    width: int
    height: int
    alt: str
    position: int

    @classmethod
    def of(cls, media: Media) -> Self:
        """From the contract."""
        return cls(
            id=media.id,
            property_id=media.property_id,
            resource_id=media.resource_id,
            url=media.url,
            thumb_url=media.thumb_url,
            width=media.width,
            height=media.height,
            alt=media.alt,
            position=media.position,
        )


class ListingOut(BaseModel):
    """A listing as everyone may see it."""

    resource: ResourceOut
    property: PropertyOut
    host_name: str
    host_verified: bool
    media: list[MediaOut]
    siblings: list[ResourceOut]


class ListOut(BaseModel, Generic[Item]):
    """One page; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None


class KindOut(_Out):
    """A kind of resource."""

    code: Kind
    label: str
    modes: list[Mode]
    pooled: bool


class AmenityOut(_Out):
    """An amenity."""

    code: str
    label: str
    group: str
    icon: str


class VocabularyOut(BaseModel):
    """The fixed words of the catalogue."""

    kinds: list[KindOut]
    amenities: list[AmenityOut]


def as_draft_values(said: dict[str, Any]) -> dict[str, Any]:
    """Lists become tuples, as drafts hold them."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
