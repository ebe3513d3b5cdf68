"""The order of what is found, and one page of it: after the last one of the page before, never by a number to skip."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.columns import DEGREE, Columns
from hospes.modules.search.contracts import Hit, Query, Sort
from hospes.modules.search.offers import NOTHING, Offers
from hospes.modules.search.shapes import distances

Numbers = NDArray[np.int64]


def page_of(columns: Columns, query: Query, offers: Offers, fitting: Numbers) -> tuple[Hit, ...]:
    """The best of these properties, each with the offer that is shown. Equal scores are ordered by the property."""
    scores = _scores(columns, query, offers)
    homes = columns["property"]
    ids = columns.properties.ids
    keep = np.arange(len(scores))
    if query.after is not None:
        score, last = query.after[0], np.bytes_(UUID(query.after[1]).bytes)
        keep = np.flatnonzero(scores >= score)
        equal = scores[keep] == score
        if equal.any():
            keep = keep[~equal | (ids[homes[offers.rows[keep]]] > last)]
    if len(keep) > query.limit * 4:
        edge = np.partition(scores[keep], query.limit)[query.limit]
        keep = keep[scores[keep] <= edge]
    best = keep[np.lexsort((ids[homes[offers.rows[keep]]], scores[keep]))[: query.limit]]
    shown = offers.take(best)
    away: list[float | None] = [None] * len(best)
    if query.latitude is not None and query.longitude is not None:
        away = [round(each, 2) for each in distances(columns, shown.rows, query.latitude, query.longitude).tolist()]
    pairs = zip(scores[best].tolist(), fitting[best].tolist(), away, strict=True)
    return tuple(_hit(columns, query, shown, at, *each) for at, each in enumerate(pairs))


def _scores(columns: Columns, query: Query, offers: Offers) -> NDArray[np.float64]:
    """The smaller the better."""
    scores: NDArray[Any]
    match query.sort:
        case Sort.PRICE:
            scores = offers.cents
        case Sort.RATING:
            scores = -columns["rating"][offers.rows]
        case Sort.DISTANCE if query.latitude is not None and query.longitude is not None:
            scores = distances(columns, offers.rows, query.latitude, query.longitude)
        case _:
            scores = -columns["score"][offers.rows]
    return scores.astype(np.float64)


def _hit(columns: Columns, query: Query, shown: Offers, at: int, score: float, fitting: int, away: float | None) -> Hit:
    row = int(shown.rows[at])
    total = NOTHING if shown.total is None else int(shown.total[at])
    arrival, departure = query.arrival, query.departure
    if shown.arrival is not None and shown.nights is not None:
        first = int(shown.arrival[at])
        arrival, departure = date.fromordinal(first), date.fromordinal(first + int(shown.nights[at]))
    starts = 0 if shown.starts is None else int(shown.starts[at])
    return Hit(
        columns.id_of(row),
        columns.properties.id_of(int(columns["property"][row])),
        score,
        int(columns["lat"][row]) / DEGREE,
        int(columns["lon"][row]) / DEGREE,
        away,
        columns.currencies[columns["currency"][row]],
        int(columns["base"][row] if shown.nightly is None else shown.nightly[at]),
        None if total == NOTHING else total,
        None if total == NOTHING else arrival,
        None if total == NOTHING else departure,
        datetime.fromtimestamp(starts, UTC) if starts > 0 else None,
        fitting,
    )
