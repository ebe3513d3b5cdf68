"""Check who somebody is by their password."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from redis.asyncio import Redis

from hospes.modules.identity import events, passwords, throttle
from hospes.modules.identity.contracts import AccountStatus, SecondFactorNeeded, SignedIn
from hospes.modules.identity.errors import AccountNotActive, WrongCredentials
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries import second_factors as factors
from hospes.platform.db import Database
from hospes.platform.outbox import publish
from hospes.platform.settings import Lockout

_NOBODY = UUID(int=0)


class _NobodyToTell(Exception):
    """There is no such account; nothing is kept."""


async def log_in(
    db: Database,
    valkey: Redis,
    lockout: Lockout,
    *,
    email: str,
    password: str,
    device: bytes | None = None,
    came_from: str = "",
    now: datetime | None = None,
) -> SignedIn | SecondFactorNeeded:
    """The person with this email address and password, or that a second factor of theirs is to be asked for.

    `device` is the hash of the browser's token: one that the person trusts at `now` is not asked, and one they have
    signed in with before is not locked out by what others guess. `came_from` is the network address.

    Raises `WrongCredentials` (the same, after the same time, when there is no such account), `LockedOut` after too many
    failures and `AccountNotActive`. Opens its own short reads: neither bcrypt nor Valkey may keep a connection waiting.
    """
    address = email.strip().lower()
    async with db.read() as tx:
        known = await people.find_credentials(tx, address)
        user_id = known.user_id if known else None
        # Asked for those without an account too: an answer takes the same time.
        usual = device is not None and await factors.is_device_of(tx, user_id or _NOBODY, device)
    attempt = throttle.Attempt(address, user_id, came_from, device.hex() if device and usual else "")
    await throttle.refuse_if_locked(valkey, lockout, attempt)
    if not await passwords.is_password(password, known.password_hash if known else None) or known is None:
        if await throttle.count_failure(valkey, lockout, attempt):
            await _tell_owner(db, user_id, now or datetime.now(UTC))
        raise WrongCredentials("This email address and password do not belong together.")
    # Of many guesses at once, those answered after the fifth failure learn nothing, the right one included.
    await throttle.refuse_if_locked(valkey, lockout, attempt)
    if known.status != AccountStatus.ACTIVE:
        raise AccountNotActive("This account is closed or suspended. Please write to us.")
    await throttle.forget_failures(valkey, attempt)
    async with db.read() as tx:
        (user,) = await people.find_users(tx, [known.user_id])
        has = await factors.factors_of(tx, known.user_id, device=device, now=now)
    if has.any and not has.trusted:
        return SecondFactorNeeded(known.user_id, tuple(map(str, has.ways)))
    return SignedIn(user)


async def _tell_owner(db: Database, user_id: UUID | None, now: datetime) -> None:
    """Publish `user.locked_out`. For nobody the same is done and taken back, so that it takes as long."""
    with suppress(_NobodyToTell):
        async with db.write() as tx:
            whose = user_id or _NOBODY
            await publish(tx, events.LOCKED_OUT, whose, {"user_id": str(whose)}, now=now)
            await tx.flush()
            if user_id is None:
                raise _NobodyToTell
