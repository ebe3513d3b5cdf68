"""Show a person where they are signed in: browsers and API clients in one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from redis.asyncio import Redis

from hospes.modules.identity import sessions
from hospes.modules.identity.policies.devices import device_name, network_of
from hospes.modules.identity.queries import sign_ins
from hospes.platform.db import Database
from hospes.platform.locating import Locator, Spot
from hospes.platform.settings import Auth


@dataclass(frozen=True, slots=True)
class SignIn:
    """One browser or client. `id` is public; `place` is a network, never a whole address; `near` is about where that
    is, empty where nobody knows."""

    id: str
    kind: Literal["browser", "client"]
    device: str
    place: str
    began_at: datetime
    last_used_at: datetime
    current: bool
    by_staff: bool
    near: str = ""


async def list_sign_ins(
    db: Database, valkey: Redis, auth: Auth, *, user_id: UUID, current: str, now: datetime, locator: Locator
) -> Sequence[SignIn]:
    """The present one first, then the latest used; may raise `RedisError`."""
    async with db.read() as tx:
        families = await sign_ins.list_families(tx, user_id, now=now)
    open_ones = await sessions.list_sessions(valkey, user_id, now=now, longest=auth.session_longest)
    found = [
        SignIn(
            each.public_id,
            "browser",
            device_name(each.user_agent),
            network_of(each.ip_address),
            each.created_at,
            each.last_activity,
            each.public_id == current,
            each.admin_id is not None,
            _near(locator.find(each.ip_address)),
        )
        for each in open_ones
    ]
    found += [
        SignIn(
            str(each.id),
            "client",
            device_name(each.user_agent),
            each.place,
            each.created_at,
            each.last_used_at,
            str(each.id) == current,
            False,
        )
        for each in families
    ]
    return sorted(found, key=lambda each: (each.current, each.last_used_at), reverse=True)


def _near(spot: Spot | None) -> str:
    """`Lisbon, PT`."""
    return ", ".join(filter(None, (spot.city, spot.country))) if spot else ""
