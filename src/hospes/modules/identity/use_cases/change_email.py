"""Move an account to an address that was just proven."""

from datetime import datetime

from hospes.modules.identity import codes, events
from hospes.modules.identity.contracts import Proof, Purpose, User
from hospes.modules.identity.errors import EmailTaken
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries.challenges import is_kept
from hospes.modules.identity.store import accounts, challenges, proofs
from hospes.modules.identity.use_cases.offer_undo import offer_undo
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound
from hospes.platform.outbox import publish

# Whatever was sent to the old address is worthless: who reads it is not who the account belongs to now.
_TO_THE_OLD_ADDRESS = (Purpose.VERIFY_EMAIL, Purpose.RESET_PASSWORD)


async def change_email(tx: WriteTx, *, proof: Proof, now: datetime) -> User:
    """The person with the new address. Raises `EmailTaken`.

    The old address, if it was verified, is told and may take the change back for a week, and is kept for that long:
    nobody else can have it. One that never was verified may be anybody's and is told nothing.
    """
    (before,) = await people.find_users(tx, [proof.user_id])
    if await is_kept(tx, codes.target_mark(tx.keyring, proof.address), now, but_for=proof.user_id):
        raise EmailTaken(fields={"email": "There is already an account with this email address."})
    if await accounts.update_person(tx, proof.user_id, now, email=proof.address) is None:
        raise NotFound("There is no such account.")
    await proofs.set_email_verified(tx, proof.user_id, now)
    await challenges.withdraw(tx, proof.user_id, _TO_THE_OLD_ADDRESS, since=before.created_at, now=now)
    data = {"user_id": str(proof.user_id)}
    if before.email_verified_at is None:
        await publish(tx, events.EMAIL_VERIFIED, proof.user_id, data, now=now)
    else:
        sealed = await offer_undo(tx, user_id=proof.user_id, purpose=Purpose.UNDO_EMAIL, before=before.email, now=now)
        data = {**data, "sealed": sealed}
    await publish(tx, events.EMAIL_CHANGED, proof.user_id, data, now=now)
    await audit.note(tx, actor=proof.user_id, action="account.email_changed", subject=proof.user_id, now=now)
    (user,) = await people.find_users(tx, [proof.user_id])
    return user
