"""Forms as people have typed them, with what is wrong with each field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID


@dataclass(slots=True)
class Typed:
    """A form as typed, with the faults by field; a whole number has at most `most_digits`."""

    most_digits: ClassVar[int] = 5
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict, kw_only=True)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        """What is wrong with a field; empty when nothing is."""
        return self.errors.get(name, "")

    def blame(self, faults: Mapping[str, str]) -> None:
        """Put the core's faults beside the fields of this form."""
        for name, sentence in faults.items():
            self.errors.setdefault(name, sentence)

    def whole(self, name: str) -> int | None:
        """A whole number, None when empty or none."""
        text = self[name]
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= self.most_digits):
            self.errors[name] = "Enter a whole number."
            return None
        return int(text)

    def day(self, name: str) -> date | None:
        """A day, None when empty or none."""
        if not self[name]:
            return None
        try:
            return date.fromisoformat(self[name])
        except ValueError:
            self.errors[name] = "Choose a day."
            return None

    def one_of(self, name: str) -> UUID | None:
        """An id that was chosen, or None."""
        try:
            return UUID(self[name]) if self[name] else None
        except ValueError:
            self.errors[name] = "Choose one of these."
            return None
