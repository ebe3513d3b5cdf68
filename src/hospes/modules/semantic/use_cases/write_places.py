"""Embed what places say: what is new or has changed, a few at a time."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from hospes.modules.semantic import queries, store
from hospes.modules.semantic.asking import Asking
from hospes.modules.semantic.contracts import Saying, Written
from hospes.modules.semantic.policies.blending import blend
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
AT_ONCE = 16  # two texts each: a commit every second or two
LOOKED_AT = 500
NOTHING = UUID(int=0)


async def write_places(
    rt: Runtime, asking: Asking, *, after: UUID = NOTHING, most: int = 1_000
) -> tuple[int, UUID | None]:
    """Places with ids after this one, until about `most` are written; answers how many, and where to go on: None at the
    end. A run that is killed has written what it had committed, and the next one goes on there.

    Raises `EmbedderAway`."""
    written, here = 0, after
    while written < most:
        async with rt.db.read() as tx:
            stale, there = await queries.next_stale(tx, here, looked_at=LOOKED_AT)
        for first in range(0, len(stale), AT_ONCE):
            await _write(rt, asking, stale[first : first + AT_ONCE])
        written += len(stale)
        if stale:
            log.info("semantic.embedded", places=written, last=str(here))
        if there is None:
            return written, None
        here = there
    return written, here


async def write_some(rt: Runtime, asking: Asking, ids: Sequence[UUID]) -> int:
    """These places, if they are live and have changed; those that are not live leave. Raises `EmbedderAway`."""
    async with rt.db.read() as tx:
        stale = await queries.stale_of(tx, ids)
    for first in range(0, len(stale), AT_ONCE):
        await _write(rt, asking, stale[first : first + AT_ONCE])
    async with rt.db.write() as tx:
        await store.forget_those_not_live(tx, ids)
    return len(stale)


async def _write(rt: Runtime, asking: Asking, sayings: Sequence[Saying]) -> None:
    texts = [text for each in sayings for text in (each.name, each.text)]
    vectors = await asking.texts(texts)
    rows = [
        Written(each, blend(vectors[2 * at + 1] if each.text.strip() else None, vectors[2 * at]))
        for at, each in enumerate(sayings)
    ]
    async with rt.db.write() as tx:
        await store.put(tx, rows, now=rt.clock.now())
