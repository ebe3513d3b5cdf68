"""What a process knows by heart to judge tokens: read when it starts, kept true by events (within 50 ms)."""

from collections.abc import Sequence
from datetime import timedelta

from hospes.modules.identity import events, tokens
from hospes.modules.identity.store import refusals
from hospes.modules.identity.use_cases.keep_token_keys import keep_token_keys, read_token_keys
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings

_FOLLOWED = (events.TOKEN_KEYS_CHANGED, events.SUSPENDED, events.REACTIVATED, events.ROLE_REVOKED)


def new_token_keys(settings: Settings) -> tokens.TokenKeys:
    """Empty as yet: `open_token_keys` fills it."""
    return tokens.TokenKeys(settings.public_url.rstrip("/") or "hospes", settings.auth)


def keys_of(rt: Runtime) -> tokens.TokenKeys:
    """Those of this process."""
    found: tokens.TokenKeys = rt.ports.token_keys
    return found


async def open_token_keys(rt: Runtime) -> None:
    """Read the keys, making the first one if need be, and whose tokens are refused; follow both from now on."""
    now, keys = rt.clock.now(), keys_of(rt)
    async with rt.db.write() as tx:
        keys.take(await keep_token_keys(tx, auth=rt.settings.auth, now=now))
        for each in await refusals.list_refusals(tx, now - _memory(rt)):
            keys.refusals.refuse(each.user_id, each.refused_at, sessions=each.sessions)

    async def follow(seen: Sequence[Event]) -> None:
        await _take(rt, seen)

    rt.ports.tail.listen(follow, types=_FOLLOWED)


async def _take(rt: Runtime, seen: Sequence[Event]) -> None:
    keys = keys_of(rt)
    for event in seen:
        if event.type in (events.SUSPENDED, events.ROLE_REVOKED):
            keys.refusals.refuse(event.aggregate_id, event.occurred_at, sessions=event.type == events.SUSPENDED)
        elif event.type == events.REACTIVATED:
            keys.refusals.allow(event.aggregate_id)
    keys.refusals.forget(rt.clock.now() - _memory(rt))
    if any(event.type == events.TOKEN_KEYS_CHANGED for event in seen):
        async with rt.db.read() as tx:
            keys.take(await read_token_keys(tx))


def _memory(rt: Runtime) -> timedelta:
    return timedelta(seconds=rt.settings.auth.access_ttl + tokens.CLOCKS_DIFFER)
