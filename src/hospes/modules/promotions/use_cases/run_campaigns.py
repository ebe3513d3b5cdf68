"""Campaigns and birthdays: gifts for many, in batches that each commit how far they have come."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import facade as identity
from hospes.modules.identity.contracts import Role
from hospes.modules.promotions.contracts import CampaignStatus
from hospes.modules.promotions.policies.people import birthdays_on
from hospes.modules.promotions.store import gifts
from hospes.modules.promotions.use_cases.give_gift import give_gift, give_on_trigger
from hospes.platform.db import WriteTx

BATCH = 200
_ROLES = {"everyone": None, "guests": Role.GUEST, "hosts": Role.HOST, "admins": Role.ADMIN}


async def run_campaigns(tx: WriteTx, *, limit: int = BATCH, now: datetime) -> bool:
    """The next batch of one campaign whose time it is, from where the last one stopped; False when there is none.

    What breaks off is done again by nobody: the gifts and how far it came are one commit.
    """
    campaign = await gifts.lock_due_campaign(tx, now)
    if campaign is None:
        return False
    people = []
    if campaign.ends_at > now:
        people = await identity.list_people(
            tx, after=campaign.reached, limit=limit, role=_ROLES[campaign.audience], country=campaign.country
        )
    given = 0
    for user in people:
        given += await give_gift(
            tx,
            user,
            campaign.gives,
            trigger="campaign",
            key=f"campaign:{campaign.id}:{user.id}",
            name=campaign.name,
            campaign_id=campaign.id,
            ends_at=campaign.ends_at,
            now=now,
        )
    status = CampaignStatus.RUNNING if len(people) == limit else CampaignStatus.DONE
    reached = people[-1].id if people else campaign.reached
    await gifts.advance_campaign(tx, campaign.id, status=str(status), reached=reached, given=given, now=now)
    return True


async def wish_birthdays(tx: WriteTx, *, after: UUID | None, limit: int = BATCH, now: datetime) -> UUID | None:
    """Gifts for the next batch of those whose birthday is today (UTC), once a year; answers where to go on, None at
    the end."""
    last: UUID | None = None
    for birthday in birthdays_on(now.date()):
        people = await identity.list_people(tx, after=after, limit=limit, birthday=birthday)
        for user in people:
            await give_on_trigger(tx, user, "birthday", key=f"birthday:{user.id}:{now.year}", now=now)
        if len(people) == limit:
            last = people[-1].id if last is None else min(last, people[-1].id)
    return last
