"""What is claimed, as the JSON that quotes freeze, and the time it takes."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from hospes.modules.booking.contracts import Booking, Item
from hospes.modules.booking.policies.restrictions import instant
from hospes.modules.inventory.contracts import Ask, ClaimAsk, DepartureAsk, Place, SlotAsk

NOON = time(12)


def asks_of(booking: Booking) -> tuple[Ask, ...]:
    """Everything the booking claims, what it is about first."""
    terms = booking.terms
    if terms.items:
        return tuple(ask for item in terms.items for ask in item.asks)
    return (
        ClaimAsk(
            resource_id=booking.resource_id,
            unit_ids=terms.unit_ids,
            pooled=terms.pooled,
            capacity=len(terms.unit_ids),
            zone=terms.zone,
            first_night=booking.arrival,
            departure=booking.departure,
            quantity=booking.quantity,
        ),
    )


def nights_taken(zone: str, arrival: date, departure: date) -> tuple[datetime, datetime]:
    """Noon to noon: neighbouring stays touch and do not overlap, whatever the hours of check-in."""
    return instant(zone, arrival, NOON), instant(zone, departure, NOON)


def items_json(items: tuple[Item, ...]) -> list[dict[str, Any]]:
    """What `items_of` reads."""
    return [
        {
            "resource_id": str(item.resource_id),
            "resource_name": item.resource_name,
            "quantity": item.quantity,
            "asks": [_ask_json(ask) for ask in item.asks],
        }
        for item in items
    ]


def items_of(value: list[dict[str, Any]]) -> tuple[Item, ...]:
    """The items frozen in JSON."""
    return tuple(
        Item(
            resource_id=UUID(each["resource_id"]),
            resource_name=each["resource_name"],
            quantity=each["quantity"],
            asks=tuple(_ask_of(UUID(each["resource_id"]), ask) for ask in each["asks"]),
        )
        for each in value
    )


def _ask_json(ask: Ask) -> dict[str, Any]:
    if isinstance(ask, DepartureAsk):
        return {"kind": "departure", "departure_id": str(ask.departure_id), "quantity": ask.quantity}
    if isinstance(ask, SlotAsk):
        return {
            "kind": "slot",
            "units": [str(each) for each in ask.unit_ids],
            "zone": ask.zone,
            "starts_at": ask.starts_at.isoformat(),
            "ends_at": ask.ends_at.isoformat(),
            "before": ask.before.total_seconds(),
            "after": ask.after.total_seconds(),
            "place": _place_json(ask.place),
            "home": _place_json(ask.home),
            "speed_kmh": ask.speed_kmh,
            "max_per_day": ask.max_per_day,
            "max_per_week": ask.max_per_week,
        }
    return {
        "kind": "nights",
        "units": [] if ask.pooled else [str(each) for each in ask.unit_ids],
        "pooled": ask.pooled,
        "capacity": ask.capacity,
        "zone": ask.zone,
        "first_night": ask.first_night.isoformat(),
        "departure": ask.departure.isoformat(),
        "quantity": ask.quantity,
    }


def _ask_of(resource_id: UUID, value: dict[str, Any]) -> Ask:
    if value["kind"] == "departure":
        return DepartureAsk(resource_id, UUID(value["departure_id"]), value["quantity"])
    units = tuple(UUID(each) for each in value["units"])
    if value["kind"] == "slot":
        return SlotAsk(
            resource_id=resource_id,
            unit_ids=units,
            zone=value["zone"],
            starts_at=datetime.fromisoformat(value["starts_at"]),
            ends_at=datetime.fromisoformat(value["ends_at"]),
            before=timedelta(seconds=value["before"]),
            after=timedelta(seconds=value["after"]),
            place=_place_of(value["place"]),
            home=_place_of(value["home"]),
            speed_kmh=value["speed_kmh"],
            max_per_day=value["max_per_day"],
            max_per_week=value["max_per_week"],
        )
    return ClaimAsk(
        resource_id=resource_id,
        unit_ids=units,
        pooled=value["pooled"],
        capacity=value["capacity"],
        zone=value["zone"],
        first_night=date.fromisoformat(value["first_night"]),
        departure=date.fromisoformat(value["departure"]),
        quantity=value["quantity"],
    )


def _place_json(place: Place | None) -> list[float] | None:
    return None if place is None else [place.latitude, place.longitude]


def _place_of(value: list[float] | None) -> Place | None:
    return None if value is None else Place(value[0], value[1])
