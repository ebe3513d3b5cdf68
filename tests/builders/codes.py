"""What was sent to people, read as they would: from the sealed event, or by running the worker's reactions."""

from typing import Any
from uuid import UUID

import orjson

from hospes.entrypoints.wiring import subscribers
from hospes.modules.identity.contracts import CODE_SEAL
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime


async def react(rt: Runtime, *, only: str = "") -> int:
    """Handle every event that was published, as the worker does, until there is nothing new; answers how many."""
    done = 0
    while True:
        async with rt.db.write() as tx:
            rows = await tx.all("SELECT * FROM platform.outbox WHERE relayed_at IS NULL ORDER BY id")
            await tx.run("UPDATE platform.outbox SET relayed_at = now() WHERE relayed_at IS NULL")
        if not rows:
            return done
        for row in rows:
            event = Event(row["event_id"], row["type"], row["aggregate_id"], row["data"], row["occurred_at"], row["id"])
            for subscriber in subscribers():
                if row["type"] in subscriber.types and subscriber.name.startswith(only):
                    await subscriber.handle(rt, event)
            done += 1


async def sent_to(rt: Runtime, user_id: UUID | str, type: str = "user.code_sent") -> dict[str, Any]:
    """The newest code or link for somebody: `address`, `code`, `link`, `purpose`."""
    async with rt.db.read() as tx:
        row = await tx.find(
            "SELECT data FROM platform.outbox WHERE type = %s AND aggregate_id = %s ORDER BY id DESC LIMIT 1",
            (type, UUID(str(user_id))),
        )
    assert row is not None, "nothing was sent"
    return {
        **orjson.loads(rt.keyring.unseal_text(row["data"]["sealed"], CODE_SEAL)),
        "purpose": row["data"].get("purpose"),
    }
