"""The shapes of what people choose."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from hospes.modules.identity.contracts import NewsChannel, Topic, User
from hospes.modules.identity.policies.topics import TOPICS, may_refuse, wanted
from hospes.modules.identity.queries.preferences import Preferences
from hospes.modules.identity.schemas.fields import Text

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Words = Annotated[list[Word], Field(max_length=20)]
Style = Literal["budget", "comfort", "luxury"]
Kind = Literal["home", "hotel", "tour", "package", "desk", "appointment"]
Diet = Literal["vegetarian", "vegan", "halal", "kosher", "gluten_free", "lactose_free", "nut_free"]
Access = Literal["step_free", "wheelchair", "lift", "ground_floor", "hearing", "sight", "service_animal"]


class Budget(BaseModel):
    """For a night, in whole units of the currency."""

    model_config = ConfigDict(extra="forbid")

    min: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    max: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "EUR"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("The least is more than the most.")
        return self


class Travel(BaseModel):
    """How somebody likes to travel. Kept sealed: it may tell of health or belief."""

    model_config = ConfigDict(extra="forbid")

    travel_style: Style | None = None
    budget_range: Budget | None = None
    favorite_destinations: Words = []
    favorite_kinds: Annotated[list[Kind], Field(max_length=6)] = []
    interests: Words = []
    dietary_restrictions: Annotated[list[Diet], Field(max_length=7)] = []
    accessibility: Annotated[list[Access], Field(max_length=7)] = []
    seat: Literal["window", "aisle"] | None = None
    bed: Literal["double", "twin", "single"] | None = None
    room: Literal["quiet", "high_floor", "low_floor", "near_lift"] | None = None
    smoking: bool = False
    with_pets: bool = False
    with_children: bool = False


class Channels(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    mail: bool | None = None
    sms: bool | None = None
    push: bool | None = None


class PreferencesIn(BaseModel):
    """What to change: what is left out stays; `travel` is replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    language: Text | None = None
    time_zone: Text | None = None
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$", description="Empty: each place's own.")] | None = None
    notifications: dict[Topic, Channels] | None = None
    marketing: bool | None = Field(None, description="News and offers; kept as a consent.")
    travel: Travel | None = None

    def changes(self) -> dict[str, Any]:
        """As the use case takes them."""
        told = {str(k): v.model_dump(exclude_none=True) for k, v in (self.notifications or {}).items()}
        return {
            "language": self.language,
            "zone": self.time_zone,
            "currency": self.currency,
            "notifications": told,
            "travel": None if self.travel is None else as_kept(self.travel),
        }


class TopicOut(BaseModel):
    """Whether somebody is told of something, by channel; `always`: channels that cannot be switched off, and `why`."""

    mail: bool
    sms: bool
    push: bool
    always: list[NewsChannel]
    why: str


class PreferencesOut(BaseModel):
    """All that somebody has chosen."""

    language: str
    time_zone: str
    currency: str | None
    notifications: dict[Topic, TopicOut]
    marketing: bool
    travel: Travel

    @classmethod
    def of(cls, user: User, known: Preferences, *, marketing: bool) -> Self:
        """From the contracts."""
        told = {
            topic: TopicOut(
                **{str(channel): wanted(known.notifications, topic, channel) for channel in NewsChannel},
                always=[channel for channel in NewsChannel if not may_refuse(topic, channel)],
                why=about.why,
            )
            for topic, about in TOPICS.items()
        }
        return cls(
            language=user.language,
            time_zone=user.zone,
            currency=user.currency,
            notifications=told,
            marketing=marketing,
            travel=travel_of(known.travel),
        )


class PreferencesForm(BaseModel):
    """The page of preferences; lists of words are typed with commas between."""

    language: Text = ""
    time_zone: Text = ""
    currency: Annotated[str, Field(max_length=3)] = ""
    travel_style: Style | None = None
    budget_min: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    budget_max: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    budget_currency: Annotated[str, Field(max_length=3)] = "EUR"
    favorite_destinations: Annotated[str, Field(max_length=1700)] = ""
    favorite_kinds: list[Kind] = []
    interests: Annotated[str, Field(max_length=1700)] = ""
    dietary_restrictions: list[Diet] = []
    accessibility: list[Access] = []
    seat: Literal["window", "aisle"] | None = None
    bed: Literal["double", "twin", "single"] | None = None
    room: Literal["quiet", "high_floor", "low_floor", "near_lift"] | None = None
    smoking: bool = False
    with_pets: bool = False
    with_children: bool = False
    version: Annotated[str, Field(max_length=40)] = ""

    def travel(self) -> Travel:
        """The part about travels; raises `pydantic.ValidationError`."""
        said = self.model_dump(include=set(Travel.model_fields) & set(PreferencesForm.model_fields))
        for name in ("favorite_destinations", "interests"):
            said[name] = [word.strip() for word in getattr(self, name).split(",") if word.strip()]
        if self.budget_min is not None or self.budget_max is not None:
            budget = {"min": self.budget_min, "max": self.budget_max, "currency": self.budget_currency}
            said["budget_range"] = budget
        return Travel.model_validate(said)


def as_kept(travel: Travel) -> dict[str, Any]:
    """What somebody has said, without what they have not."""
    return travel.model_dump(exclude_defaults=True)


def travel_of(kept: Mapping[str, Any]) -> Travel:
    """As it was kept, whatever has been taken out of the shape since."""
    return Travel.model_validate({name: kept[name] for name in Travel.model_fields if name in kept})


def tag_of(user: User, known: Preferences) -> str:
    """The ETag: it changes with the choices and with the account they stand in."""
    return f"{known.version}-{user.version}"
