"""The catalogue's words: kinds, modes, states, amenities, and what other modules get to see of a listing."""

from dataclasses import dataclass, field, fields
from datetime import datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID


class BusinessType(StrEnum):
    """What a business mainly is; shown, never decided upon."""

    HOTEL = "HOTEL"
    CLINIC = "CLINIC"
    SALON = "SALON"
    CO_WORKING = "CO_WORKING"
    HOME = "HOME"
    TOUR = "TOUR"
    OTHER = "OTHER"


class BusinessStatus(StrEnum):
    """PENDING waits for an admin's verification; only an ACTIVE business sells."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    SUSPENDED = "SUSPENDED"
    DELETED = "DELETED"


class MemberRole(StrEnum):
    """The part somebody has in a business; `policies.permissions` says what each may do."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"


class PropertyStatus(StrEnum):
    """Only an approved property sells."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class Mode(StrEnum):
    """What is sold: nights, minutes in weekly windows, or places on a dated departure."""

    NIGHTLY = "nightly"
    TIMED = "timed"
    DEPARTURE = "departure"


class Kind(StrEnum):
    """What the resource is."""

    HOME = "HOME"
    HOTEL_ROOM = "HOTEL_ROOM"
    DOCTOR_SLOT = "DOCTOR_SLOT"
    SALON_CHAIR = "SALON_CHAIR"
    DESK = "DESK"
    MEETING_ROOM = "MEETING_ROOM"
    PROFESSIONAL = "PROFESSIONAL"
    TOUR = "TOUR"
    PACKAGE = "PACKAGE"
    PARKING = "PARKING"
    EQUIPMENT = "EQUIPMENT"
    OTHER = "OTHER"


class CancellationPolicy(StrEnum):
    """The terms frozen into a booking; their tiers are the booking module's."""

    FLEXIBLE = "flexible"
    MODERATE = "moderate"
    STRICT = "strict"
    NON_REFUNDABLE = "non_refundable"


@dataclass(frozen=True, slots=True)
class KindInfo:
    """A kind with its label, the modes it may be sold in (usual one first) and whether it is usually pooled."""

    code: Kind
    label: str
    modes: tuple[Mode, ...]
    pooled: bool = False


_ANY_MODE = (Mode.TIMED, Mode.NIGHTLY, Mode.DEPARTURE)
KINDS: tuple[KindInfo, ...] = (
    KindInfo(Kind.HOME, "Home", (Mode.NIGHTLY,)),
    KindInfo(Kind.HOTEL_ROOM, "Hotel room", (Mode.NIGHTLY, Mode.TIMED), pooled=True),
    KindInfo(Kind.DOCTOR_SLOT, "Doctor's appointment", (Mode.TIMED,)),
    KindInfo(Kind.SALON_CHAIR, "Salon chair", (Mode.TIMED,)),
    KindInfo(Kind.DESK, "Desk", (Mode.TIMED, Mode.NIGHTLY)),
    KindInfo(Kind.MEETING_ROOM, "Meeting room", (Mode.TIMED, Mode.NIGHTLY)),
    KindInfo(Kind.PROFESSIONAL, "Professional", (Mode.TIMED,)),
    KindInfo(Kind.TOUR, "Tour", (Mode.DEPARTURE,), pooled=True),
    KindInfo(Kind.PACKAGE, "Package", (Mode.DEPARTURE, Mode.NIGHTLY), pooled=True),
    KindInfo(Kind.PARKING, "Parking space", (Mode.NIGHTLY, Mode.TIMED)),
    KindInfo(Kind.EQUIPMENT, "Equipment", _ANY_MODE),
    KindInfo(Kind.OTHER, "Something else", _ANY_MODE),
)
KIND_BY_CODE: dict[str, KindInfo] = {info.code: info for info in KINDS}


@dataclass(frozen=True, slots=True)
class Amenity:
    """One thing a place offers. Its position in `AMENITIES` is its bit in search; `icon` names a picture of the UI."""

    code: str
    label: str
    group: str
    icon: str


# Append only: the position is a bit of the search index's 64-bit mask.
AMENITIES: tuple[Amenity, ...] = (
    Amenity("wifi", "Wi-Fi", "Essentials", "wifi"),
    Amenity("kitchen", "Kitchen", "Kitchen", "kitchen"),
    Amenity("washer", "Washing machine", "Essentials", "washer"),
    Amenity("dryer", "Dryer", "Essentials", "washer"),
    Amenity("air_conditioning", "Air conditioning", "Comfort", "snowflake"),
    Amenity("heating", "Heating", "Comfort", "flame"),
    Amenity("workspace", "Work space", "Work", "desk"),
    Amenity("tv", "TV", "Comfort", "tv"),
    Amenity("hair_dryer", "Hair dryer", "Essentials", "wind"),
    Amenity("iron", "Iron", "Essentials", "iron"),
    Amenity("pool", "Pool", "Outdoors", "pool"),
    Amenity("hot_tub", "Hot tub", "Outdoors", "bath"),
    Amenity("free_parking", "Free parking", "Parking", "car"),
    Amenity("paid_parking", "Paid parking", "Parking", "car"),
    Amenity("ev_charger", "EV charger", "Parking", "plug"),
    Amenity("cot", "Cot", "Family", "cot"),
    Amenity("high_chair", "High chair", "Family", "chair"),
    Amenity("gym", "Gym", "Comfort", "dumbbell"),
    Amenity("sauna", "Sauna", "Comfort", "flame"),
    Amenity("spa", "Spa", "Comfort", "bath"),
    Amenity("breakfast", "Breakfast", "Food and drink", "coffee"),
    Amenity("restaurant", "Restaurant", "Food and drink", "cutlery"),
    Amenity("bar", "Bar", "Food and drink", "glass"),
    Amenity("room_service", "Room service", "Food and drink", "bell"),
    Amenity("coffee_maker", "Coffee maker", "Kitchen", "coffee"),
    Amenity("dishwasher", "Dishwasher", "Kitchen", "kitchen"),
    Amenity("barbecue", "Barbecue", "Outdoors", "flame"),
    Amenity("garden", "Garden", "Outdoors", "leaf"),
    Amenity("balcony", "Balcony or terrace", "Outdoors", "sun"),
    Amenity("fireplace", "Fireplace", "Comfort", "flame"),
    Amenity("sea_view", "Sea view", "Location", "wave"),
    Amenity("mountain_view", "Mountain view", "Location", "mountain"),
    Amenity("beachfront", "On the beach", "Location", "wave"),
    Amenity("ski_in_out", "Ski-in, ski-out", "Location", "snowflake"),
    Amenity("lift", "Lift", "Access", "lift"),
    Amenity("step_free", "Step-free access", "Access", "wheelchair"),
    Amenity("accessible_bathroom", "Accessible bathroom", "Access", "wheelchair"),
    Amenity("reception_24h", "24-hour reception", "Service", "bell"),
    Amenity("luggage_storage", "Luggage storage", "Service", "luggage"),
    Amenity("self_check_in", "Self check-in", "Service", "key"),
    Amenity("airport_shuttle", "Airport shuttle", "Service", "bus"),
    Amenity("smoke_alarm", "Smoke alarm", "Safety", "shield"),
    Amenity("carbon_monoxide_alarm", "Carbon monoxide alarm", "Safety", "shield"),
    Amenity("first_aid_kit", "First-aid kit", "Safety", "shield"),
    Amenity("fire_extinguisher", "Fire extinguisher", "Safety", "shield"),
    Amenity("safe", "Safe", "Safety", "lock"),
    Amenity("projector", "Projector or screen", "Work", "tv"),
    Amenity("whiteboard", "Whiteboard", "Work", "desk"),
    Amenity("printer", "Printer", "Work", "desk"),
    Amenity("bicycles", "Bicycles", "Outdoors", "bike"),
    Amenity("photographer", "Photographer", "Profession", "briefcase"),
    Amenity("trainer", "Personal trainer", "Profession", "briefcase"),
    Amenity("tutor", "Teacher or tutor", "Profession", "briefcase"),
    Amenity("handyman", "Handyman", "Profession", "briefcase"),
    Amenity("massage", "Massage", "Profession", "briefcase"),
    Amenity("plumber", "Plumber", "Profession", "briefcase"),
    Amenity("electrician", "Electrician", "Profession", "briefcase"),
    Amenity("cleaner", "Cleaner", "Profession", "briefcase"),
    Amenity("gardener", "Gardener", "Profession", "briefcase"),
)
AMENITY_BY_CODE: dict[str, Amenity] = {amenity.code: amenity for amenity in AMENITIES}
# What a professional is; search knows them as categories.
CATEGORIES: frozenset[str] = frozenset(each.code for each in AMENITIES if each.group == "Profession")
AMENITY_BIT: dict[str, int] = {amenity.code: bit for bit, amenity in enumerate(AMENITIES)}


@dataclass(frozen=True, slots=True)
class Business:
    """A seller. `review_note` is the admin's last word on it."""

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
    asked_at: datetime | None = None  # an admin waits for an answer to `review_note`
    answer: str = ""  # what the business said last


@dataclass(frozen=True, kw_only=True)
class PropertyDraft:
    """What a host says of a place; an empty `zone` is derived from the coordinates."""

    name: str
    description: str = ""
    street: str = ""
    postcode: str = ""
    city: str
    neighbourhood: str = ""
    region: str = ""
    country: str
    latitude: float
    longitude: float
    zone: str = ""
    check_in_from: time = time(15)
    check_out_until: time = time(11)
    house_rules: str = ""
    amenities: tuple[str, ...] = ()
    cancellation_policy: CancellationPolicy = CancellationPolicy.MODERATE


@dataclass(frozen=True, kw_only=True)
class Property(PropertyDraft):
    """A place as stored; `zone` is always an IANA name here."""

    id: UUID
    business_id: UUID
    status: PropertyStatus
    review_note: str
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, kw_only=True)
class ResourceDraft:
    """What a host says of a thing sold; `kind`, `mode` and `pooled` stay what they were at creation."""

    kind: Kind
    mode: Mode
    pooled: bool = False
    name: str
    description: str = ""
    max_guests: int = 2
    bedrooms: int = 0
    beds: int = 0
    bathrooms: int = 0
    amenities: tuple[str, ...] = ()
    instant: bool = True
    pets_allowed: bool = False
    active: bool = True
    min_nights: int = 1
    max_nights: int = 90
    notice_hours: int = 0
    horizon_days: int = 365


@dataclass(frozen=True, kw_only=True)
class Resource(ResourceDraft):
    """A thing sold, as stored. `rating_avg` is None until someone has rated it."""

    id: UUID
    property_id: UUID
    rating_avg: float | None
    rating_count: int
    details: dict[str, Any] = field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Unit:
    """One physical instance: room 101, chair 2."""

    id: UUID
    resource_id: UUID
    name: str
    position: int
    active: bool


def thumb_key(storage_key: str) -> str:
    """Where the small picture (long side 640) of a stored picture lies: `a/b.webp` → `a/b-640.webp`."""
    stem, dot, suffix = storage_key.rpartition(".")
    return f"{stem}-640{dot}{suffix}"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of a property, or of one of its resources. Served at `url`; `thumb_url` has a long side of 640."""

    id: UUID
    property_id: UUID
    resource_id: UUID | None
    storage_key: str
    content_type: str
    width: int
    height: int
    alt: str
    position: int

    @property
    def url(self) -> str:
        """Where the picture is served."""
        return f"/media/{self.storage_key}"

    @property
    def thumb_url(self) -> str:
        """Where the small picture is served."""
        return f"/media/{thumb_key(self.storage_key)}"


@dataclass(frozen=True, slots=True)
class Sellable:
    """All that quoting, claiming and booking need to know of a resource; `unit_ids` are the active ones, in order.

    `live`: the business is ACTIVE, the property approved and the resource active. Only live resources are sold.
    """

    resource_id: UUID
    property_id: UUID
    business_id: UUID
    owner_id: UUID
    kind: Kind
    mode: Mode
    pooled: bool
    property_name: str
    resource_name: str
    city: str
    country: str
    zone: str
    check_in_from: time
    check_out_until: time
    max_guests: int
    pets_allowed: bool
    instant: bool
    live: bool
    unit_ids: tuple[UUID, ...]
    min_nights: int
    max_nights: int
    notice_hours: int
    horizon_days: int
    cancellation_policy: CancellationPolicy
    house_rules: str

    @property
    def capacity(self) -> int:
        """How many can be sold at once."""
        return len(self.unit_ids)


@dataclass(frozen=True, slots=True)
class Listing:
    """A resource with everything its page shows; `siblings` are the property's other active resources."""

    sellable: Sellable
    business: Business
    property: Property
    resource: Resource
    media: tuple[Media, ...]
    siblings: tuple[Resource, ...]
    amenities: tuple[Amenity, ...]
    host_name: str
    host_verified: bool
    kind: KindInfo


def draft_values(
    draft: PropertyDraft | ResourceDraft, shape: type[PropertyDraft] | type[ResourceDraft]
) -> dict[str, Any]:
    """The draft's own fields by name, without what a stored object adds."""
    return {each.name: getattr(draft, each.name) for each in fields(shape)}
