"""Let somebody in again who has lost every second step: asked for, checked by an admin, done a day later."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity import events
from hospes.modules.identity.errors import ResetNotOpen
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.queries import second_factors as factors
from hospes.modules.identity.queries.second_factors import Reset
from hospes.modules.identity.store import devices, factor_resets, passkeys, second_factors
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Forbidden, Invalid, NotFound
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish

WAITS = timedelta(hours=24)
LONGEST_WORDS = 1000


async def ask_for_reset(tx: WriteTx, *, user_id: UUID, words: str, now: datetime) -> bool:
    """Have an admin look at it; False when that is asked for already. Call it only after the right password."""
    if not await factor_resets.insert_reset(
        tx, id=new_id(), user_id=user_id, words=words.strip()[:LONGEST_WORDS], now=now
    ):
        return False
    await audit.note(tx, actor=user_id, action="factor_reset.asked", subject=user_id, now=now)
    await publish(tx, events.FACTOR_RESET_ASKED, user_id, {"user_id": str(user_id)}, now=now)
    return True


async def approve_reset(tx: WriteTx, *, reset_id: UUID, admin_id: UUID, reason: str, now: datetime) -> Reset:
    """The admin has made sure who it is, and says how: the person is told at once, the factors go in 24 hours.

    Raises `NotFound`, `Forbidden` for one's own, `Invalid` without a reason, `ResetNotOpen`.
    """
    reset = await _open(tx, reset_id, admin_id, reason)
    due_at = now + WAITS
    if not await factor_resets.approve_reset(
        tx, reset_id, admin_id=admin_id, reason=reason.strip(), due_at=due_at, now=now
    ):
        raise ResetNotOpen("This was decided already. Reload the page.")
    await audit.note(
        tx, actor=admin_id, action="factor_reset.approved", subject=reset.user_id, now=now,
        data={"reset": str(reset_id)},
    )  # fmt: skip
    data = {"user_id": str(reset.user_id), "due_at": due_at.isoformat()}
    await publish(tx, events.FACTOR_RESET_APPROVED, reset.user_id, data, now=now)
    return await _again(tx, reset_id)


async def refuse_reset(tx: WriteTx, *, reset_id: UUID, admin_id: UUID, reason: str, now: datetime) -> Reset:
    """It does not happen, also when it was approved before; raises as `approve_reset`."""
    reset = await _open(tx, reset_id, admin_id, reason)
    if not await factor_resets.refuse_reset(tx, reset_id, admin_id=admin_id, reason=reason.strip(), now=now):
        raise ResetNotOpen("This is over already. Reload the page.")
    await audit.note(
        tx, actor=admin_id, action="factor_reset.refused", subject=reset.user_id, now=now,
        data={"reset": str(reset_id)},
    )  # fmt: skip
    await publish(tx, events.FACTOR_RESET_REFUSED, reset.user_id, {"user_id": str(reset.user_id)}, now=now)
    return await _again(tx, reset_id)


async def cancel_reset(tx: WriteTx, *, user_id: UUID, now: datetime) -> bool:
    """The person does not want it (any more); False when nothing was open."""
    if not await factor_resets.cancel_resets(tx, user_id, now):
        return False
    await audit.note(tx, actor=user_id, action="factor_reset.cancelled", subject=user_id, now=now)
    return True


async def carry_out_reset(tx: WriteTx, *, reset_id: UUID, now: datetime) -> UUID | None:
    """Whose factors, passkeys, codes and trusted browsers are gone; None when it is not (or no longer) to be done."""
    if not await factor_resets.take_due_reset(tx, reset_id, now):
        return None
    reset = await _again(tx, reset_id)
    for kind in (Way.TOTP, Way.SMS):
        await second_factors.delete_factor(tx, reset.user_id, kind)
    await passkeys.delete_passkeys(tx, reset.user_id)
    await second_factors.delete_recovery_codes(tx, reset.user_id)
    await devices.distrust_devices(tx, reset.user_id)
    await audit.note(
        tx, actor=reset.decided_by, action="factor_reset.done", subject=reset.user_id, now=now,
        data={"reset": str(reset_id)},
    )  # fmt: skip
    await publish(tx, events.FACTORS_RESET, reset.user_id, {"user_id": str(reset.user_id)}, now=now)
    return reset.user_id


async def _open(tx: WriteTx, reset_id: UUID, admin_id: UUID, reason: str) -> Reset:
    reset = await factors.find_reset(tx, reset_id)
    if reset is None:
        raise NotFound("There is no such request.")
    if reset.user_id == admin_id:
        raise Forbidden("Another admin must decide about your own account.")
    if len(reason.strip()) < 10 or len(reason) > LONGEST_WORDS:
        said = "Say in a sentence how you made sure who this is, or why you refuse: 10 to 1000 characters."
        raise Invalid(said, fields={"reason": said})
    return reset


async def _again(tx: WriteTx, reset_id: UUID) -> Reset:
    reset = await factors.find_reset(tx, reset_id)
    assert reset is not None
    return reset
