"""The same time every week: which dates are free and what they cost in all, before anything is booked."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from fastapi import Request

from hospes.modules.booking import facade
from hospes.modules.booking.contracts import Occurrence, Repeat
from hospes.modules.booking.errors import SeriesInvalid
from hospes.modules.booking.web.choosing import Said, is_whole, when_in, wish_in
from hospes.modules.catalog.contracts import Mode, Sellable
from hospes.platform.db import ReadTx

MOST_TIMES = 26
TIMES = (*range(2, 13), 16, 20, MOST_TIMES)
EVERY = {"1": "every week", "2": "every 2 weeks", "4": "every 4 weeks"}


@dataclass(frozen=True, slots=True)
class Series:
    """The repetitions, and the total of those that are free (minor units); `errors` by field."""

    dates: tuple[Occurrence, ...] = ()
    total: int = 0
    currency: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """How many can be had."""
        return sum(each.refusal is None for each in self.dates)


def repeat_in(said: Said) -> Repeat | None:
    """How often; None: once. Raises `SeriesInvalid` for what is not a number of times."""
    if not said["times"] or said["times"] == "1":
        return None
    times = int(said["times"]) if is_whole(said["times"]) else 0
    if not 2 <= times <= MOST_TIMES:
        raise SeriesInvalid(_HOW_OFTEN, fields={"times": _HOW_OFTEN})
    return Repeat(int(said["every"]) if said["every"] in EVERY else 1, count=times)


_HOW_OFTEN = f"Choose from 1 to {MOST_TIMES} times."


async def series_of(tx: ReadTx, request: Request, sellable: Sellable, said: Said, *, now: datetime) -> Series | None:
    """What repeating the time chosen would be; None when it is for once."""
    when, errors = when_in(sellable, said)
    if sellable.mode is not Mode.TIMED or when is None or errors:
        return None
    try:
        repeat = repeat_in(said)
    except SeriesInvalid as refusal:
        return Series(errors=refusal.fields)
    if repeat is None:
        return None
    wish = replace(wish_in(sellable, said, when), display=getattr(request.state, "display", None))
    found = await facade.quote_series(tx, wish, repeat, now=now)
    free = [each.quote.price for each in found if each.quote is not None and each.refusal is None]
    return Series(tuple(found), sum(each.total for each in free), free[0].currency if free else "")
