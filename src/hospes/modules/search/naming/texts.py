"""Many texts in one run of bytes, so that they can be mapped from a file and take no memory of a process's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Texts:
    """`run`: UTF-8; text `i` from `at[i]` to `at[i + 1]`."""

    run: NDArray[np.uint8]
    at: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.at) - 1

    def raw(self, number: int) -> bytes:
        """A text as UTF-8."""
        return self.run[self.at[number] : self.at[number + 1]].tobytes()

    def __getitem__(self, number: int) -> str:
        return self.raw(number).decode()


def texts_of(told: Iterable[str]) -> Texts:
    """In their order."""
    raw = [each.encode() for each in told]
    return Texts(np.frombuffer(b"".join(raw), np.uint8), np.array([0, *accumulate(map(len, raw))], np.uint32))
