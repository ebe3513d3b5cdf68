"""The properties that rows belong to, as small numbers: a row's code is a place in one array of ids.

After `tidy` the codes are in the order of the ids; what came later follows behind.
"""

from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Ids = NDArray[Any]
SPARE = 1024


class Properties:
    """Ids of properties by code, and codes by id."""

    def __init__(self) -> None:
        self.ids: NDArray[Any] = np.zeros(SPARE, "S16")
        self.sorted = 0
        self.used = 0
        self._fresh: dict[bytes, int] = {}

    @property
    def nbytes(self) -> int:
        """Memory of the ids."""
        return self.ids.nbytes + 120 * len(self._fresh)

    def id_of(self, code: int) -> UUID:
        """The property."""
        return UUID(bytes=bytes(self.ids[code]).ljust(16, b"\0"))

    def code_of(self, key: bytes) -> int:
        """The code of an id, given to it now when it has none."""
        if key in self._fresh:
            return self._fresh[key]
        place = int(np.searchsorted(self.ids[: self.sorted], np.array(key, "S16")))
        if place < self.sorted and bytes(self.ids[place]).ljust(16, b"\0") == key:
            return place
        self._fresh[key] = self.used
        return int(self.extend(np.array([key], "S16"))[0])

    def codes_of(self, keys: Ids) -> Codes:
        """The codes of these ids, given to them now where they have none."""
        places = np.searchsorted(self.ids[: self.sorted], keys)
        known = np.zeros(len(keys), np.bool_)
        if self.sorted:
            known = self.ids[np.minimum(places, self.sorted - 1)] == keys
        found = places.astype(np.uint32)
        for place in np.flatnonzero(~known).tolist():
            found[place] = self.code_of(bytes(keys[place]).ljust(16, b"\0"))
        return found

    def extend(self, keys: Ids) -> Codes:
        """New codes without a look whether there were some: `tidy` makes the same of the same."""
        codes = np.arange(self.used, self.used + len(keys), dtype=np.uint32)
        if self.used + len(keys) > len(self.ids):
            self.reserve(self.used // 8 + len(keys))
        self.ids[self.used : self.used + len(keys)] = keys
        self.used += len(keys)
        return codes

    def reserve(self, more: int) -> None:
        """Have room for so many more."""
        fresh = np.zeros(self.used + more + SPARE, "S16")
        fresh[: self.used] = self.ids[: self.used]
        self.ids = fresh

    def tidy(self, codes: Codes) -> Codes:
        """Keep the ids of these codes only, in order; answers the new codes."""
        kept, fresh = np.unique(self.ids[codes], return_inverse=True)
        self.ids = np.zeros(len(kept) + SPARE, "S16")
        self.ids[: len(kept)] = kept
        self.sorted = self.used = len(kept)
        self._fresh.clear()
        return fresh.astype(np.uint32)

    def parts(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays and plain facts of what `tidy` has left."""
        return {"ids": self.ids}, {"used": self.used}

    @classmethod
    def from_parts(cls, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> "Properties":
        """What `parts` gave."""
        made = cls()
        made.ids = arrays["ids"]
        made.used = made.sorted = int(facts["used"])
        return made
