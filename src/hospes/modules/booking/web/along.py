"""What of the same property can be booked along: parking for the nights, a device for the hour, another room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from hospes.modules.booking.contracts import Extra
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import Kind, Listing, Mode, Resource
from hospes.modules.pricing import facade as pricing
from hospes.modules.pricing.contracts import Rate
from hospes.platform.db import ReadTx
from hospes.platform.ids import as_id

MOST = 9
MOST_OF_ONE = 5
_COMES_ALONG: Mapping[Mode, frozenset[Kind]] = {
    Mode.NIGHTLY: frozenset({Kind.PARKING, Kind.EQUIPMENT, Kind.OTHER}),
    Mode.TIMED: frozenset({Kind.PARKING, Kind.EQUIPMENT, Kind.OTHER, Kind.MEETING_ROOM}),
}


@dataclass(frozen=True, slots=True)
class Addition:
    """Something that can come along: what a night or an hour of it costs, and how many one can ask for."""

    resource: Resource
    rate: Rate
    most: int


def read_along(texts: Iterable[object]) -> tuple[Extra, ...]:
    """From the values of `extra`: an id, or an id, a colon and how many. Nonsense counts as not said."""
    found: dict[UUID, int] = {}
    for text in list(texts)[:MOST]:
        name, _, count = str(text).partition(":")
        resource_id = as_id(name)
        if resource_id is not None and count in ("", *map(str, range(1, MOST_OF_ONE + 1))):
            found[resource_id] = int(count or "1")
    return tuple(Extra(each, quantity) for each, quantity in found.items())


def said_along(extras: Sequence[Extra]) -> list[tuple[str, str]]:
    """The same for an address or a form."""
    return [("extra", f"{each.resource_id}:{each.quantity}") for each in extras]


def comes_along(listing: Listing) -> list[Resource]:
    """The other things of the property that are sold the same way and go with this; with a hotel room other rooms."""
    main = listing.resource
    kinds = _COMES_ALONG.get(main.mode, frozenset()) | ({Kind.HOTEL_ROOM} & {main.kind})
    return [each for each in listing.siblings if each.mode is main.mode and each.kind in kinds][:MOST]


async def additions_of(tx: ReadTx, listing: Listing) -> tuple[Addition, ...]:
    """The same with prices; what has no price in the same currency, or no unit in use, is left out."""
    others = comes_along(listing)
    if not others:
        return ()
    main = await pricing.find_rate(tx, listing.resource.id)
    units = await catalog.units_of(tx, [each.id for each in others])
    made = []
    for each in others:
        rate = await pricing.find_rate(tx, each.id)
        most = min(sum(unit.active for unit in units.get(each.id, ())), MOST_OF_ONE)
        if rate is not None and main is not None and rate.currency == main.currency and most:
            made.append(Addition(each, rate, most))
    return tuple(made)


def known_along(extras: Sequence[Extra], listing: Listing) -> tuple[Extra, ...]:
    """Those of them that do go with this listing."""
    known = {each.id for each in comes_along(listing)}
    return tuple(each for each in extras if each.resource_id in known)
