"""HTML forms, read into a pydantic model; what was typed is kept for showing it again."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_origin

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from hospes.platform.validation import fields_of

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """`value` is None when something was wrong; then `errors` says what, by field."""

    value: M | None
    errors: dict[str, str]
    typed: dict[str, str]


async def read_form(request: Request, model: type[M]) -> Form[M]:
    """Validate the posted form. An empty field counts as not sent; a list field takes every value of its name."""
    posted = await request.form()
    typed: dict[str, str] = {}
    data: dict[str, Any] = {}
    for name in posted:
        if name == "csrf_token":
            continue
        values = [value for value in posted.getlist(name) if isinstance(value, str | UploadFile) and value != ""]
        texts = [value for value in values if isinstance(value, str)]
        typed[name] = texts[-1] if texts else ""
        if values:
            data[name] = values if _takes_many(model, name) else values[-1]
    try:
        return Form(model.model_validate(data), {}, typed)
    except ValidationError as fault:
        return Form(None, fields_of(fault.errors()), typed)


def _takes_many(model: type[BaseModel], name: str) -> bool:
    for key, info in model.model_fields.items():
        if name in (key, info.alias):
            return get_origin(info.annotation) in (list, tuple, set, frozenset)
    return False
