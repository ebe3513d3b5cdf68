"""Keep a number that was just proven."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Proof, Purpose, User
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import accounts, challenges, proofs
from hospes.modules.identity.use_cases.offer_undo import offer_undo
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound
from hospes.platform.outbox import publish


async def change_phone(tx: WriteTx, *, proof: Proof, now: datetime) -> User:
    """The person with the new number. A number that was verified before can be brought back for a week, by a link in a
    mail to their verified address, and is told itself."""
    (before,) = await people.find_users(tx, [proof.user_id])
    if await accounts.update_person(tx, proof.user_id, now, phone=proof.address) is None:
        raise NotFound("There is no such account.")
    await proofs.set_phone_verified(tx, proof.user_id, now)
    await challenges.withdraw(tx, proof.user_id, (Purpose.VERIFY_PHONE,), since=before.created_at, now=now)
    data = {"user_id": str(proof.user_id)}
    if before.phone and before.phone_verified_at and before.phone != proof.address and before.email_verified_at:
        sealed = await offer_undo(tx, user_id=proof.user_id, purpose=Purpose.UNDO_PHONE, before=before.phone, now=now)
        await publish(tx, events.PHONE_CHANGED, proof.user_id, {**data, "sealed": sealed}, now=now)
    if before.phone_verified_at is None:
        await publish(tx, events.PHONE_VERIFIED, proof.user_id, data, now=now)
    await audit.note(tx, actor=proof.user_id, action="account.phone_changed", subject=proof.user_id, now=now)
    (user,) = await people.find_users(tx, [proof.user_id])
    return user
