"""An array that grows at its end; one that maps a file is left as it is and continued in memory."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Growing:
    """Rows of numbers; `rows` are those there are."""

    def __init__(self, rows: NDArray[Any]) -> None:
        self._room = rows
        self.used = len(rows)

    @property
    def rows(self) -> NDArray[Any]:
        """All rows; valid until the next `append`."""
        return self._room[: self.used]

    @property
    def nbytes(self) -> int:
        """Memory, room for more with it."""
        return self._room.nbytes

    def append(self, rows: Any) -> int:
        """Add rows of this shape; answers the place of the first."""
        fresh = np.asarray(rows, self._room.dtype).reshape(-1, *self._room.shape[1:])
        first, end = self.used, self.used + len(fresh)
        if end > len(self._room):
            room = np.zeros((max(16, end + end // 2), *self._room.shape[1:]), self._room.dtype)
            room[:first] = self._room[:first]
            self._room = room
        self._room[first:end] = fresh
        self.used = end
        return first
