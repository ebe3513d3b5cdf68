"""Whoever took an account over, and set up ways to come back, comes back by none of them."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.store import second_factors, since
from hospes.modules.identity.use_cases.note_factor import note_removed
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def drop_ways_since(tx: WriteTx, *, user_id: UUID, at: datetime, now: datetime) -> int:
    """How many second steps, passkeys, recovery codes, linked accounts and keys of programs, added since `at`, are
    gone. What was there before stays, and is asked for as ever."""
    await second_factors.lock_person(tx, user_id)
    gone = await since.delete_factors_since(tx, user_id, at)
    left = (await factors.factors_of(tx, user_id)).count
    for kind in gone:
        await note_removed(tx, user_id, Way(kind), left=left, now=now)
    codes = await since.delete_codes_since(tx, user_id, at)
    if not left:
        codes += await second_factors.delete_recovery_codes(tx, user_id)
    links = await since.delete_links_since(tx, user_id, at)
    keys = await since.revoke_keys_since(tx, user_id, at, now)
    for key_id in keys:
        data = {"user_id": str(user_id), "key_id": str(key_id), "name": ""}
        await publish(tx, events.API_KEY_REVOKED, user_id, data, now=now)
    if gone or codes or links or keys:
        said = {"factors": gone, "recovery_codes": codes, "linked_accounts": links, "api_keys": len(keys)}
        await audit.note(tx, actor=user_id, action="account.ways_in_dropped", subject=user_id, now=now, data=said)
    return len(gone) + codes + links + len(keys)
