"""See that there is a key to sign with, that the next one is known before its turn, and that old ones go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import orjson
import structlog
from joserfc.jwk import ECKey

from hospes.modules.identity import events, tokens
from hospes.modules.identity.store import token_keys as store
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.sealing import SealBroken
from hospes.platform.settings import Auth

log = structlog.get_logger(__name__)
# Longer than anybody may keep the JWK Set, and than a process may take to hear of it.
AHEAD = timedelta(hours=2)
CACHE_SECONDS = 3600


class _Change(NamedTuple):
    opened: list[tokens.TokenKey]
    made: list[store.KeptKey]
    gone: list[store.KeptKey]


async def keep_token_keys(tx: WriteTx, *, auth: Auth, now: datetime) -> list[tokens.TokenKey]:
    """The keys as they are now. A first key signs at once; the next is made `AHEAD` of its turn, every `auth.key_lasts`
    seconds, and one whose last token has run out is deleted. Told by the event `TOKEN_KEYS_CHANGED`."""
    await store.lock_keys(tx)
    kept = list(await store.list_keys(tx))
    change = _change(tx, kept, auth, now)
    for key in change.made:
        await store.insert_key(tx, key, now)
    if change.gone:
        await store.delete_keys(tx, [key.id for key in change.gone])
    if change.made or change.gone:
        told = (change.made or change.gone)[0]
        await publish(tx, events.TOKEN_KEYS_CHANGED, told.id, {"made": len(change.made)}, now=now)
    return change.opened


async def read_token_keys(tx: ReadTx) -> list[tokens.TokenKey]:
    """The keys as they are."""
    return [_opened(tx, key) for key in await store.list_keys(tx)]


def _change(tx: WriteTx, kept: list[store.KeptKey], auth: Auth, now: datetime) -> _Change:
    gone = [key for key, following in pairwise(kept) if tokens.retires_at(following.signs_from, auth.access_ttl) <= now]
    left = [key for key in kept if key not in gone]
    opened = [_opened(tx, key) for key in left]
    starts = _next_start(opened, auth, now)
    if starts is None:
        return _Change(opened, [], gone)
    fresh = tokens.new_key()
    row = _sealed(tx, fresh, starts)
    return _Change([*opened, tokens.TokenKey(fresh, starts)], [row], gone)


def _next_start(keys: Sequence[tokens.TokenKey], auth: Auth, now: datetime) -> datetime | None:
    """When a key that is to be made now takes its turn; None while none is needed."""
    if not any(key.signs for key in keys):
        return now
    due = keys[-1].signs_from + timedelta(seconds=auth.key_lasts)
    return max(due, now + AHEAD) if due - AHEAD <= now else None


def _sealed(tx: ReadTx, key: ECKey, starts: datetime) -> store.KeptKey:
    kid = key.thumbprint()
    private = tx.keyring.seal(orjson.dumps(key.as_dict(private=True)), store.place_of(kid))
    return store.KeptKey(new_id(), kid, dict(key.as_dict(private=False)), private, starts)


def _opened(tx: ReadTx, row: store.KeptKey) -> tokens.TokenKey:
    try:
        known = orjson.loads(tx.keyring.unseal(row.sealed_private, store.place_of(row.kid)))
    except SealBroken as fault:
        log.error("token_key_stays_sealed", kid=row.kid, reason=str(fault))
        known = row.public_jwk
    return tokens.TokenKey(ECKey.import_key({**known, "kid": row.kid}), row.signs_from)
