"""Sign in with nothing but a passkey: the device has made sure of the person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from redis.asyncio import Redis

from hospes.modules.identity import ceremonies
from hospes.modules.identity.contracts import AccountStatus, User
from hospes.modules.identity.errors import AccountNotActive, PasskeyRefused
from hospes.modules.identity.passkeys import Site, options_to_ask, person_of
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.use_cases.take_second_step import CHALLENGE_OVER
from hospes.modules.identity.use_cases.use_passkey import use_passkey
from hospes.platform.db import Database

PURPOSE = "log-in"


async def ask_any_passkey(valkey: Redis, site: Site, *, bound_to: str) -> tuple[str, dict[str, Any]]:
    """The id of a challenge, and what the browser is given; tells nothing about who has an account."""
    ceremony = await ceremonies.open_ceremony(valkey, PURPOSE, bound_to=bound_to)
    return ceremony.id, options_to_ask(site, (), ceremony.challenge, verified=True)


async def log_in_with_passkey(
    db: Database,
    valkey: Redis,
    site: Site,
    *,
    ceremony_id: str,
    bound_to: str,
    credential: Mapping[str, Any],
    now: datetime,
) -> User:
    """Whose passkey has answered; raises `PasskeyRefused` and `AccountNotActive`."""
    ceremony = await ceremonies.take_ceremony(valkey, ceremony_id, PURPOSE, bound_to=bound_to)
    if ceremony is None:
        raise PasskeyRefused(CHALLENGE_OVER)
    async with db.write() as tx:
        user_id = await use_passkey(
            tx,
            site=site,
            credential=credential,
            challenge=ceremony.challenge,
            user_id=person_of(credential),
            verified=True,
            now=now,
        )
        (user,) = await people.find_users(tx, [user_id])
        if user.status != AccountStatus.ACTIVE:
            raise AccountNotActive("This account is closed or suspended. Please write to us.")
    return user
