"""Reads the catalogue's forms: fields are named `section.field`, each section is checked by a wire shape."""

from collections.abc import Mapping
from datetime import time
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData, UploadFile

Shape = TypeVar("Shape", bound=BaseModel)
_SENTENCES = {
    "missing": "Please fill this in.",
    "string_too_short": "Please fill this in.",
    "string_too_long": "At most {max_length} characters.",
    "int_parsing": "Enter a whole number.",
    "int_from_float": "Enter a whole number.",
    "float_parsing": "Enter a number.",
    "finite_number": "Enter a number.",
    "greater_than_equal": "At least {ge}.",
    "less_than_equal": "At most {le}.",
    "enum": "Choose one of these.",
    "time_parsing": "Enter a time such as 15:00.",
    "uuid_parsing": "Choose one of these.",
}


class Typed:
    """What was typed, kept for showing it again, with the faults found so far."""

    def __init__(self, form: FormData) -> None:
        self.form = form
        self.errors: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        value = self.form.get(name)
        return value.strip() if isinstance(value, str) else ""

    def has(self, name: str, value: str) -> bool:
        """Whether this box of several was ticked."""
        return value in self.form.getlist(name)

    def version(self, name: str) -> int | None:
        """The version the form was filled from."""
        return int(self[name]) if self[name].isdecimal() else None

    def files(self, name: str) -> list[UploadFile]:
        """The files chosen, empty choices left out."""
        return [each for each in self.form.getlist(name) if isinstance(each, UploadFile) and each.filename]

    def section(self, prefix: str, shape: type[Shape], **known: Any) -> Shape | None:
        """One section as a wire shape, or None with `errors` filled; empty fields count as left out."""
        said: dict[str, Any] = dict(known)
        for name, info in shape.model_fields.items():
            field = f"{prefix}.{name}"
            if name in known:
                continue
            if "list" in str(info.annotation):
                said[name] = [each for each in self.form.getlist(field) if isinstance(each, str)]
            elif "bool" in str(info.annotation):
                said[name] = field in self.form
            elif self[field]:
                said[name] = self[field]
        try:
            return shape.model_validate(said)
        except ValidationError as fault:
            for each in fault.errors(include_url=False):
                self.errors.setdefault(f"{prefix}.{each['loc'][0]}", _sentence(each))
            return None

    def blame(self, prefix: str, faults: Mapping[str, str]) -> None:
        """Faults a use case found, put beside the fields of a section."""
        self.errors.update({f"{prefix}.{name}": sentence for name, sentence in faults.items()})


def filled(sections: Mapping[str, Mapping[str, Any]]) -> Typed:
    """A form filled in from what is stored."""
    pairs: list[tuple[str, str | UploadFile]] = []
    for prefix, values in sections.items():
        for name, value in values.items():
            pairs += [(f"{prefix}.{name}", text) for text in _texts(value)]
    return Typed(FormData(pairs))


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["on"] if value else []
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return [value.strftime("%H:%M") if isinstance(value, time) else str(value)]


async def read_typed(request: Request) -> Typed:
    """The form of this request."""
    return Typed(await request.form())


def _sentence(fault: ErrorDetails) -> str:
    template = _SENTENCES.get(fault["type"], "This cannot be right.")
    return template.format(**fault.get("ctx", {}))
