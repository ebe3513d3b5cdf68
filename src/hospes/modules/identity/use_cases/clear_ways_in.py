"""Take away every way in but the password, from an account that its address's owner takes over."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.store import devices, linked_accounts, passkeys, second_factors
from hospes.platform import audit
from hospes.platform.db import WriteTx


async def clear_ways_in(tx: WriteTx, *, user_id: UUID, now: datetime) -> None:
    """Linked accounts, passkeys, second steps, their codes and trusted browsers are gone.

    For an account whose address was never proven: whoever registered with an address of somebody else, and waits there,
    must not be in it any more once that person has taken it.
    """
    gone = await linked_accounts.delete_links(tx, user_id) + await passkeys.delete_passkeys(tx, user_id)
    for kind in (Way.TOTP, Way.SMS):
        gone += await second_factors.delete_factor(tx, user_id, kind)
    gone += await second_factors.delete_recovery_codes(tx, user_id)
    await devices.distrust_devices(tx, user_id)
    if gone:
        await audit.note(tx, actor=user_id, action="account.ways_in_cleared", subject=user_id, now=now)
