"""Write down what a person agrees to, or no longer does."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.identity.policies.agreements import VERSIONS
from hospes.modules.identity.store import privacy
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def note_consents(
    tx: WriteTx, *, user_id: UUID, kinds: Sequence[str], given: bool = True, origin: str = "", now: datetime
) -> None:
    """Each of `kinds` ("terms", "privacy", "marketing") in its present version; `origin` as `facade.origin_of`."""
    for kind in kinds:
        await privacy.insert_consent(
            tx, new_id(), user_id, kind=kind, version=VERSIONS[kind], given=given, origin=origin, now=now
        )
    if "marketing" in kinds:
        data = {"kind": "marketing", "given": given}
        await audit.note(
            tx, actor=user_id, action="consent.changed", subject=user_id, data=data, origin=origin, now=now
        )
