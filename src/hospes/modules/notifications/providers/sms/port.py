"""What delivers SMS. One that was taken must not be given again; one that was not is tried again."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sms:
    """A text ready to go; `number` is E.164."""

    id: UUID
    number: str
    text: str = field(repr=False)


class Texter(Protocol):
    """Delivers SMS."""

    name: str

    async def send(self, sms: Sms) -> None:
        """Deliver it; raises `MailDown` (may go later) or `MailRefused` (never will)."""
        ...
