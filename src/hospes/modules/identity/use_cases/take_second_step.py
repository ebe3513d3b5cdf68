"""From the right password to signed in, for people with a second step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from redis.asyncio import Redis

from hospes.modules.identity import ceremonies, pending
from hospes.modules.identity.contracts import AccountStatus, CodeSent, User
from hospes.modules.identity.errors import AccountNotActive, PasskeyRefused, SecondStepExpired
from hospes.modules.identity.passkeys import Site, options_to_ask
from hospes.modules.identity.pending import Pending
from hospes.modules.identity.policies.second_steps import Factors, Way
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.use_cases.add_sms_factor import send_second_code
from hospes.modules.identity.use_cases.check_second_step import check_second_step
from hospes.modules.identity.use_cases.use_passkey import use_passkey
from hospes.platform.db import Database, ReadTx

PURPOSE = "second-step"
CHALLENGE_OVER = "This took longer than five minutes or was answered already. Please try again."
EXPIRED = "Signing in took too long or was finished elsewhere. Please start again with your password."


async def begin_second_step(db: Database, valkey: Redis, *, user_id: UUID, by: str, next_page: str = "/") -> str:
    """The token of a sign-in that waits for its second step; call it after the right password."""
    async with db.read() as tx:
        mark = await factors.password_mark(tx, user_id)
    return await pending.open_pending(valkey, user_id, by=by, mark=mark, next_page=next_page)


async def waiting_step(db: Database, valkey: Redis, *, token: str, by: str) -> tuple[Pending, User, Factors]:
    """Who waits, and what they can prove themselves with; raises `SecondStepExpired`."""
    waiting = await _find(valkey, token, by)
    async with db.read() as tx:
        user = await _person(tx, waiting)
        return waiting, user, await factors.factors_of(tx, user.id)


async def take_second_step(
    db: Database, valkey: Redis, *, token: str, by: str, way: Way, code: str, now: datetime
) -> tuple[User, Pending]:
    """The person, proven twice; of two who finish one sign-in, one is let in.

    Raises `SecondStepExpired`, `SecondFactorWrong`, `SecondFactorLocked`, `AccountNotActive`, `SigningInUnavailable`.
    """
    waiting = await _count_try(valkey, token, by)
    await check_second_step(db, valkey, user_id=waiting.user_id, way=way, code=code, now=now)
    return await _finish(db, valkey, token, by)


async def ask_passkey(db: Database, valkey: Redis, site: Site, *, token: str, by: str) -> tuple[str, dict[str, Any]]:
    """The id of a challenge for this sign-in only, and what the browser is given; raises `SecondStepExpired`."""
    waiting = await _find(valkey, token, by)
    async with db.read() as tx:
        known = await factors.list_passkeys(tx, waiting.user_id)
    if not known:
        raise PasskeyRefused("There is no passkey in this account.")
    ceremony = await ceremonies.open_ceremony(valkey, PURPOSE, bound_to=token, user_id=waiting.user_id)
    return ceremony.id, options_to_ask(site, known, ceremony.challenge, verified=False)


async def take_step_with_passkey(
    db: Database,
    valkey: Redis,
    site: Site,
    *,
    token: str,
    by: str,
    ceremony_id: str,
    credential: Mapping[str, Any],
    now: datetime,
) -> tuple[User, Pending]:
    """As `take_second_step`, with a passkey of the same person; raises `PasskeyRefused` too."""
    waiting = await _count_try(valkey, token, by)
    ceremony = await ceremonies.take_ceremony(valkey, ceremony_id, PURPOSE, bound_to=token)
    if ceremony is None or ceremony.user_id != waiting.user_id:
        raise PasskeyRefused(CHALLENGE_OVER)
    async with db.write() as tx:
        await use_passkey(
            tx,
            site=site,
            credential=credential,
            challenge=ceremony.challenge,
            user_id=waiting.user_id,
            verified=False,
            now=now,
        )
    return await _finish(db, valkey, token, by)


async def send_step_code(db: Database, valkey: Redis, *, token: str, by: str, now: datetime) -> CodeSent:
    """A code goes to the person's verified number; raises `SecondStepExpired`, `TooManyCodes` and `Conflict`."""
    _, user, has = await waiting_step(db, valkey, token=token, by=by)
    if not has.sms:
        raise SecondStepExpired("Text messages are not set up for this account. Use another way.")
    async with db.write() as tx:
        return await send_second_code(tx, user=user, now=now)


async def _find(valkey: Redis, token: str, by: str) -> Pending:
    waiting = await pending.find_pending(valkey, token, by=by)
    if waiting is None:
        raise SecondStepExpired(EXPIRED)
    return waiting


async def _count_try(valkey: Redis, token: str, by: str) -> Pending:
    waiting = await _find(valkey, token, by)
    if await pending.count_try(valkey, token) < 0:
        raise SecondStepExpired("Too many tries. Please start again with your password.")
    return waiting


async def _finish(db: Database, valkey: Redis, token: str, by: str) -> tuple[User, Pending]:
    waiting = await pending.close_pending(valkey, token, by=by)
    if waiting is None:
        raise SecondStepExpired(EXPIRED)
    async with db.read() as tx:
        return await _person(tx, waiting), waiting


async def _person(tx: ReadTx, waiting: Pending) -> User:
    found = await people.find_users(tx, [waiting.user_id])
    if not found or await factors.password_mark(tx, waiting.user_id) != waiting.mark:
        raise SecondStepExpired(EXPIRED)
    if found[0].status != AccountStatus.ACTIVE:
        raise AccountNotActive("This account is closed or suspended. Please write to us.")
    return found[0]
