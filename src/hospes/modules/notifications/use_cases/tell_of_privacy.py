"""What people are told about copies of their data and the deletion of their account."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.notifications.contracts import Kind, Letter, Recipient
from hospes.modules.notifications.policies import privacy_letters as letters
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, write_message
from hospes.platform.db import WriteTx
from hospes.platform.outbox import Event

TYPES = (events.EXPORT_READY, events.DELETION_ASKED, events.DELETION_UNDONE, events.DELETION_PUT_OFF)


async def tell_of_privacy(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Write the person's message; these are sent whatever they have chosen to hear of."""
    to = await recipient(tx, event.aggregate_id)
    if to is not None:
        await write_message(tx, desk, to, *_letter(event, to))


def _letter(event: Event, to: Recipient) -> tuple[Kind, Letter]:
    data = event.data
    if event.type == events.EXPORT_READY:
        ends_at = datetime.fromisoformat(data["ends_at"])
        return Kind.EXPORT_READY, letters.export_ready(to, ends_at=ends_at)
    if event.type == events.DELETION_ASKED:
        return Kind.DELETION_ASKED, letters.deletion_asked(to, due_at=datetime.fromisoformat(data["due_at"]))
    if event.type == events.DELETION_UNDONE:
        return Kind.DELETION_UNDONE, letters.deletion_undone(to)
    return Kind.DELETION_PUT_OFF, letters.deletion_put_off(to, in_the_way=data["in_the_way"])
