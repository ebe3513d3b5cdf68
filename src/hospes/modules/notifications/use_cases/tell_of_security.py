"""What people are told when something changes in how they sign in."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.notifications.contracts import Kind, Letter, Recipient
from hospes.modules.notifications.policies import security_letters as letters
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, write_message
from hospes.platform.db import WriteTx
from hospes.platform.outbox import Event

TYPES = (
    events.SECOND_FACTOR_ADDED,
    events.SECOND_FACTOR_REMOVED,
    events.RECOVERY_CODES_MADE,
    events.RECOVERY_CODE_USED,
    events.NEW_DEVICE_SIGNED_IN,
    events.FACTOR_RESET_ASKED,
    events.FACTOR_RESET_APPROVED,
    events.FACTOR_RESET_REFUSED,
    events.FACTORS_RESET,
    events.API_KEY_CREATED,
    events.API_KEY_ROTATED,
)


async def tell_of_security(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Write the person's message; these are sent whatever they have chosen to hear of."""
    to = await recipient(tx, event.aggregate_id)
    if to is not None:
        await write_message(tx, desk, to, *_letter(event, to))


def _letter(event: Event, to: Recipient) -> tuple[Kind, Letter]:
    data, at = event.data, event.occurred_at
    kind, name = str(data.get("kind", "")), str(data.get("name", ""))
    if event.type == events.SECOND_FACTOR_ADDED:
        return Kind.SECOND_FACTOR_ADDED, letters.factor_added(to, kind=kind, name=name, at=at)
    if event.type == events.SECOND_FACTOR_REMOVED:
        left = int(data["left"])
        return Kind.SECOND_FACTOR_REMOVED, letters.factor_removed(to, kind=kind, name=name, left=left, at=at)
    if event.type == events.RECOVERY_CODES_MADE:
        return Kind.RECOVERY_CODES_MADE, letters.recovery_codes_made(to, at=at)
    if event.type == events.RECOVERY_CODE_USED:
        return Kind.RECOVERY_CODE_USED, letters.recovery_code_used(to, left=int(data["left"]), at=at)
    if event.type == events.NEW_DEVICE_SIGNED_IN:
        return Kind.NEW_DEVICE, letters.new_device(to, device=data["device"], place=data["place"], at=at)
    if event.type == events.API_KEY_CREATED:
        return Kind.API_KEY_CREATED, letters.api_key_made(to, name=name, at=at)
    if event.type == events.API_KEY_ROTATED:
        ends_at = datetime.fromisoformat(data["old_ends_at"])
        return Kind.API_KEY_ROTATED, letters.api_key_made(to, name=name, at=at, old_ends_at=ends_at)
    return _letter_of_reset(event, to)


def _letter_of_reset(event: Event, to: Recipient) -> tuple[Kind, Letter]:
    at = event.occurred_at
    if event.type == events.FACTOR_RESET_ASKED:
        return Kind.FACTOR_RESET_ASKED, letters.reset_asked(to, at=at)
    if event.type == events.FACTOR_RESET_APPROVED:
        due_at = datetime.fromisoformat(event.data["due_at"])
        return Kind.FACTOR_RESET_APPROVED, letters.reset_approved(to, due_at=due_at)
    if event.type == events.FACTOR_RESET_REFUSED:
        return Kind.FACTOR_RESET_REFUSED, letters.reset_refused(to)
    return Kind.FACTORS_RESET, letters.factors_reset(to, at=at)
