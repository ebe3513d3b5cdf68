"""Make sure that who is signed in is who they were."""

from uuid import UUID

from redis.asyncio import Redis

from hospes.modules.identity import passwords, throttle
from hospes.modules.identity.contracts import AccountStatus
from hospes.modules.identity.errors import WrongCredentials
from hospes.modules.identity.queries import sign_ins
from hospes.platform.db import Database
from hospes.platform.settings import Lockout


async def confirm_password(
    db: Database, valkey: Redis, lockout: Lockout, *, user_id: UUID, email: str, session: str, password: str
) -> None:
    """Returns if this is the password of the account; raises `WrongCredentials` and `LockedOut` as signing in does.

    Wrong ones count against this sign-in (`session`), so that they lock nobody out elsewhere.
    """
    attempt = throttle.Attempt(email.strip().lower(), user_id, device=session)
    await throttle.refuse_if_locked(valkey, lockout, attempt)
    async with db.read() as tx:
        known = await sign_ins.find_password(tx, user_id)
    kept = known.password_hash if known and known.status == AccountStatus.ACTIVE else None
    if not await passwords.is_password(password, kept):
        await throttle.count_failure(valkey, lockout, attempt)
        raise WrongCredentials("This is not your password.", fields={"password": "This is not your password."})
    await throttle.refuse_if_locked(valkey, lockout, attempt)
    await throttle.forget_failures(valkey, attempt)
