"""Set a new password without knowing the old one."""

from datetime import datetime

from hospes.modules.identity.contracts import Proof, Purpose, User
from hospes.modules.identity.errors import LinkRefused
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import challenges
from hospes.modules.identity.use_cases.clear_ways_in import clear_ways_in
from hospes.modules.identity.use_cases.replace_password import replace_password
from hospes.modules.identity.use_cases.verify_email import verify_email
from hospes.platform.db import WriteTx


async def reset_password(tx: WriteTx, *, proof: Proof, password_hash: str, now: datetime) -> User:
    """The person; every sign-in of theirs ends. Who got the mail has the mailbox: the address counts as verified.

    If it was not before, nobody knows who set the account up: every other way in ends with it (`clear_ways_in`).
    Raises `LinkRefused` when the account uses another address by now. Hash before: it takes longer than a commit.
    """
    if proof.purpose is not Purpose.RESET_PASSWORD:
        raise LinkRefused
    before = await people.find_users(tx, [proof.user_id])
    user = await verify_email(tx, proof=proof, now=now)
    if before and before[0].email_verified_at is None:
        await clear_ways_in(tx, user_id=user.id, now=now)
    await challenges.withdraw(tx, user.id, (Purpose.RESET_PASSWORD,), since=user.created_at, now=now)
    await replace_password(tx, user_id=user.id, password_hash=password_hash, how="reset", now=now)
    return user
