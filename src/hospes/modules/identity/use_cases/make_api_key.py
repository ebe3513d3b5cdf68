"""Make a key for a partner's program, or one in the place of another."""

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.errors import ApiKeyNotFound, ApiKeyNotLive, TooManyApiKeys
from hospes.modules.identity.partner_keys import hash_of
from hospes.modules.identity.policies.api_keys import MOST_KEYS, MOST_PER_MINUTE, OVERLAP, PER_MINUTE, write_key
from hospes.modules.identity.policies.person import one_line
from hospes.modules.identity.policies.scopes import NAMES
from hospes.modules.identity.queries import api_keys
from hospes.modules.identity.queries.api_keys import ApiKey
from hospes.modules.identity.store import api_keys as store
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Invalid
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def make_api_key(
    tx: WriteTx,
    *,
    user_id: UUID,
    name: str,
    scopes: Sequence[str],
    lasts_days: int | None,
    now: datetime,
    per_minute: int = PER_MINUTE,
    business_id: UUID | None = None,
    businesses: Collection[UUID] = (),
) -> tuple[ApiKey, str]:
    """The key as it is listed, and as it is written: that is shown now and known to nobody later.

    `lasts_days` None: until it is revoked. `business_id`: for this one only, of `businesses`, those the person may
    choose. Raises `Invalid` (name, scopes, lasts_days, per_minute, business_id), `TooManyApiKeys`.
    """
    name = _checked(name, scopes, lasts_days, per_minute)
    if business_id is not None and business_id not in businesses:
        said = "Choose a business that you own or manage."
        raise Invalid("Some of this needs another look.", fields={"business_id": said})
    await store.lock_person(tx, user_id)
    if sum(each.is_live(now) for each in await api_keys.list_keys(tx, user_id)) >= MOST_KEYS:
        raise TooManyApiKeys(f"You have {MOST_KEYS} keys that are good. Revoke one that nobody uses.")
    ends_at = None if lasts_days is None else now + timedelta(days=lasts_days)
    made = await _insert(tx, user_id, name, sorted(set(scopes)), per_minute, ends_at, None, business_id, now)
    await _note(tx, made[0], "api_key.created", events.API_KEY_CREATED, {}, now)
    return made


async def rotate_api_key(tx: WriteTx, *, user_id: UUID, key_id: UUID, now: datetime) -> tuple[ApiKey, str]:
    """A key that may do the same and lasts as long; the old one is good for 24 hours more.

    Raises `ApiKeyNotFound`, and `ApiKeyNotLive` for one that is over or was replaced before.
    """
    await store.lock_person(tx, user_id)
    old = await api_keys.find_key(tx, user_id, key_id)
    if old is None:
        raise ApiKeyNotFound()
    others = await api_keys.list_keys(tx, user_id)
    if not old.is_live(now) or any(each.rotated_from == old.id for each in others):
        raise ApiKeyNotLive("This key is revoked, has run out or was replaced before. Make a new one.")
    ends_at = now + (old.expires_at - old.created_at) if old.expires_at else None
    made = await _insert(tx, user_id, old.name, old.scopes, old.per_minute, ends_at, old.id, old.business_id, now)
    await store.let_run_out(tx, old.id, now + OVERLAP)
    ends = {"old_ends_at": min(now + OVERLAP, old.expires_at or now + OVERLAP).isoformat()}
    await _note(tx, made[0], "api_key.rotated", events.API_KEY_ROTATED, ends, now)
    return made


async def revoke_api_key(tx: WriteTx, *, user_id: UUID, key_id: UUID, now: datetime) -> None:
    """It opens nothing any more; raises `ApiKeyNotFound`. Once more changes nothing."""
    key = await api_keys.find_key(tx, user_id, key_id)
    if key is None:
        raise ApiKeyNotFound()
    if await store.revoke_key(tx, user_id, key_id, now):
        await _note(tx, key, "api_key.revoked", events.API_KEY_REVOKED, {}, now)


def _checked(name: str, scopes: Sequence[str], lasts_days: int | None, per_minute: int) -> str:
    faults: dict[str, str] = {}
    try:
        name = one_line(name)
    except ValueError as fault:
        faults["name"] = str(fault)
    if not 1 <= len(name) <= 60:
        faults["name"] = "Say what the key is for, in at most 60 characters."
    if unknown := sorted(set(scopes) - NAMES):
        faults["scopes"] = f"There is no scope {', '.join(unknown)[:200]}."
    elif not scopes:
        faults["scopes"] = "Choose at least one thing the key may do."
    if lasts_days is not None and not 1 <= lasts_days <= 730:
        faults["lasts_days"] = "Between 1 and 730 days."
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        faults["per_minute"] = f"Between 1 and {MOST_PER_MINUTE} requests a minute."
    if faults:
        raise Invalid("Some of this needs another look.", fields=faults)
    return name


async def _insert(
    tx: WriteTx,
    user_id: UUID,
    name: str,
    scopes: Sequence[str],
    per_minute: int,
    expires_at: datetime | None,
    rotated_from: UUID | None,
    business_id: UUID | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    key_id, prefix, secret = new_id(), _letters(5), _letters(32)
    await store.insert_key(
        tx,
        id=key_id,
        user_id=user_id,
        name=name,
        prefix=prefix,
        secret_hash=hash_of(secret),
        scopes=scopes,
        per_minute=per_minute,
        expires_at=expires_at,
        rotated_from=rotated_from,
        business_id=business_id,
        now=now,
    )
    key = ApiKey(
        key_id, user_id, name, prefix, tuple(scopes), per_minute, now, expires_at, None, None, rotated_from, business_id
    )
    return key, write_key(prefix, secret)


def _letters(octets: int) -> str:
    return base64.b32encode(secrets.token_bytes(octets)).decode().rstrip("=").lower()


async def _note(tx: WriteTx, key: ApiKey, action: str, event: str, more: dict[str, str], now: datetime) -> None:
    data = {"key_id": str(key.id), "prefix": key.prefix, "scopes": list(key.scopes)}
    await audit.note(tx, actor=key.user_id, action=action, subject=key.user_id, data=data, now=now)
    said = {"user_id": str(key.user_id), "key_id": str(key.id), "name": key.name, **more}
    await publish(tx, event, key.user_id, said, now=now)
