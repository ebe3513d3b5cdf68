"""How good answers to questions.yml are, and the usual way without vectors: PostgreSQL's full-text search."""

from collections.abc import Sequence
from math import log2
from uuid import UUID

from hospes.platform.db import ReadTx
from tests.semantic.builders import QUESTIONS


async def by_words(tx: ReadTx, question: str) -> list[UUID]:
    """Places that have any of the words (stemmed, English), those that have more and nearer ones first."""
    rows = await tx.all(
        "WITH asked AS (SELECT replace(plainto_tsquery('english', %s)::text, '&', '|')::tsquery AS words)"
        " SELECT p.id FROM catalog.property AS p, asked, to_tsvector('english', p.name || ' ' || p.description) AS t"
        " WHERE t @@ asked.words ORDER BY ts_rank_cd(t, asked.words) DESC, ts_rank(t, asked.words) DESC, p.id",
        (question,),
    )
    return [row["id"] for row in rows]


def measured(answers: Sequence[Sequence[str]]) -> dict[str, float]:
    """Of answers in the order of the questions: how often the first is a good one, how many of the good ones are among
    the first, and NDCG with 3 for a good one and 1 for a fair one."""
    sums = {"first": 0.0, "recall@5": 0.0, "recall@10": 0.0, "NDCG@10": 0.0}
    for asked, answer in zip(QUESTIONS["questions"], answers, strict=True):
        good = asked["good"]
        gains = dict.fromkeys(asked.get("fair", []), 1) | dict.fromkeys(good, 3)
        sums["first"] += bool(answer) and answer[0] in good
        for first in (5, 10):
            sums[f"recall@{first}"] += len(set(good) & set(answer[:first])) / len(good)
        ideal = _gained(sorted(gains.values(), reverse=True)[:10])
        sums["NDCG@10"] += _gained([gains.get(each, 0) for each in answer[:10]]) / ideal
    return {name: round(value / len(answers), 3) for name, value in sums.items()}


def _gained(gains: Sequence[int]) -> float:
    return sum(gain / log2(at + 2) for at, gain in enumerate(gains))
