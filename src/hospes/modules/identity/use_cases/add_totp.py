"""Set up an authenticator app: a secret to take over, kept only once a code shows that it was."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from redis.asyncio import Redis

from hospes.modules.identity import totp
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import SecondFactorExists, SecondStepExpired
from hospes.modules.identity.policies.second_steps import Way, as_digits
from hospes.modules.identity.store import second_factors
from hospes.modules.identity.use_cases.note_factor import note_added
from hospes.platform.db import WriteTx
from hospes.platform.errors import Invalid
from hospes.platform.ids import new_id
from hospes.platform.sealing import Keyring

ENROL_LASTS = 900
WRONG = "This code is not right. Look for the one that the app shows now, and check that your phone's clock is right."


async def begin_totp(valkey: Redis, keyring: Keyring, *, user_id: UUID) -> str:
    """The secret to take over, the same for a quarter of an hour; kept sealed. May raise `RedisError`."""
    key = _key(user_id)
    sealed = totp.seal_secret(keyring, totp.new_secret(), user_id).hex()
    await valkey.set(key, sealed, ex=ENROL_LASTS, nx=True)
    kept = await valkey.get(key)
    return totp.open_secret(keyring, bytes.fromhex(_text(kept or sealed)), user_id)


async def begun_totp(valkey: Redis, keyring: Keyring, *, user_id: UUID) -> str:
    """The secret that was begun with; raises `SecondStepExpired` after a quarter of an hour."""
    kept = await valkey.get(_key(user_id))
    if kept is None:
        raise SecondStepExpired("This took longer than 15 minutes. Please start again with a new picture.")
    return totp.open_secret(keyring, bytes.fromhex(_text(kept)), user_id)


async def add_totp(
    tx: WriteTx, *, user: User, secret: str, code: str, now: datetime, by: Mapping[str, str] | None = None
) -> None:
    """The app is a second step from now on, and this code is used up.

    Raises `Invalid` (field `code`) unless the code is right, `SecondFactorExists` when there is an app already.
    """
    step = totp.fitting_step(secret, as_digits(code), after=0, now=now)
    if step is None:
        raise Invalid(WRONG, fields={"code": WRONG})
    sealed = totp.seal_secret(tx.keyring, secret, user.id)
    await second_factors.lock_person(tx, user.id)
    if not await second_factors.insert_factor(
        tx, id=new_id(), user_id=user.id, kind=Way.TOTP, secret=sealed, step=step, now=now
    ):
        raise SecondFactorExists("You have an authenticator app set up. Remove it first to use another.")
    await note_added(tx, user.id, Way.TOTP, now=now, by=by)


async def forget_begun(valkey: Redis, user_id: UUID) -> None:
    """The secret is the person's factor now, or was given up."""
    await valkey.delete(_key(user_id))


def _key(user_id: UUID) -> str:
    return f"enrol:totp:{user_id}"


def _text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw
