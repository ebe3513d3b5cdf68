"""What may be said of a business, a property, a resource or a unit. Faults come as `{field: sentence}`."""

from dataclasses import fields
from typing import Any

from hospes.modules.catalog.contracts import (
    AMENITIES,
    AMENITY_BY_CODE,
    KIND_BY_CODE,
    Mode,
    PropertyDraft,
    ResourceDraft,
)

MAX_UNITS = 500
_TEXTS: dict[str, tuple[int, int]] = {
    "name": (1, 120),
    "description": (0, 5000),
    "street": (0, 200),
    "postcode": (0, 20),
    "city": (1, 100),
    "neighbourhood": (0, 100),
    "region": (0, 100),
    "house_rules": (0, 3000),
}
_NUMBERS: dict[str, tuple[float, float, str]] = {
    "latitude": (-90, 90, "A latitude lies between -90 and 90."),
    "longitude": (-180, 180, "A longitude lies between -180 and 180."),
    "max_guests": (1, 500, "Between 1 and 500 guests."),
    "bedrooms": (0, 100, "Between 0 and 100."),
    "beds": (0, 500, "Between 0 and 500."),
    "bathrooms": (0, 100, "Between 0 and 100."),
    "min_nights": (1, 365, "Between 1 and 365 nights."),
    "max_nights": (1, 365, "Between 1 and 365 nights."),
    "notice_hours": (0, 8760, "Between 0 hours and a year (8760)."),
    "horizon_days": (1, 500, "Between 1 and 500 days ahead."),
}


def text_fault(value: str, shortest: int, longest: int) -> str | None:
    """Why a text cannot be kept, or None. NUL and lone surrogates cannot be stored."""
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        return "This holds a character that cannot be stored."
    if len(value) < shortest:
        return "Please fill this in."
    return None if len(value) <= longest else f"At most {longest} characters."


def faults_of_business(name: str, description: str) -> dict[str, str]:
    """What is wrong with a business's own words."""
    found = {"name": text_fault(name, 1, 120), "description": text_fault(description, 0, 2000)}
    return {name: fault for name, fault in found.items() if fault}


def faults_of_property(draft: PropertyDraft) -> dict[str, str]:
    """What is wrong with a property, country and zone left aside."""
    return _common_faults(draft, PropertyDraft)


def faults_of_resource(draft: ResourceDraft) -> dict[str, str]:
    """What is wrong with a resource."""
    faults = _common_faults(draft, ResourceDraft)
    info = KIND_BY_CODE[draft.kind]
    if draft.mode not in info.modes:
        faults["mode"] = f"A {info.label.lower()} is sold as {' or '.join(info.modes)}."
    if draft.mode is Mode.DEPARTURE and not draft.pooled:
        faults["pooled"] = "Places on a departure are counted: pooled must be true."
    if draft.min_nights > draft.max_nights and not faults.keys() & {"min_nights", "max_nights"}:
        faults["max_nights"] = "The longest stay cannot be shorter than the shortest."
    return faults


def faults_of_unit_names(names: tuple[str, ...]) -> dict[str, str]:
    """What is wrong with the names of new units."""
    if not 1 <= len(names) <= MAX_UNITS:
        return {"units": f"Between 1 and {MAX_UNITS} units."}
    for name in names:
        if fault := text_fault(name, 1, 60):
            return {"name": fault}
    if len(set(names)) != len(names):
        return {"name": "Every unit needs a name of its own."}
    return {}


def known_amenities(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes once each, in the vocabulary's order."""
    return tuple(amenity.code for amenity in AMENITIES if amenity.code in codes)


def _common_faults(draft: Any, shape: type[PropertyDraft] | type[ResourceDraft]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for each in fields(shape):
        value = getattr(draft, each.name)
        if each.name in _TEXTS and (fault := text_fault(value, *_TEXTS[each.name])):
            faults[each.name] = fault
        elif each.name in _NUMBERS:
            low, high, sentence = _NUMBERS[each.name]
            if not low <= value <= high:
                faults[each.name] = sentence
    unknown = [code for code in draft.amenities if code not in AMENITY_BY_CODE]
    if unknown:
        faults["amenities"] = f"There is no amenity called {unknown[0][:40]!a}."
    return faults
