"""The departures that can still be booked, by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hospes.modules.booking.policies.restrictions import today_in
from hospes.modules.booking.web.choosing import Said, day_in
from hospes.modules.booking.web.views import closes, minutes_words
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import Departure
from hospes.platform.db import ReadTx

AHEAD = timedelta(days=366)
ENOUGH = 4


@dataclass(frozen=True, slots=True)
class Departures:
    """`months`: the first day of each with a departure; `shown`: those of some of them, from `month` on.

    `cutoff`: how many minutes before all of them booking closes, if that is the same for all."""

    months: tuple[date, ...] = ()
    month: date | None = None
    shown: tuple[tuple[date, tuple[Departure, ...]], ...] = ()
    cutoff: int = 0

    @property
    def notes(self) -> list[str]:
        """What holds for all of them: until when one can book, and how large a group may be."""
        said = [f"Booking closes {minutes_words(self.cutoff)} before the start."] if self.cutoff else []
        sizes = {(each.min_group, each.max_group) for _, leaving in self.shown for each in leaving}
        least, most = sizes.pop() if len(sizes) == 1 else (1, None)
        if most is not None:
            return [*said, f"Groups of {least} to {most}." if least > 1 else f"Groups of up to {most}."]
        return [*said, f"Groups of {least} or more."] if least > 1 else said


async def departures_of(tx: ReadTx, sellable: Sellable, said: Said, *, now: datetime) -> Departures:
    """From the month asked for, of the one chosen, or the first one; full ones too, since one can wait for them."""
    today = today_in(sellable.zone, now)
    found = await inventory.departures(tx, sellable.resource_id, today, today + AHEAD, now)
    return by_month([each for each in found if each.status == "scheduled" and closes(each) > now], said)


def by_month(found: Sequence[Departure], said: Said) -> Departures:
    """The month to show, and following ones until there are a few to choose from."""
    months = {month: tuple(each) for month, each in groupby(found, key=lambda each: each.first_day.replace(day=1))}
    if not months:
        return Departures()
    chosen = next((each.first_day for each in found if str(each.id) == said["departure_id"]), None)
    wanted = day_in(f"{said['month']}-01") or chosen or day_in(said["from"]) or next(iter(months))
    first = next((month for month in months if month >= wanted.replace(day=1)), max(months))
    shown, count = [], 0
    for month, each in months.items():
        if month >= first and count < ENOUGH:
            shown.append((month, each))
            count += len(each)
    cutoffs = {each.cutoff_minutes for _, leaving in shown for each in leaving}
    return Departures(tuple(months), first, tuple(shown), cutoffs.pop() if len(cutoffs) == 1 else 0)
