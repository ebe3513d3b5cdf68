"""Campaigns and the rules of triggers are made and changed by admins."""

from datetime import datetime
from uuid import UUID

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.promotions import queries
from hospes.modules.promotions.contracts import Campaign, CampaignStatus, TriggerRule
from hospes.modules.promotions.errors import CampaignNotFound, PromotionInvalid, TriggerNotFound
from hospes.modules.promotions.policies.drafts import checked_campaign, checked_gift
from hospes.modules.promotions.store import gifts
from hospes.platform.db import ReadTx, WriteTx

_CHANGED = "This was changed in the meantime. Reload it and make your change again."


async def put_campaign(tx: WriteTx, draft: Campaign, *, new: bool = True, now: datetime) -> Campaign:
    """The campaign as it is stored; what it has given stays given. Raises `PromotionInvalid`, `VersionChanged`."""
    campaign = checked_campaign(draft)
    if new:
        await gifts.insert_campaign(tx, campaign, now)
        return campaign
    before = await get_campaign(tx, campaign.id)
    if before.status is CampaignStatus.DONE:
        raise PromotionInvalid("This campaign is over.", fields={"status": "It is over and stays so."})
    if not await gifts.update_campaign(tx, campaign, now):
        raise VersionChanged(_CHANGED)
    return await get_campaign(tx, campaign.id)


async def get_campaign(tx: ReadTx, campaign_id: UUID) -> Campaign:
    """The campaign; raises `CampaignNotFound`."""
    found = await queries.find_campaign(tx, campaign_id)
    if found is None:
        raise CampaignNotFound()
    return found


async def delete_campaign(tx: WriteTx, campaign_id: UUID) -> None:
    """Forget a campaign that has given nothing; raises `CampaignNotFound`, `PromotionInvalid`."""
    await get_campaign(tx, campaign_id)
    if not await gifts.delete_campaign(tx, campaign_id):
        raise PromotionInvalid("This campaign has given something already. Pause it instead.")


async def put_rule(tx: WriteTx, draft: TriggerRule, *, now: datetime) -> TriggerRule:
    """What a trigger gives from now on. Raises `TriggerNotFound`, `PromotionInvalid`, `VersionChanged`."""
    if draft.monthly is not None and not 1 <= draft.monthly <= 1000:
        raise PromotionInvalid(fields={"monthly": "Enter a whole number from 1 to 1000, or leave it empty."})
    rule = TriggerRule(draft.name, draft.active, checked_gift(draft.gives), draft.monthly, draft.version)
    if await queries.find_rule(tx, rule.name) is None:
        raise TriggerNotFound()
    if not await gifts.update_rule(tx, rule, now):
        raise VersionChanged(_CHANGED)
    found = await queries.find_rule(tx, rule.name)
    assert found is not None
    return found
