"""A link that takes a change of address or number back, for a week."""

from datetime import datetime
from uuid import UUID

import orjson

from hospes.modules.identity import codes
from hospes.modules.identity.contracts import CODE_SEAL, Channel, Purpose
from hospes.modules.identity.policies.challenges import LINK_LASTS
from hospes.modules.identity.store import challenges
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def offer_undo(tx: WriteTx, *, user_id: UUID, purpose: Purpose, before: str, now: datetime) -> str:
    """Sealed JSON of `address` (what it was before) and `link`, for the event that tells of the change."""
    challenge_id, link = new_id(), codes.new_link()
    await challenges.insert_challenge(
        tx,
        challenges.NewChallenge(
            id=challenge_id,
            holder=f"undo:{challenge_id}",
            purpose=purpose,
            user_id=user_id,
            channel=Channel.EMAIL,
            target=tx.keyring.seal(before.encode(), challenge_id.bytes),
            target_mark=codes.target_mark(tx.keyring, before),
            code_hash=None,
            code_open=False,
            code_expires_at=now,
            link_hash=codes.link_hash(tx.keyring, link),
            expires_at=now + LINK_LASTS[purpose],
            created_at=now,
        ),
    )
    return tx.keyring.seal_text(orjson.dumps({"address": before, "link": link}).decode(), CODE_SEAL)
