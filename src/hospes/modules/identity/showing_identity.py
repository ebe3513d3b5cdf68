"""Documents on their way in and out: judged and written anew, sealed with their person's key, stored out of reach.

Files lie under `private/`, which no address of the site serves. They are stored before they are recorded; what a crash
leaves in between nobody can find, and nobody can read once the person's key is gone.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from hospes.modules.identity.contracts import CheckStatus, DocumentKind, IdentityCheck, Side
from hospes.modules.identity.errors import IdentityCheckNotFound
from hospes.modules.identity.policies.documents import faults_of_document
from hospes.modules.identity.queries import identity_checks as checks
from hospes.modules.identity.sealed import open_key
from hospes.modules.identity.store import identity_checks as store
from hospes.modules.identity.use_cases.ask_identity_check import ask_identity_check
from hospes.modules.identity.use_cases.look_at_document import look_at_document
from hospes.platform.errors import HospesError, Invalid, NotFound
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from hospes.platform.uploads import FileRefused, check_picture, clean_document

_ONE_AT_A_TIME = asyncio.Semaphore(1)  # reading a picture holds up to 150 MB


def clean_side(raw: bytes) -> bytes:
    """A JPEG of nothing but the picture's pixels; raises `FileRefused`. Blocks: use a thread."""
    check_picture(raw)
    return clean_document(raw)[1]


async def send_documents(
    rt: Runtime, user_id: UUID, *, kind: DocumentKind, country: str, expires_on: date, files: Mapping[Side, bytes]
) -> IdentityCheck:
    """The check that waits now. Raises `Invalid` with faults by field, `IdentityCheckWaiting`."""
    now = rt.clock.now()
    if faults := faults_of_document(kind, expires_on, files.keys(), today=now.date()):
        raise Invalid("Please look at what is marked.", fields=faults)
    clean = await _cleaned(files)
    check_id = new_id()
    keys = {side: f"private/identity/{check_id}/{side}.sealed" for side in clean}
    async with rt.db.write() as tx:  # not read(): a replica may be behind
        wrapped = await checks.find_data_key(tx, user_id)
    if wrapped is None:
        raise NotFound("There is no such account.")
    data_key = open_key(rt.keyring, user_id, wrapped)
    check = IdentityCheck(
        id=check_id,
        user_id=user_id,
        kind=kind,
        country=country,
        expires_on=expires_on,
        status=CheckStatus.WAITING,
        reason="",
        asked_at=now,
        decided_at=None,
        reviewed_by=None,
        files_until=None,
        sides=tuple(clean),
    )
    try:
        for side, picture in clean.items():
            await rt.storage.put(keys[side], data_key.seal(picture, place_of(user_id, check_id, side)))
        async with rt.db.write() as tx:
            await ask_identity_check(tx, check=check, files=keys, now=now)
    except HospesError:
        for key in keys.values():
            await rt.storage.delete(key)
        raise
    return check


async def open_document(rt: Runtime, *, check_id: UUID, side: Side, admin_id: UUID) -> bytes:
    """The JPEG, for an admin who has just confirmed who they are (the caller has checked); each look is written down.

    Raises `IdentityCheckNotFound`."""
    async with rt.db.write() as tx:
        found = await look_at_document(tx, check_id=check_id, side=side, admin_id=admin_id, now=rt.clock.now())
    user_id = found["user_id"]
    try:
        sealed = await rt.storage.get(found["storage_key"])
    except NotFound as gone:
        raise IdentityCheckNotFound("This picture is no longer kept.") from gone
    return open_key(rt.keyring, user_id, bytes(found["data_key"])).unseal(sealed, place_of(user_id, check_id, side))


async def forget_documents(rt: Runtime) -> None:
    """Delete the files of decisions that are old enough: first what is stored, then where it was."""
    async with rt.db.write() as tx:
        due = await checks.files_to_forget(tx, rt.clock.now(), limit=200)
    for check_id, keys in due.items():
        for key in keys:
            await rt.storage.delete(key)
        async with rt.db.write() as tx:
            await store.forget_files(tx, check_id)


async def _cleaned(files: Mapping[Side, bytes]) -> dict[Side, bytes]:
    clean, faults = {}, {}
    for side, raw in files.items():
        try:
            async with _ONE_AT_A_TIME:
                clean[side] = await asyncio.to_thread(clean_side, raw)
        except FileRefused as refusal:
            faults[str(side)] = refusal.detail
    if faults:
        raise FileRefused("Please look at the pictures that are marked.", fields=faults)
    return clean


def place_of(user_id: UUID, check_id: UUID, side: Side) -> bytes:
    """Where a sealed picture belongs: it opens nowhere else."""
    return f"identity.identity_file:{check_id}/{side}:{user_id}".encode()
