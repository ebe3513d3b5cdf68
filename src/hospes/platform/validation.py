"""Pydantic's findings as sentences for people, one a field."""

from collections.abc import Iterable, Mapping
from typing import Any

_SENTENCES = {
    "missing": "Please fill this in.",
    "string_type": "Please enter text.",
    "int_parsing": "Please enter a whole number.",
    "int_type": "Please enter a whole number.",
    "int_from_float": "Please enter a whole number.",
    "int_parsing_size": "This number is too large.",
    "float_parsing": "Please enter a number.",
    "float_type": "Please enter a number.",
    "decimal_parsing": "Please enter a number.",
    "bool_parsing": "Please answer yes or no.",
    "date_parsing": "Please enter a date as YYYY-MM-DD.",
    "date_from_datetime_parsing": "Please enter a date as YYYY-MM-DD.",
    "date_type": "Please enter a date as YYYY-MM-DD.",
    "datetime_parsing": "Please enter a date and time.",
    "datetime_from_date_parsing": "Please enter a date and time.",
    "time_parsing": "Please enter a time as HH:MM.",
    "timezone_aware": "Please add the offset from UTC.",
    "uuid_parsing": "This is not a valid id.",
    "uuid_type": "This is not a valid id.",
    "extra_forbidden": "There is no such field.",
    "json_invalid": "This is not JSON.",
    "list_type": "Please send a list.",
    "dict_type": "Please send an object.",
    "model_type": "Please send an object.",
    "model_attributes_type": "Please send an object.",
}


def sentence(error: Mapping[str, Any]) -> str:
    """One finding of pydantic for a person."""
    kind = str(error["type"])
    context = error.get("ctx") or {}
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    if kind == "string_too_short":
        return "Please fill this in." if context["min_length"] == 1 else f"At least {context['min_length']} characters."
    if kind == "string_too_long":
        return f"At most {context['max_length']} characters."
    if kind == "greater_than_equal":
        return f"Must be at least {context['ge']}."
    if kind == "less_than_equal":
        return f"Must be at most {context['le']}."
    if kind in ("literal_error", "enum"):
        return f"Must be one of {context['expected']}."
    said = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?")) else ".")


def field_name(location: Iterable[Any]) -> str:
    """`body.party.adults` becomes `party.adults`."""
    parts = [str(part) for part in location]
    if len(parts) > 1 and parts[0] in ("body", "query", "path", "header", "cookie"):
        parts = parts[1:]
    return ".".join(parts) or "body"


def fields_of(errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The first finding of every field."""
    found: dict[str, str] = {}
    for error in errors:
        found.setdefault(field_name(error["loc"]), sentence(error))
    return found
