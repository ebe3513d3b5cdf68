"""A person has seen to it."""

from datetime import datetime
from uuid import UUID

from hospes.modules.booking import queries, store
from hospes.modules.booking.contracts import Attention
from hospes.modules.booking.errors import AttentionNotFound
from hospes.platform.db import WriteTx


async def resolve_attention(
    tx: WriteTx, *, attention_id: UUID, user_id: UUID, note: str = "", now: datetime
) -> Attention:
    """The matter, resolved; one that was resolved before stays as it was. Raises `AttentionNotFound`."""
    await store.resolve_attention(tx, attention_id, user_id=user_id, note=note, now=now)
    found = await queries.find_attention(tx, attention_id)
    if found is None:
        raise AttentionNotFound()
    return found
