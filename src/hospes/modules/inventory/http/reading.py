"""What the edges of this module ask in the same way: who may look, days, zones."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Sellable
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound
from hospes.modules.inventory.policies.windows import zone_names
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import Invalid


async def manages(tx: ReadTx, caller: Caller | None, sellable: Sellable) -> bool:
    """Whether the caller is a member of the business; raises `ResourceNotFound` for what is not on sale to others."""
    inside = caller is not None
    if caller is not None:
        try:
            await catalog.ensure_manages(tx, caller, sellable.business_id, catalog.Permission.CALENDAR)
        except BusinessNotFound:
            inside = False
    if not (inside or sellable.live):
        raise ResourceNotFound()
    return inside


def check_days(first: date, last: date, *, most: int) -> None:
    """Raises `Invalid` for days in the wrong order, too many or too far away."""
    if not 2000 <= first.year < 2200:
        raise _at("from", "This is too far away.")
    if last < first:
        raise _at("to", "The last day must not be before the first.")
    if (last - first).days >= most:
        raise _at("to", f"Ask for at most {most} days at once.")


def check_zone(name: str | None) -> None:
    """Raises `Invalid` for what is no IANA zone."""
    if name is not None and name not in zone_names():
        raise _at("tz", "There is no such time zone.")


def local(zone: str, at: datetime) -> datetime:
    """The instant with the offset of the zone."""
    return at.astimezone(ZoneInfo(zone))


def _at(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, fields={field: sentence})
