"""What our own card form asks of a provider."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from hospes.modules.payments.contracts import Method


class CardVault(Protocol):
    """A provider whose card form our own page shows (the sandbox); others run theirs in the browser."""

    async def tokenise(self, form: Any, *, now: datetime) -> Method:
        """A token for the card; raises `InvalidCard` with what is wrong by field. The number is not kept."""
        ...

    async def answer_challenge(self, key: UUID, *, approve: bool) -> None:
        """The payer's answer to the bank's question about a charge, or about a method that is to be kept; a repeated
        answer changes nothing."""
        ...
