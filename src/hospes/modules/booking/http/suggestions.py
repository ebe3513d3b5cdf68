"""What nights might cost. Accepting is writing them: PUT …/day-prices."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from hospes.modules.booking.schemas.answers import MoneyOut
from hospes.modules.booking.use_cases.suggest_prices import suggest_prices
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter()
Day = Annotated[date, Query(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Bound = Annotated[int | None, Query(ge=0, le=1_000_000_000)]


class SuggestedNightOut(BaseModel):
    """A night: what it costs now (for two, without fees and taxes), what it might cost, and why. `sold` from 0 to 1;
    null while what is left is kept off sale."""

    day: date
    amount: int
    now: int
    own: bool
    sold: float | None
    reason: str


class SuggestionsOut(BaseModel):
    """Between floor and ceiling; amounts in minor units of the rate's currency."""

    floor: MoneyOut
    ceiling: MoneyOut
    items: list[SuggestedNightOut]


@router.get("/resources/{resource_id}/price-suggestions")
async def list_suggestions(
    request: Request,
    resource_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    floor: Bound = None,
    ceiling: Bound = None,
) -> SuggestionsOut:
    """For each night of [from, to] from today on, at most 400: a price from how full it is, how far ahead, its weekday
    and its season, never below `floor` or above `ceiling` (left out: 70 % and 200 % of the usual price)."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        found = await suggest_prices(
            tx, caller, resource_id, first, last, floor=floor, ceiling=ceiling, now=rt.clock.now()
        )
    return SuggestionsOut(
        floor=MoneyOut(amount=found.floor, currency=found.currency),
        ceiling=MoneyOut(amount=found.ceiling, currency=found.currency),
        items=[
            SuggestedNightOut(
                day=each.day,
                amount=each.amount,
                now=each.now,
                own=each.own,
                sold=None if each.sold is None else round(each.sold, 4),
                reason=each.reason,
            )
            for each in found.nights
        ],
    )
