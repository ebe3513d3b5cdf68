"""A smallest document that each route of the API takes for good, made from what the API says of itself."""

from typing import Any
from urllib.parse import urlencode

BY_NAME: dict[str, Any] = {
    "country": "FR",
    "language": "en",
    "zone": "Europe/Paris",
    "currency": "EUR",
    "arrival": "2026-10-01",
    "departure": "2026-10-03",
    "latitude": 48.9,
    "longitude": 2.3,
    "email": "new@example.com",
    "phone": "+33612345678",
    "password": "Correct-horse-77",
    "born_on": "1990-05-31",
    "city": "Paris",
    "month": "2026-05",
    "from": "2026-10-01",
    "to": "2026-10-05",
    "until": "2026-10-05",
    "day": "2026-10-01",
    "url": "https://other.example/b.ics",
    "code": "summer",
    "reason": "It was agreed so.",
    "note": "It was agreed so.",
}


def body_for(document: dict[str, Any], method: str, path: str, ids: dict[str, str]) -> dict[str, Any]:
    """What to send, as keywords of a request: nothing where nothing is asked for."""
    operation = document["paths"].get(path, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": _sample(document, content["application/json"]["schema"], ids, "")}
    return {}


def query_for(document: dict[str, Any], method: str, path: str, ids: dict[str, str]) -> str:
    """The parameters that must be given, as the end of an address."""
    operation = document["paths"].get(path, {}).get(method.lower(), {})
    wanted = [each for each in operation.get("parameters", []) if each["in"] == "query" and each.get("required")]
    said = {each["name"]: _sample(document, each["schema"], ids, each["name"]) for each in wanted}
    return "?" + urlencode(said) if said else ""


def with_ids(value: Any, ids: dict[str, str]) -> Any:
    """The same with the ids that "@" names."""
    if isinstance(value, dict):
        return {key: with_ids(each, ids) for key, each in value.items()}
    return ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value


def _sample(document: dict[str, Any], schema: dict[str, Any], ids: dict[str, str], name: str) -> Any:
    if "$ref" in schema:
        return _sample(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], ids, name)
    if name in ids:
        return ids[name]
    if name in BY_NAME:
        return BY_NAME[name]
    for key in ("const", "default"):
        if schema.get(key) is not None:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return _sample(document, schema[key][0], ids, name)
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        wanted = schema.get("required", [])
        return {each: _sample(document, schema["properties"][each], ids, each) for each in wanted}
    if kind == "array":
        return [_sample(document, schema["items"], ids, "") for _ in range(max(schema.get("minItems", 0), 0))]
    if kind in ("integer", "number"):
        return int(schema["minimum"]) if "minimum" in schema else int(schema.get("exclusiveMinimum", 0)) + 1
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    if kind == "string":
        shape = schema.get("format")
        if shape == "uuid":
            return "00000000-0000-4000-8000-000000000000"
        if shape == "date":
            return "2026-10-01"
        if shape == "date-time":
            return "2026-10-01T10:00:00Z"
        if shape == "time":
            return "10:00"
        if shape in ("uri", "url"):
            return "https://other.example/x"
        return "x" * max(schema.get("minLength", 1), 1)
    return {}
