"""What the catalogue does by the clock."""

from hospes.modules.catalog import events
from hospes.modules.catalog.policies.inviting import FORGOTTEN_AFTER, LONGEST_LIMIT
from hospes.modules.catalog.store import members
from hospes.platform.jobs import Periodic
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime


async def forget_invitations(ctx: Runtime) -> None:
    """Close what has run out, and forget a week later whom it was for."""
    now = ctx.clock.now()
    async with ctx.db.write() as tx:
        await members.expire(tx, now)
        for invitation_id, business_id in await members.forget_addresses(tx, now - FORGOTTEN_AFTER):
            data = events.member_data(business_id, invitation_id=invitation_id)
            await publish(tx, events.INVITATION_FORGOTTEN, business_id, data, now=now)
        await members.forget_letters(tx, now - LONGEST_LIMIT)


PERIODIC = (Periodic("catalog.forget_invitations", 3600, forget_invitations),)
