"""Set a new password without knowing the old one."""

from datetime import datetime

from hospes.modules.identity.contracts import Proof, Purpose, User
from hospes.modules.identity.errors import LinkRefused
from hospes.modules.identity.store import challenges
from hospes.modules.identity.use_cases.replace_password import replace_password
from hospes.modules.identity.use_cases.verify_email import verify_email
from hospes.platform.db import WriteTx


async def reset_password(tx: WriteTx, *, proof: Proof, password_hash: str, now: datetime) -> User:
    """The person; every sign-in of theirs ends. Who got the mail has the mailbox: the address counts as verified.

    Raises `LinkRefused` when the account uses another address by now. Hash before: it takes longer than a commit.
    """
    if proof.purpose is not Purpose.RESET_PASSWORD:
        raise LinkRefused
    user = await verify_email(tx, proof=proof, now=now)
    await challenges.withdraw(tx, user.id, (Purpose.RESET_PASSWORD,), since=user.created_at, now=now)
    await replace_password(tx, user_id=user.id, password_hash=password_hash, how="reset", now=now)
    return user
