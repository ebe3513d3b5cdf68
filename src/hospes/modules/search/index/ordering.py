"""The order of what is found, and one page of it: after the last one of the page before, or before the first one of the
page after, never by a number to skip."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Hit, Query, Sort
from hospes.modules.search.index.columns import DEGREE, Columns
from hospes.modules.search.index.offers import NOTHING, Offers
from hospes.modules.search.index.shapes import distances

Numbers = NDArray[np.int64]


def page_of(columns: Columns, query: Query, offers: Offers, fitting: Numbers) -> tuple[tuple[Hit, ...], int]:
    """The best of these properties, each with the offer that is shown, and how many come before them. Equal scores are
    ordered by the property. Where fewer than a page come before `query.before`, it is the first page."""
    scores = _scores(columns, query, offers)
    homes = columns.properties.ids
    keep, limit, skipped, last = np.arange(len(scores)), query.limit, 0, False
    if query.after is not None:
        keep = np.flatnonzero(_beyond(columns, scores, offers, query.after))
        skipped = len(scores) - len(keep)
    elif query.before is not None:
        earlier = np.flatnonzero(~_beyond(columns, scores, offers, query.before, itself=True))
        if last := len(earlier) > limit:
            keep, skipped = earlier, len(earlier) - limit
    if len(keep) > limit * 4:
        at = len(keep) - limit if last else limit - 1
        edge = np.partition(scores[keep], at)[at]
        keep = keep[scores[keep] >= edge] if last else keep[scores[keep] <= edge]
    order = np.lexsort((homes[columns["property"][offers.rows[keep]]], scores[keep]))
    best = keep[order[-limit:] if last else order[:limit]]
    return _hits(columns, query, offers.take(best), scores[best], fitting[best]), skipped


def _beyond(
    columns: Columns, scores: NDArray[np.float64], offers: Offers, key: tuple[float, str], *, itself: bool = False
) -> NDArray[np.bool_]:
    """Which come after this score and property; `itself`: with the one that has both."""
    beyond: NDArray[np.bool_] = scores > key[0]
    equal = np.flatnonzero(scores == key[0])
    if len(equal):
        mark = np.bytes_(UUID(key[1]).bytes)
        homes = columns.properties.ids[columns["property"][offers.rows[equal]]]
        beyond[equal] = homes >= mark if itself else homes > mark
    return beyond


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


def _hits(
    columns: Columns, query: Query, shown: Offers, scores: NDArray[np.float64], fitting: Numbers
) -> tuple[Hit, ...]:
    rows, count = shown.rows, len(shown.rows)
    homes = columns.properties.ids[columns["property"][rows]].tolist()
    away: list[float | None] = [None] * count
    if query.latitude is not None and query.longitude is not None:
        away = [round(each, 2) for each in distances(columns, rows, query.latitude, query.longitude).tolist()]
    totals: list[int | None] = [None] * count
    if shown.total is not None:
        totals = [None if each == NOTHING else each for each in shown.total.tolist()]
    firsts, lasts = _dates(query, shown)
    return tuple(
        Hit(
            _uuid(resource), _uuid(home), score, lat / DEGREE, lon / DEGREE, km, columns.currencies[currency], nightly,
            total, None if total is None or start > 0 else first, None if total is None or start > 0 else last,
            datetime.fromtimestamp(start, UTC) if start > 0 else None, fits, row,
        )
        for resource, home, score, lat, lon, km, currency, nightly, total, first, last, start, fits, row in zip(
            columns["id"][rows].tolist(), homes, scores.tolist(), columns["lat"][rows].tolist(),
            columns["lon"][rows].tolist(), away, columns["currency"][rows].tolist(),
            (columns["base"][rows] if shown.nightly is None else shown.nightly).tolist(), totals, firsts, lasts,
            [0] * count if shown.starts is None else shown.starts.tolist(), fitting.tolist(), rows.tolist(),
            strict=True,
        )
    )  # fmt: skip


def _dates(query: Query, shown: Offers) -> tuple[list[date | None], list[date | None]]:
    """Arrival and departure of each."""
    if shown.arrival is None or shown.nights is None:
        count = len(shown.rows)
        return [query.arrival] * count, [query.departure] * count
    firsts = shown.arrival.tolist()
    lasts = (shown.arrival + shown.nights).tolist()
    return [date.fromordinal(day) for day in firsts], [date.fromordinal(day) for day in lasts]


def _uuid(key: bytes) -> UUID:
    return UUID(bytes=key.ljust(16, b"\0"))
