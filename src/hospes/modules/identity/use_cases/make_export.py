"""Make the copy a person asked for: JSON for machines, a page for people, and their files, in one ZIP."""

import asyncio
import io
import zipfile
from collections.abc import Sequence
from uuid import UUID

import orjson

from hospes.modules.identity import events
from hospes.modules.identity.errors import ExportNotFound
from hospes.modules.identity.policies.agreements import COPY_KEPT
from hospes.modules.identity.policies.copy_page import copy_page
from hospes.modules.identity.store import privacy
from hospes.platform.errors import NotFound
from hospes.platform.outbox import publish
from hospes.platform.privacy import Attached, Copy
from hospes.platform.runtime import Runtime
from hospes.platform.sealing import SealBroken


async def make_export(rt: Runtime, *, export_id: UUID, user_id: UUID) -> bool:
    """Whether it is ready now; nothing happens when it was made before or is no longer wanted."""
    async with rt.db.read() as tx:
        asked = await privacy.find_export(tx, export_id, user_id)
        if asked is None or asked.status != "asked":
            return False
        copies = [(name, await part.export(tx, user_id)) for name, part in reversed(rt.ports.privacy)]
    files = [(each.path, await _loaded(rt, each)) for _, copy in copies for each in copy.files]
    packed = await asyncio.to_thread(_pack, copies, [(path, data) for path, data in files if data is not None])
    now, key = rt.clock.now(), f"private/exports/{export_id}.sealed"
    await rt.storage.put(key, rt.keyring.seal(packed, place_of(export_id)))
    async with rt.db.write() as tx:
        ends_at = now + COPY_KEPT
        wanted = await privacy.note_export_ready(tx, export_id, key=key, size=len(packed), now=now, ends_at=ends_at)
        if wanted:
            data = {"user_id": str(user_id), "export_id": str(export_id), "ends_at": ends_at.isoformat()}
            await publish(tx, events.EXPORT_READY, user_id, data, now=now)
    if not wanted:
        await rt.storage.delete(key)
    return wanted


async def open_export(rt: Runtime, export_id: UUID, key: str) -> bytes:
    """The ZIP of a copy that lies under this key; raises `NotFound`, also when the key that sealed it is gone."""
    try:
        return rt.keyring.unseal(await rt.storage.get(key), place_of(export_id))
    except SealBroken as fault:
        raise ExportNotFound("This copy can no longer be opened. Ask for a new one.") from fault


def place_of(export_id: UUID) -> bytes:
    """Where the sealed copy belongs: it opens nowhere else."""
    return f"identity.export:{export_id}".encode()


async def _loaded(rt: Runtime, file: Attached) -> bytes | None:
    try:
        return await file.load(rt)
    except NotFound:  # a file that has gone meanwhile is not missed
        return None


def _pack(copies: Sequence[tuple[str, Copy]], files: Sequence[tuple[str, bytes]]) -> bytes:
    """The ZIP, as bytes."""
    held = io.BytesIO()
    sheets = [(name, each) for name, copy in copies for each in copy.sheets]
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", copy_page([each for _, each in sheets], [path for path, _ in files]))
        for name, each in sheets:
            rows = [{key: _plain(value) for key, value in row.items()} for row in each.rows]
            packed.writestr(f"{name}/{each.name}.json", orjson.dumps(rows, default=str, option=orjson.OPT_INDENT_2))
        for path, data in files:
            packed.writestr(path, data)
    return held.getvalue()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset | set) else value
