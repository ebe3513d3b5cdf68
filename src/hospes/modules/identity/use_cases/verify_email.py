"""Note that a mailbox is its person's."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Proof, User
from hospes.modules.identity.errors import LinkRefused
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import proofs
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def verify_email(tx: WriteTx, *, proof: Proof, now: datetime) -> User:
    """The person, their address verified; told once. Raises `LinkRefused` when the address is not theirs any more."""
    if await proofs.mark_email_verified(tx, proof.user_id, proof.address, now):
        await publish(tx, events.EMAIL_VERIFIED, proof.user_id, {"user_id": str(proof.user_id)}, now=now)
        await audit.note(tx, actor=proof.user_id, action="account.email_verified", subject=proof.user_id, now=now)
    (user,) = await people.find_users(tx, [proof.user_id])
    if user.email_verified_at is None or user.email.lower() != proof.address.lower():
        raise LinkRefused("This was sent to an address that your account does not use any more.")
    return user
