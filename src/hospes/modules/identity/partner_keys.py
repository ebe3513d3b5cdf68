"""Partners' keys as one process knows them: a key's first use is one read, the next ones are a look-up in memory.

What was read is believed for 30 seconds, and dropped at once when an event says that the key or its person has
changed. When keys were used is kept here and written once a minute, behind the requests.
"""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from hospes.modules.identity import events
from hospes.modules.identity.contracts import AccountStatus, Role
from hospes.modules.identity.policies.api_keys import read_key
from hospes.modules.identity.queries import accounts, api_keys
from hospes.modules.identity.store import api_keys as store
from hospes.platform.caller import Caller, KeyUse
from hospes.platform.errors import Unavailable
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime

BELIEVED = timedelta(seconds=30)
WRITTEN_EVERY = 60.0
MOST = 10_000
MISSES_A_MINUTE = 30
_FOLLOWED = (
    events.API_KEY_REVOKED,
    events.API_KEY_ROTATED,
    events.SUSPENDED,
    events.REACTIVATED,
    events.ROLE_GRANTED,
    events.ROLE_REVOKED,
    events.PROFILE_CHANGED,
    events.EMAIL_CHANGED,
    events.FORGOTTEN,
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    key: api_keys.ApiKey
    secret_hash: bytes
    caller: Caller
    read_at: datetime


class PartnerKeys:
    """The memory of one process; `used`: when keys were used since that was last written."""

    def __init__(self) -> None:
        self.used: dict[UUID, datetime] = {}
        self.task: asyncio.Task[None] | None = None
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._misses: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._changes = 0

    def forget_person(self, user_id: UUID) -> None:
        """Read their keys anew; what is being read this moment is not kept either."""
        self._changes += 1
        for prefix in [prefix for prefix, known in self._known.items() if known.key.user_id == user_id]:
            del self._known[prefix]

    def _find(self, prefix: str, now: datetime) -> _Known | None:
        known = self._known.get(prefix)
        if known is None or not known.read_at <= now < known.read_at + BELIEVED:
            return None
        self._known.move_to_end(prefix)
        return known

    def _keep(self, prefix: str, known: _Known, changes: int) -> None:
        if changes == self._changes:
            self._known[prefix] = known
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def _may_look(self, address: str, now: datetime) -> bool:
        minute, count = self._misses.get(address, (0, 0))
        return minute != int(now.timestamp()) // 60 or count < MISSES_A_MINUTE

    def _note_miss(self, address: str, now: datetime) -> None:
        this = int(now.timestamp()) // 60
        minute, count = self._misses.pop(address, (this, 0))
        self._misses[address] = (this, count + 1 if minute == this else 1)
        if len(self._misses) > MOST:
            self._misses.popitem(last=False)

    async def caller_of(self, rt: Runtime, text: str, *, address: str) -> Caller | None:
        """Whom a key speaks for; None when it is none of ours, or no longer good. Raises `Unavailable`."""
        parts, now = read_key(text), rt.clock.now()
        if parts is None:
            return None
        prefix, secret = parts
        known = self._find(prefix, now)
        if known is None:
            if not self._may_look(address, now):
                return None
            changes = self._changes
            known = await _read(rt, prefix, now)
            if known is None:
                self._note_miss(address, now)
                return None
            self._keep(prefix, known, changes)
        if not hmac.compare_digest(known.secret_hash, hash_of(secret)) or not known.key.is_live(now):
            return None
        self.used[known.key.id] = now
        return known.caller


def hash_of(secret: str) -> bytes:
    """What is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def keys_of(rt: Runtime) -> PartnerKeys:
    """Those of this process."""
    found: PartnerKeys = rt.ports.api_keys
    return found


def open_partner_keys(rt: Runtime) -> None:
    """Follow what happens to keys and their people, and write now and then when they were used."""
    keys = keys_of(rt)

    async def follow(seen: Sequence[Event]) -> None:
        for user_id in {event.aggregate_id for event in seen}:
            keys.forget_person(user_id)

    rt.ports.tail.listen(follow, types=_FOLLOWED)
    keys.task = asyncio.create_task(_note_for_ever(rt), name="partner-keys")


async def close_partner_keys(rt: Runtime) -> None:
    """Write what is not written yet, and end."""
    task, keys_of(rt).task = keys_of(rt).task, None
    if task is not None:
        task.cancel()
        await asyncio.wait({task})
        with suppress(psycopg.Error, PoolTimeout):
            await note_uses(rt)


async def note_uses(rt: Runtime) -> None:
    """Write when keys were used since this was last called; what cannot be written waits."""
    keys = keys_of(rt)
    used, keys.used = keys.used, {}
    if not used:
        return
    try:
        async with rt.db.write() as tx:
            await store.note_uses(tx, used)
    except (psycopg.Error, PoolTimeout):
        keys.used = {**used, **keys.used}
        raise


async def _note_for_ever(rt: Runtime) -> None:
    while True:
        await asyncio.sleep(WRITTEN_EVERY)
        try:
            await note_uses(rt)
        except (psycopg.Error, PoolTimeout) as fault:
            log.warning("key_uses_wait", reason=str(fault))


async def _read(rt: Runtime, prefix: str, now: datetime) -> _Known | None:
    try:
        async with rt.db.read() as tx:
            found = await api_keys.find_by_prefix(tx, prefix)
            people = await accounts.find_users(tx, [found[0].user_id]) if found else []
    except (psycopg.OperationalError, PoolTimeout) as fault:
        log.warning("keys_out_of_reach", reason=str(fault))
        raise Unavailable("We are busy for a moment. Please try again.") from fault
    if found is None or not people or people[0].status is not AccountStatus.ACTIVE:
        return None
    (key, secret_hash), user = found, people[0]
    caller = Caller(
        user.id,
        user.email,
        user.name,
        user.roles - {Role.ADMIN},
        "key",
        key=KeyUse(key.id, frozenset(key.scopes), key.per_minute, key.business_id),
    )
    return _Known(key, secret_hash, caller, now)
