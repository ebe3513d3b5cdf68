"""Wishes as the JSON that waits, and repeated on the same wall-clock time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.booking.contracts import Extra, Hours, Leaving, Nights, Party, Place, Repeat, When, Wish
from hospes.modules.booking.errors import SeriesInvalid
from hospes.modules.booking.policies.frozen import party_json

MOST_REPETITIONS = 52


def wish_json(wish: Wish) -> dict[str, Any]:
    """What `wish_from` reads."""
    return {
        "resource_id": str(wish.resource_id),
        "when": _when_json(wish.when),
        "party": party_json(wish.party),
        "quantity": wish.quantity,
        "plan_id": str(wish.plan_id) if wish.plan_id else None,
        "children_ages": list(wish.children_ages),
        "extras": [[str(each.resource_id), each.quantity] for each in wish.extras],
        "unit_id": str(wish.unit_id) if wish.unit_id else None,
        "coupons": list(wish.coupons),
        "use_credit": wish.use_credit,
    }


def wish_from(value: dict[str, Any]) -> Wish:
    """The wish kept in JSON."""
    return Wish(
        resource_id=UUID(value["resource_id"]),
        when=_when_from(value["when"]),
        party=Party(**value["party"]),
        quantity=value["quantity"],
        plan_id=UUID(value["plan_id"]) if value["plan_id"] else None,
        children_ages=tuple(value["children_ages"]),
        extras=tuple(Extra(UUID(each), quantity) for each, quantity in value["extras"]),
        unit_id=UUID(value["unit_id"]) if value.get("unit_id") else None,
        coupons=tuple(value.get("coupons", ())),
        use_credit=value.get("use_credit", False),
    )


def repeated(wish: Wish, repeat: Repeat, zone: str) -> list[tuple[date, Wish]]:
    """Each repetition with the local day it starts on, the first one being the wish; raises `SeriesInvalid`.

    The clock on the wall stays: 09:00 is 09:00 on both sides of a change of clocks, and lasts as long. As in RFC 5545,
    days that are skipped count.
    """
    start = first_day(wish, zone)
    made: list[tuple[date, Wish]] = []
    for at in range(_count(repeat, start)):
        days = timedelta(weeks=at * repeat.every_weeks)
        if start + days not in repeat.skip:
            made.append((start + days, replace(wish, when=moved(wish.when, days, zone))))
    if not made:
        raise SeriesInvalid("Every repetition is skipped.", fields={"skip": "Every repetition is skipped."})
    return made


def first_day(wish: Wish, zone: str) -> date:
    """The local day a wish starts on; raises `SeriesInvalid` for places on a departure, which has its own dates."""
    if isinstance(wish.when, Nights):
        return wish.when.arrival
    if isinstance(wish.when, Hours):
        return wish.when.starts_at.astimezone(ZoneInfo(zone)).date()
    raise SeriesInvalid("A departure cannot be repeated.")


def moved(when: When, by: timedelta, zone: str) -> When:
    """The same so many days later, on the same wall-clock time."""
    if isinstance(when, Nights):
        return Nights(when.arrival + by, when.departure + by)
    if isinstance(when, Hours):
        wall = when.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + by
        starts_at = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        return replace(when, starts_at=starts_at, ends_at=starts_at + (when.ends_at - when.starts_at))
    return when


def _count(repeat: Repeat, start: date) -> int:
    if (repeat.count is None) == (repeat.until is None):
        raise SeriesInvalid("Say how many times, or until when.", fields={"count": "Send count or until."})
    count = repeat.count or 0
    if repeat.until is not None:
        count = (repeat.until - start).days // (7 * repeat.every_weeks) + 1
    if not 2 <= count <= MOST_REPETITIONS:
        said = f"A series has from 2 to {MOST_REPETITIONS} repetitions."
        raise SeriesInvalid(said, fields={"count" if repeat.count is not None else "until": said})
    return count


def _when_json(when: When) -> dict[str, Any]:
    if isinstance(when, Nights):
        return {"arrival": when.arrival.isoformat(), "departure": when.departure.isoformat()}
    if isinstance(when, Leaving):
        return {"departure_id": str(when.departure_id)}
    place = [when.place.latitude, when.place.longitude] if when.place else None
    return {"starts_at": when.starts_at.isoformat(), "ends_at": when.ends_at.isoformat(), "place": place}


def _when_from(value: dict[str, Any]) -> When:
    if "arrival" in value:
        return Nights(date.fromisoformat(value["arrival"]), date.fromisoformat(value["departure"]))
    if "departure_id" in value:
        return Leaving(UUID(value["departure_id"]))
    place = Place(*value["place"]) if value["place"] else None
    return Hours(datetime.fromisoformat(value["starts_at"]), datetime.fromisoformat(value["ends_at"]), place)
