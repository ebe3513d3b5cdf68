"""Let the person's device make a passkey."""

from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis

from hospes.modules.identity import ceremonies
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import PasskeyRefused
from hospes.modules.identity.passkeys import NewPasskey, Site, check_made, options_to_make
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.use_cases.take_second_step import CHALLENGE_OVER
from hospes.platform.db import Database

PURPOSE = "make"


async def begin_passkey(
    db: Database, valkey: Redis, site: Site, *, user: User, bound_to: str
) -> tuple[str, dict[str, Any]]:
    """The id of a challenge for this session only, and what the browser is given."""
    async with db.read() as tx:
        known = await factors.list_passkeys(tx, user.id)
    ceremony = await ceremonies.open_ceremony(valkey, PURPOSE, bound_to=bound_to, user_id=user.id)
    return ceremony.id, options_to_make(site, user, known, ceremony.challenge)


async def made_passkey(
    valkey: Redis, site: Site, *, user: User, ceremony_id: str, bound_to: str, credential: Mapping[str, Any]
) -> NewPasskey:
    """The passkey that was made, its answer checked; raises `PasskeyRefused`."""
    ceremony = await ceremonies.take_ceremony(valkey, ceremony_id, PURPOSE, bound_to=bound_to)
    if ceremony is None or ceremony.user_id != user.id:
        raise PasskeyRefused(CHALLENGE_OVER)
    return check_made(site, credential, ceremony.challenge)
