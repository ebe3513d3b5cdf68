"""Check who somebody is by their password."""

from datetime import datetime

from redis.asyncio import Redis

from hospes.modules.identity import passwords, throttle
from hospes.modules.identity.contracts import AccountStatus, SecondFactorNeeded, SignedIn
from hospes.modules.identity.errors import AccountNotActive, WrongCredentials
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries import second_factors as factors
from hospes.platform.db import Database
from hospes.platform.settings import Lockout


async def log_in(
    db: Database,
    valkey: Redis,
    lockout: Lockout,
    *,
    email: str,
    password: str,
    device: bytes | None = None,
    now: datetime | None = None,
) -> SignedIn | SecondFactorNeeded:
    """The person with this email address and password, or that a second factor of theirs is to be asked for.

    `device` is the hash of the browser's token: one that the person trusts at `now` is not asked.

    Raises `WrongCredentials` (the same, after the same time, when there is no such account), `LockedOut` after too many
    failures and `AccountNotActive`. Opens its own short reads: neither bcrypt nor Valkey may keep a connection waiting.
    """
    address = email.strip().lower()
    async with db.read() as tx:
        known = await people.find_credentials(tx, address)
    user_id = known.user_id if known else None
    await throttle.refuse_if_locked(valkey, lockout, address, user_id)
    if not await passwords.is_password(password, known.password_hash if known else None) or known is None:
        await throttle.count_failure(valkey, lockout, address, user_id)
        raise WrongCredentials("This email address and password do not belong together.")
    # Of many guesses at once, those answered after the fifth failure learn nothing, the right one included.
    await throttle.refuse_if_locked(valkey, lockout, address, user_id)
    if known.status != AccountStatus.ACTIVE:
        raise AccountNotActive("This account is closed or suspended. Please write to us.")
    await throttle.forget_failures(valkey, address)
    async with db.read() as tx:
        (user,) = await people.find_users(tx, [known.user_id])
        has = await factors.factors_of(tx, known.user_id, device=device, now=now)
    if has.any and not has.trusted:
        return SecondFactorNeeded(known.user_id, tuple(map(str, has.ways)))
    return SignedIn(user)
