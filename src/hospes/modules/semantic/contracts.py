"""The words of search by description."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

SIZE = 384  # numbers of a vector
MODEL = "all-MiniLM-L6-v2 int8, 1"  # also what is made of a text with it: another number, and all is written anew

Vector = Sequence[float]


@dataclass(frozen=True, slots=True)
class Saying:
    """What a live place says: its name and its descriptions. `said` tells one text from another."""

    property_id: UUID
    name: str
    text: str
    said: UUID
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Written:
    """A saying with its vector, of length one."""

    saying: Saying
    vector: Vector
