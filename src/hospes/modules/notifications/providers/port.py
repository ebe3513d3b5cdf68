"""What delivers mail. A message that was taken must not be given again; one that was not is tried again."""

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from hospes.modules.notifications.contracts import Attachment


@dataclass(frozen=True, slots=True)
class Mail:
    """A message ready to go. Its id makes its Message-ID, the same at every try."""

    id: UUID
    sender: str
    address: str
    name: str
    subject: str
    plain: str = field(repr=False)
    html: str = field(repr=False)
    attachments: tuple[Attachment, ...] = ()


class MailDown(Exception):
    """Not delivered, but may be later; the text has no secrets in it."""


class MailRefused(Exception):
    """Will never be delivered: no such address, too large; the text has no secrets in it."""


class Mailer(Protocol):
    """Delivers mail."""

    name: str

    async def send(self, mail: Mail) -> None:
        """Deliver it; raises `MailDown` or `MailRefused`."""
        ...
