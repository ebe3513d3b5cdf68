"""What identity knows of a person: the account itself, how they sign in, what they agreed to."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.identity import facade
from hospes.modules.identity.contracts import Side
from hospes.modules.identity.queries.preferences import find_preferences
from hospes.modules.identity.sealed import open_key
from hospes.modules.identity.showing_identity import place_of
from hospes.modules.identity.store import identity_checks
from hospes.modules.identity.store import privacy as store
from hospes.platform.audit import list_entries
from hospes.platform.db import ReadTx, Row, WriteTx
from hospes.platform.privacy import Attached, Copy, Obstacle, Sheet, sheet
from hospes.platform.runtime import Runtime

_CHECKS: LiteralString = (
    "SELECT kind, country, expires_on, status, reason, asked_at, decided_at, files_until FROM identity.identity_check"
    " WHERE user_id = %(user)s ORDER BY id"
)


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """The profile with its photo, agreements, browsers, clients, passkeys, what happened to the account."""
    user = await facade.get_user(tx, user_id)
    chosen = await find_preferences(tx, user_id)
    trail = await list_entries(tx, subject=user_id, limit=1000)
    sheets = [
        Sheet("profile", "Your profile", [asdict(user)]),
        Sheet("preferences", "Your preferences", [{"notifications": chosen.notifications, "travel": chosen.travel}]),
        await sheet(tx, "api-keys", "Keys of programs", store.KEYS, user_id),
        await sheet(tx, "agreements", "What you agreed to", store.CONSENTS, user_id),
        await sheet(tx, "browsers", "Browsers you signed in with", store.DEVICES, user_id),
        await sheet(tx, "clients", "Programs you signed in with", store.CLIENTS, user_id),
        await sheet(tx, "passkeys", "Passkeys", store.PASSKEYS, user_id),
        await sheet(tx, "identity-checks", "Documents you showed us", _CHECKS, user_id),
        await sheet(tx, "linked-accounts", "Accounts of other sites", store.LINKED, user_id),
        Sheet("security", "What happened to your account", [{"at": e.at, "action": e.action, **e.data} for e in trail]),
    ]

    async def photo(rt: Runtime) -> bytes:
        return await rt.storage.get(user.photo or "")

    shown = [
        Attached(f"identity-documents/{row['asked_on']}-{row['side']}.jpg", _opening(user_id, row))
        for row in await store.list_documents(tx, user_id)
    ]
    return Copy(sheets, [*([Attached("photo.webp", photo)] if user.photo else []), *shown])


def _opening(user_id: UUID, row: Row) -> Callable[[Runtime], Awaitable[bytes]]:
    async def load(rt: Runtime) -> bytes:
        key = open_key(rt.keyring, user_id, row["data_key"])
        return key.unseal(
            await rt.storage.get(row["storage_key"]), place_of(user_id, row["check_id"], Side(row["side"]))
        )

    return load


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """The last admin cannot go."""
    if await store.is_last_admin(tx, user_id):
        return [Obstacle("last_admin", "You are the only admin. Make somebody else an admin first.", "/admin/people")]
    return []


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """The data key is thrown away: whatever copy of the row there is, nobody reads it any more."""
    user = await facade.get_user(tx, user_id)
    await store.forget_answers(tx, user_id, (user.email, user.name))
    files = await store.forget(tx, user_id, now)
    files = [*files, *await identity_checks.forget_checks(tx, user_id)]
    return [*files, *([user.photo] if user.photo else [])]
