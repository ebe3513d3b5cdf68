"""From opening hours and what is busy to the runs of starts that are free. All times are seconds, spans half-open.

The same rules as inventory's slots: a service of any length starts on the grid of its opening, is over when that
closes, and keeps its buffers clear of every job. Here they are worked out for all lengths at once.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hospes.modules.inventory.contracts import Span, merged


class Run(NamedTuple):
    """Starts at `first` and every step after it up to `until`, over by `end`."""

    first: int
    until: int
    end: int


class Terms(NamedTuple):
    """What a schedule asks of a start, in seconds; `slot` is the shortest length."""

    slot: int
    step: int
    before: int
    after: int


def free_runs(opening: Sequence[Span], busy: Sequence[Span], full: Sequence[Span], terms: Terms) -> list[Run]:
    """One unit's runs in order. `full`: spans within which nothing more may start (a day or a week that is full)."""
    starts, ends = merged(busy)
    closed = list(zip(*merged(full), strict=True))
    found: list[Run] = []
    for opens, closes in opening:
        for low, high in _gaps(starts, ends, opens, closes, terms):
            first = opens + -(-(low - opens) // terms.step) * terms.step
            if first + terms.slot <= high:
                found += (
                    _parts(Run(first, high - terms.slot, high), closed, terms.step)
                    if closed
                    else [Run(first, high - terms.slot, high)]
                )
    return found


def _gaps(starts: list[int], ends: list[int], opens: int, closes: int, terms: Terms) -> Iterator[Span]:
    """Where a service may lie within an opening, its buffers kept clear of what is busy."""
    low, place = opens, bisect_right(ends, opens - terms.before)
    while place < len(starts) and starts[place] < closes + terms.after and low < closes:
        if starts[place] - terms.after > low:
            yield low, min(closes, starts[place] - terms.after)
        low = max(low, ends[place] + terms.before)
        place += 1
    if low < closes:
        yield low, closes


def _parts(run: Run, closed: Sequence[Span], step: int) -> Iterator[Run]:
    """What is left of a run outside of these spans."""
    for start, end in closed:
        if end <= run.first:
            continue
        if start > run.until:
            break
        if start > run.first:
            yield Run(run.first, start - 1, run.end)
        run = run._replace(first=run.first + -(-(end - run.first) // step) * step)
    if run.first <= run.until:
        yield run
