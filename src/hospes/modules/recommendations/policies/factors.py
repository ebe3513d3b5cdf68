"""Factors of people and places from what people did: alternating least squares for implicit feedback (Hu, Koren and
Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", 2008), by the library `implicit`.

The library and SciPy take 130 MB of disk and are an extra of this package; without them there are no factors. Call this
in a process of its own: they are never loaded where requests are answered.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from hospes.modules.recommendations.contracts import Past

FACTORS, ROUNDS, REGULARISATION, ALPHA = 32, 15, 0.05, 2.0
FEWEST_PEOPLE, FEWEST_ACTS = 20, 200
BEST = 200


@dataclass(frozen=True, slots=True)
class Factors:
    """A row for each person and each place."""

    people: NDArray[np.float32]
    items: NDArray[np.float32]

    def scores(self, person: int, items: NDArray[np.int64]) -> NDArray[np.float64]:
        """How much the person would turn to each place: about 0 to 1."""
        found: NDArray[np.float64] = (self.items[items] @ self.people[person]).astype(np.float64)
        return found

    def best_of(self, person: int) -> NDArray[np.int64]:
        """The best of all places, in no order."""
        scores = self.items @ self.people[person]
        return np.argpartition(-scores, min(BEST, len(scores) - 1))[:BEST]


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("implicit") is not None


def factorise(past: Past) -> Factors | None:
    """None without the library, or where so few people did so little that factors would say nothing."""
    if past.people < FEWEST_PEOPLE or len(past) < FEWEST_ACTS or not installed():
        return None
    least_squares, sparse = import_module("implicit.als"), import_module("scipy.sparse")
    matrix = sparse.csr_matrix((past.weight, (past.person, past.item)), shape=(past.people, past.items))
    with import_module("threadpoolctl").threadpool_limits(1, "blas"):  # the library asks for it: it has its own threads
        model = least_squares.AlternatingLeastSquares(
            factors=FACTORS, regularization=REGULARISATION, alpha=ALPHA, iterations=ROUNDS, num_threads=1,
            random_state=7, use_gpu=False,
        )  # fmt: skip
        model.fit(matrix, show_progress=False)
    return Factors(np.asarray(model.user_factors), np.asarray(model.item_factors))
