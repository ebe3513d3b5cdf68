"""How good a ranking is: of the places somebody turned to later, how many are among the first k, and how far up."""

import math
from collections.abc import Collection, Sequence


def recall_at(ranked: Sequence[int], wanted: Collection[int], k: int) -> float:
    """The share of what was wanted among the first k (of k, when more was wanted than fits): 0 to 1."""
    return len(set(ranked[:k]) & set(wanted)) / min(len(wanted), k) if wanted else 0.0


def ndcg_at(ranked: Sequence[int], wanted: Collection[int], k: int) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1: 1 when all that was wanted comes first."""
    gained = sum(1 / math.log2(place + 2) for place, item in enumerate(ranked[:k]) if item in wanted)
    ideal = sum(1 / math.log2(place + 2) for place in range(min(len(wanted), k)))
    return gained / ideal if ideal else 0.0
