"""Say what a picture shows."""

from dataclasses import replace
from uuid import UUID

from hospes.modules.catalog import locking, store
from hospes.modules.catalog.contracts import Media
from hospes.modules.catalog.errors import DraftInvalid
from hospes.modules.catalog.policies.drafts import text_fault
from hospes.platform.db import WriteTx


async def describe_media(tx: WriteTx, *, user_id: UUID, media_id: UUID, alt: str) -> Media:
    """The picture with another text alternative."""
    if fault := text_fault(alt, 0, 300):
        raise DraftInvalid(fields={"alt": fault})
    media = await locking.my_media(tx, user_id, media_id)
    await store.set_alt(tx, media_id, alt)
    return replace(media, alt=alt)
