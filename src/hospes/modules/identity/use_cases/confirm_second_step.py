"""Make sure with a second step that who is signed in is who they were: asked instead of the password."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from hospes.modules.identity import ceremonies
from hospes.modules.identity.contracts import CodeSent
from hospes.modules.identity.errors import PasskeyRefused, SecondStepNeeded
from hospes.modules.identity.passkeys import Site, options_to_ask
from hospes.modules.identity.policies.second_steps import Factors, Way
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.use_cases.add_sms_factor import send_second_code
from hospes.modules.identity.use_cases.check_second_step import check_second_step
from hospes.modules.identity.use_cases.take_second_step import CHALLENGE_OVER
from hospes.modules.identity.use_cases.use_passkey import use_passkey
from hospes.platform.caller import Caller
from hospes.platform.db import Database

PURPOSE = "confirm"


def bound_to(caller: Caller) -> str:
    """What a challenge for a signed-in person is bound to: their session or their client's sign-in."""
    return f"{caller.via}:{caller.session}:{caller.user_id}"


async def factors_to_confirm(db: Database, caller: Caller) -> Factors:
    """What the caller can confirm with; without any their password is asked for."""
    async with db.read() as tx:
        return await factors.factors_of(tx, caller.user_id)


async def refuse_password_alone(db: Database, caller: Caller) -> None:
    """Raises `SecondStepNeeded` for who has a second step: a password that was stolen confirms nothing."""
    has = await factors_to_confirm(db, caller)
    if has.any:
        raise SecondStepNeeded(
            "You have a second step: confirm with it, not with your password.", methods=[str(way) for way in has.ways]
        )


async def confirm_with_code(db: Database, valkey: Redis, *, caller: Caller, way: Way, code: str, now: datetime) -> None:
    """Returns if this is a code of theirs; raises as `check_second_step`."""
    await check_second_step(db, valkey, user_id=caller.user_id, way=way, code=code, now=now)


async def send_confirm_code(db: Database, *, caller: Caller, now: datetime) -> CodeSent:
    """A code goes to the verified number; raises `Conflict` and `CodeSentRecently`."""
    async with db.write() as tx:
        (user,) = await people.find_users(tx, [caller.user_id])
        return await send_second_code(tx, user=user, now=now)


async def ask_confirm_passkey(db: Database, valkey: Redis, site: Site, *, caller: Caller) -> tuple[str, dict[str, Any]]:
    """The id of a challenge for this session only, and what the browser is given."""
    async with db.read() as tx:
        known = await factors.list_passkeys(tx, caller.user_id)
    ceremony = await ceremonies.open_ceremony(valkey, PURPOSE, bound_to=bound_to(caller), user_id=caller.user_id)
    return ceremony.id, options_to_ask(site, known, ceremony.challenge, verified=True)


async def confirm_with_passkey(
    db: Database,
    valkey: Redis,
    site: Site,
    *,
    caller: Caller,
    ceremony_id: str,
    credential: Mapping[str, Any],
    now: datetime,
) -> None:
    """Returns if a passkey of theirs has answered, with the person verified; raises `PasskeyRefused`."""
    ceremony = await ceremonies.take_ceremony(valkey, ceremony_id, PURPOSE, bound_to=bound_to(caller))
    if ceremony is None or ceremony.user_id != caller.user_id:
        raise PasskeyRefused(CHALLENGE_OVER)
    async with db.write() as tx:
        await use_passkey(
            tx,
            site=site,
            credential=credential,
            challenge=ceremony.challenge,
            user_id=caller.user_id,
            verified=True,
            now=now,
        )
