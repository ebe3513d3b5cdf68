"""The availability index: finds properties by place, dates, party and wishes, and counts what else there is.

The neighbourhood of a place is a handful of slices of the columns. Filters run over those only, the cheapest first, and
each looks only at what the one before has kept; what is left is priced, grouped by property and counted. Equal scores
are ordered by the property's id, so pages never repeat or skip. docs/search.md tells more.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hospes.modules.search.contracts import Find, Found, Listing, Mode, Query
from hospes.modules.search.index.among import rows_among
from hospes.modules.search.index.batches import batch_of
from hospes.modules.search.index.clusters import clusters_of
from hospes.modules.search.index.columns import Columns, Mask, Rows
from hospes.modules.search.index.facets import NO_FACETS, facets_of, left_by_the_others
from hospes.modules.search.index.flexible import flexible_stays
from hospes.modules.search.index.grouping import cheapest, groups_of, side_by_side
from hospes.modules.search.index.offers import Offers, at_base_price, stays
from hospes.modules.search.index.ordering import page_of
from hospes.modules.search.index.sellable import by_the_clock, free_nights, nights_known
from hospes.modules.search.index.shapes import inside, somewhere, spans_near
from hospes.modules.search.index.timed_offers import starts
from hospes.modules.search.policies.reference_rates import cents
from hospes.modules.search.policies.seeking import by_the_rule, sought
from hospes.modules.search.policies.wall_clock import MAX_INFANTS, MAX_PETS
from hospes.modules.search.tables.tariffs import AGES

NO_AMENITY = 63  # a bit that nothing has


class SearchIndex:
    """All live listings of the world in one process. Not for several threads."""

    def __init__(self, kinds: Sequence[str], amenities: Sequence[str], first_night: date) -> None:
        self._amenities = tuple(amenities)
        self._bits = {code: place for place, code in enumerate(self._amenities)}
        self.columns = Columns(kinds, first_night)

    def __len__(self) -> int:
        return len(self.columns)

    def load(self, listings: Iterable[Listing]) -> None:
        """Start anew with these."""
        fresh = Columns(self.columns.kinds, self.columns.first_night)
        batch: list[Listing] = []
        for listing in listings:
            batch.append(listing)
            if len(batch) == 5_000:
                fresh.extend(batch_of(batch))
                batch.clear()
        fresh.extend(batch_of(batch))
        fresh.compact()
        self.columns = fresh

    def parts(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays and plain facts from which `from_parts` makes the same index."""
        arrays, facts = self.columns.parts()
        return arrays, {"columns": facts, "amenities": list(self._amenities)}

    @classmethod
    def from_parts(cls, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> "SearchIndex":
        """What `parts` gave; the arrays may be copy-on-write maps of a file."""
        columns = Columns.from_parts(arrays, facts["columns"])
        made = cls(columns.kinds, facts["amenities"], columns.first_night)
        made.columns = columns
        return made

    # Each change is seen by the next search.

    def put(self, listing: Listing) -> None:
        """Add a listing or replace what was known of it."""
        self.columns.put(listing)

    def drop(self, resource_id: UUID) -> None:
        """Forget a listing."""
        self.columns.drop(resource_id)

    def find(self, query: Query, *, now: datetime, facets: bool = True, among: Collection[UUID] | None = None) -> Found:
        """Properties that fit, best first, each with its cheapest fitting resource, and unless told otherwise facets;
        of `among` alone if given.

        Prices are compared by reference rates. What cannot be (no number, dates past the calendar) finds nothing."""
        columns = self.columns
        if not _sensible(query) or not self._known(query):
            return Found((), 0, NO_FACETS)
        rows = inside(columns, self._that_could(query, now), query)
        if among is not None:
            rows = rows[rows_among(columns, rows, among)]
        choices, wanted = self._choices(query, rows), np.ones(len(rows), np.bool_)
        if choices:
            wanted, others = left_by_the_others(choices, len(rows))
            kept = _worth_a_look(wanted, others, facets=facets)
            rows, wanted = rows[kept], wanted[kept]
            choices = {name: mask[kept] for name, mask in choices.items()}
        offers, taken = self._offered(query, rows, wanted, now)
        if taken is not None:
            choices = {name: mask[taken] for name, mask in choices.items()}
        order = side_by_side(columns, offers.rows)
        if order is not None:
            offers, choices = offers.take(order), {name: mask[order] for name, mask in choices.items()}
        choices |= _price_choice(query, offers)
        passed, others = left_by_the_others(choices, len(offers.rows))
        chosen = offers.take(np.flatnonzero(passed)) if choices else offers
        groups = groups_of(columns, chosen.rows)
        best, sizes = cheapest(columns, chosen.rows, chosen.cents, groups)
        shown = chosen.take(best) if groups.each is not None else chosen
        counts = NO_FACETS
        if facets:
            groups = groups_of(columns, offers.rows) if choices else groups
            counts = facets_of(columns, self._amenities, offers, groups, passed, others, query)
        clusters = clusters_of(columns, shown, query.clusters) if query.clusters is not None else ()
        hits, skipped = page_of(columns, query, shown, sizes)
        return Found(hits, len(best), counts, clusters, skipped)

    def amenity_mask(self, codes: Iterable[str]) -> int:
        """The bits of amenities; an unknown code is a bit that nothing has."""
        return sum(1 << bit for bit in {self._bits.get(code, NO_AMENITY) for code in codes})

    def _known(self, query: Query) -> bool:
        """Whether the calendar goes as far as the dates asked for."""
        if query.arrival is None or query.departure is None:
            return True
        return nights_known(self.columns, query.arrival, (query.departure - query.arrival).days)

    def _that_could(self, query: Query, now: datetime) -> Rows:
        """Rows of the cells around that take the party and, with dates, are free then as far as the calendar tells."""
        columns, arrival, departure = self.columns, query.arrival, query.departure
        dated = arrival is not None and departure is not None and query.hours is None
        found: list[Rows] = []
        for span in spans_near(columns, query):
            part = slice(*span)
            fits = columns["guests"][part] >= max(query.guests, 1)
            if query.party.pets:
                fits &= columns["pets"][part]
            if query.comes_to_me:
                fits &= columns["mode"][part] == Mode.TIMED
            if dated and arrival is not None and departure is not None:
                free = free_nights(columns, span, arrival, (departure - arrival).days, now)
                others = columns["mode"][part]
                fits &= free | (others != Mode.NIGHTLY) if others.any() else free
            rows = np.flatnonzero(fits)
            found.append(rows + span[0])
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def _choices(self, query: Query, rows: Rows) -> dict[str, Mask]:
        """The filters that facets leave out in turn, but for the price."""
        columns = self.columns
        masks: dict[str, Mask] = {}
        if (find := sought(query)) is not Find.ALL:
            slept = columns.stays(rows)
            wished = slept if find is Find.STAYS else ~slept
            if not wished.all():  # by the rule it takes the place of a kind: who chooses one finds whatever is of it
                masks["kinds" if by_the_rule(query) else "find"] = wished
        if query.kinds:
            wanted = np.zeros(256, np.bool_)
            wanted[[place for place, kind in enumerate(columns.kinds) if kind in query.kinds]] = True
            masks["kinds"] = wanted[columns["kind"][rows]]
        if query.amenities:
            mask = np.uint64(self.amenity_mask(query.amenities))
            masks["amenities"] = (columns["amenities"][rows] & mask) == mask
        if query.instant:
            masks["instant"] = columns["instant"][rows]
        if query.rating_min is not None:
            masks["ratings"] = columns["rating"][rows] >= np.float32(query.rating_min)
        return masks

    def _offered(self, query: Query, rows: Rows, shown: Mask, now: datetime) -> tuple[Offers, Rows | None]:
        """What the rows are offered for, and where among the rows those are that are offered (None: all of them).
        `shown`: those that all filters but the price let pass; the others are only counted by facets."""
        columns = self.columns
        if query.hours is not None:
            offers = self._starts(query, rows, shown, now)
        elif query.flexible is not None:
            offers = flexible_stays(columns, rows, query, query.flexible, now)
        elif query.arrival is not None and query.departure is not None:
            offers = self._dated(query, rows, shown, query.arrival, (query.departure - query.arrival).days, now)
        else:
            return at_base_price(columns, rows), None
        return offers, None if len(offers.rows) == len(rows) else np.searchsorted(rows, offers.rows)

    def _dated(self, query: Query, rows: Rows, shown: Mask, arrival: date, count: int, now: datetime) -> Offers:
        nightly = self.columns["mode"][rows] == Mode.NIGHTLY
        if nightly.all():
            return stays(
                self.columns, by_the_clock(self.columns, rows, arrival, count, now), query, arrival, count, now
            )
        others = self._starts(query, rows[~nightly], shown[~nightly], now)
        rows = by_the_clock(self.columns, rows[nightly], arrival, count, now)
        return stays(self.columns, rows, query, arrival, count, now).with_others(others)

    def _starts(self, query: Query, rows: Rows, shown: Mask, now: datetime) -> Offers:
        """Where prices are no filter, what is only counted need not have one."""
        if shown.all() or query.price_min is not None or query.price_max is not None:
            return starts(self.columns, rows, query, now)
        counted = starts(self.columns, rows[~shown], query, now, priced=False)
        return starts(self.columns, rows[shown], query, now).with_others(counted) if shown.any() else counted


def _sensible(query: Query) -> bool:
    """Whether there can be an answer at all."""
    party = query.party
    return (
        party.pets <= MAX_PETS
        and party.infants <= MAX_INFANTS
        and len(query.child_ages) <= party.children
        and all(0 <= age < AGES for age in query.child_ages)
        and query.limit > 0
        and somewhere(query)
        and all(key is None or key[0] == key[0] for key in (query.after, query.before))
    )


def _worth_a_look(passed: Mask, others: Mapping[str, Mask], *, facets: bool) -> Rows:
    """Rows that all filters let pass, or for facets all but one."""
    if facets:
        for mask in others.values():
            passed = passed | mask
    return np.flatnonzero(passed)


def _price_choice(query: Query, offers: Offers) -> dict[str, Mask]:
    if query.price_min is None and query.price_max is None:
        return {}
    low = cents(query.price_min, query.currency) if query.price_min is not None else 0
    high = cents(query.price_max, query.currency) if query.price_max is not None else np.iinfo(np.int64).max
    return {"prices": (offers.cents >= low) & (offers.cents <= high)}
