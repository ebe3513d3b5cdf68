"""What each night of many resources costs and asks of a stay, for a host's calendar."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from hospes.modules.pricing import queries
from hospes.modules.pricing.contracts import NightTerms, Party, Restriction
from hospes.modules.pricing.policies.nightly import price_nights
from hospes.modules.pricing.policies.specificity import covers, most_specific, of_plans
from hospes.modules.pricing.queries import RateSheet
from hospes.platform.db import ReadTx

_TWO = Party(2)
_ONE_DAY = timedelta(days=1)


async def list_night_terms(
    tx: ReadTx, resource_ids: Collection[UUID], first: date, last: date
) -> dict[UUID, list[NightTerms]]:
    """Each night of [first, last] of each of these, in one statement; what has no rate is left out."""
    found = await queries.list_rates_in_days(tx, resource_ids, first, last + _ONE_DAY)
    nights = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    return {resource_id: [_night(sheet, night) for night in nights] for resource_id, sheet in found.items()}


def _night(found: RateSheet, night: date) -> NightTerms:
    amount = found.days.get(night, found.rate.base_amount)
    if found.sheet.rules:
        price = price_nights(found.rate, found.days, night, night + _ONE_DAY, _TWO, sheet=found.sheet)
        amount = sum(line.amount for line in price.lines if line.of_the_stay)
    terms = NightTerms(night, amount, found.rate.currency, own=night in found.days)
    return _restricted(terms, found.sheet.restrictions) if found.sheet.restrictions else terms


def _restricted(terms: NightTerms, restrictions: Sequence[Restriction]) -> NightTerms:
    mine = [each for each in reversed(of_plans(restrictions, ())) if covers(each, terms.day)]

    def said(what: Callable[[Restriction], int | bool | None]) -> int | bool | None:
        found = most_specific([each for each in mine if what(each) is not None], ())
        return None if found is None else what(found)

    return NightTerms(
        terms.day,
        terms.amount,
        terms.currency,
        own=terms.own,
        min_stay=said(lambda each: each.min_stay),
        min_stay_on_arrival=said(lambda each: each.min_stay_on_arrival),
        closed_to_arrival=bool(said(lambda each: each.closed_to_arrival)),
        closed_to_departure=bool(said(lambda each: each.closed_to_departure)),
        stop_sell=bool(said(lambda each: each.stop_sell)),
    )
