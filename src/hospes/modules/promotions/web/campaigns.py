"""Campaigns: a gift for many, on a schedule."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.promotions.contracts import AUDIENCES, Campaign, CampaignStatus, Gift, GiftKind
from hospes.modules.promotions.errors import PromotionInvalid
from hospes.modules.promotions.http.paging import admin_of
from hospes.modules.promotions.use_cases.put_campaign import delete_campaign, get_campaign, put_campaign
from hospes.modules.promotions.web.typed import Typed, gift_of, read_typed, typed_gift
from hospes.platform.ids import new_id
from hospes.platform.money import Money
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/promotions/campaigns")
GIFT_KINDS = [
    ("percent", "A coupon: a percentage of the stay"),
    ("amount", "A coupon: an amount"),
    ("fee", "A coupon: a share of a fee"),
    ("credit", "Credit"),
]


def gift_words(gift: Gift) -> str:
    """A gift in words: `10 % off, for 30 days`."""
    if gift.kind in (GiftKind.CREDIT, GiftKind.AMOUNT):
        said = " or ".join(Money(amount, currency).text() for currency, amount in gift.amounts.items())
        said += " of credit" if gift.kind is GiftKind.CREDIT else " off"
    else:
        said = f"{(gift.percent_bp or 0) / 100:g} % off" + (f" the {gift.fee} fee" if gift.fee else "")
    return f"{said}, for {gift.valid_days} days"


@router.get("/new")
async def new(request: Request) -> Response:
    """An empty form."""
    admin_of(request)
    return _form(request, None, Typed({"kind": "percent", "audience": "guests", "valid_days": "30"}))


@router.post("/new")
async def create(request: Request) -> Response:
    """A new one; it runs by itself."""
    return await _save(request, None)


@router.get("/{campaign_id}")
async def edit(request: Request, campaign_id: UUID) -> Response:
    """The campaign as it is."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        campaign = await get_campaign(tx, campaign_id)
    values = typed_gift(campaign.gives) | {
        "name": campaign.name,
        "audience": campaign.audience,
        "country": campaign.country or "",
        "starts_at": campaign.starts_at.date().isoformat(),
        "ends_at": (campaign.ends_at - timedelta(seconds=1)).date().isoformat(),
        "paused": "yes" if campaign.status is CampaignStatus.PAUSED else "",
        "version": str(campaign.version),
    }
    return _form(request, campaign, Typed(values))


@router.post("/{campaign_id}")
async def change(request: Request, campaign_id: UUID) -> Response:
    """All of it; what was given stays given."""
    return await _save(request, campaign_id)


@router.post("/{campaign_id}/delete")
async def delete(request: Request, campaign_id: UUID) -> Response:
    """One that has given nothing yet."""
    admin_of(request)
    try:
        async with runtime(request).db.write() as tx:
            await delete_campaign(tx, campaign_id)
    except PromotionInvalid as refusal:
        return _back(refusal.detail)
    return _back("The campaign is gone.")


async def _save(request: Request, campaign_id: UUID | None) -> Response:
    admin_of(request)
    rt, typed, before = runtime(request), await read_typed(request), None
    starts_at, ends_at = typed.instant("starts_at"), typed.instant("ends_at", end=True)
    for name, day in (("starts_at", starts_at), ("ends_at", ends_at)):
        if day is None:
            typed.errors.setdefault(name, "Choose a day.")
    gift = gift_of(typed)
    try:
        async with rt.db.write() as tx:
            before = await get_campaign(tx, campaign_id) if campaign_id else None
            if not typed.errors and starts_at is not None and ends_at is not None:
                draft = Campaign(
                    id=before.id if before else new_id(),
                    name=typed["name"],
                    audience=typed["audience"],
                    country=typed["country"].upper() or None,
                    gives=gift,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    status=_status(typed, before),
                    version=int(typed["version"]) if typed["version"].isdecimal() else 1,
                )
                await put_campaign(tx, draft, new=before is None, now=rt.clock.now())
    except PromotionInvalid as refusal:
        typed.blame(refusal.fields)
    except VersionChanged as refusal:
        typed.errors["form"] = refusal.detail
    if typed.errors:
        return _form(request, before, typed, 422)
    return _back(f"{typed['name']} is saved.")


def _status(typed: Typed, before: Campaign | None) -> CampaignStatus:
    if typed["paused"]:
        return CampaignStatus.PAUSED
    if before is None or before.status is CampaignStatus.PAUSED:
        return CampaignStatus.SCHEDULED
    return before.status


def _form(request: Request, campaign: Campaign | None, typed: Typed, status: int = 200) -> Response:
    context: dict[str, Any] = {
        "campaign": campaign,
        "typed": typed,
        "kinds": GIFT_KINDS,
        "audiences": list(AUDIENCES.items()),
        "fees": [("service", "Service fee"), ("cleaning", "Cleaning fee")],
    }
    return render(request, "promotions/campaign_form.html", context, status)


def _back(said: str) -> Response:
    response = RedirectResponse("/admin/promotions", 303)
    flash(response, said)
    return response
