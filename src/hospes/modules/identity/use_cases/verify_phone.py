"""Note that a phone number is its person's."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Proof, User
from hospes.modules.identity.errors import CodeRefused
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import proofs
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def verify_phone(tx: WriteTx, *, proof: Proof, now: datetime) -> User:
    """The person, their number verified; told once. Raises `CodeRefused` when the number is not theirs any more."""
    if await proofs.mark_phone_verified(tx, proof.user_id, proof.address, now):
        await publish(tx, events.PHONE_VERIFIED, proof.user_id, {"user_id": str(proof.user_id)}, now=now)
        await audit.note(tx, actor=proof.user_id, action="account.phone_verified", subject=proof.user_id, now=now)
    (user,) = await people.find_users(tx, [proof.user_id])
    if user.phone_verified_at is None or user.phone != proof.address:
        sentence = "This was sent to a number that your account does not use any more."
        raise CodeRefused(sentence, fields={"code": sentence})
    return user
