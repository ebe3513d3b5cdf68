"""What admins see to: the platform's coupons, credit, campaigns and what is given on its own."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.identity import facade as identity
from hospes.modules.promotions import facade, queries
from hospes.modules.promotions import schemas as s
from hospes.modules.promotions.contracts import Coupon
from hospes.modules.promotions.errors import TriggerNotFound
from hospes.modules.promotions.http.editing import changed, check_scope
from hospes.modules.promotions.http.paging import admin_of, page_of
from hospes.modules.promotions.use_cases.put_campaign import (
    delete_campaign,
    get_campaign,
    put_campaign,
    put_rule,
)
from hospes.modules.promotions.use_cases.put_coupon import end_coupon, get_coupon
from hospes.platform.db import WriteTx
from hospes.platform.idempotency import Answer, once
from hospes.platform.ids import new_id
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, tag

router = APIRouter(prefix="/admin")


@router.get("/coupons", name="list_coupons")
async def list_coupons(request: Request, limit: Limit = 20, cursor: Cursor = None) -> s.CouponsOut:
    """Every coupon that is not one person's own, with how often it was used, the newest first."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await queries.list_coupons(tx, after=after_of(cursor), limit=limit + 1)
        usage = await queries.usage_of(tx, [each.id for each in found], rt.clock.now())
    page, more = page_of(found, [each.id for each in found], limit)
    items = [s.CouponWithUsageOut.with_usage(each, usage[each.id]) for each in page]
    return s.CouponsOut(items=items, next_cursor=more)


@router.post("/coupons", name="create_coupon", status_code=201)
async def create_coupon(request: Request, response: Response, body: s.AdminCouponIn) -> s.CouponOut:
    """A new one, for everybody or somebody, everywhere or at one business."""
    admin_of(request)
    rt = runtime(request)
    now = rt.clock.now()
    draft = Coupon(
        id=new_id(),
        code=body.code,
        borne_by=body.borne_by,
        business_id=body.business_id,
        user_id=body.user_id,
        source="admin",
        **body.values(now),
    )
    async with rt.db.write() as tx:
        await _check_owner(tx, draft)
        coupon = await facade.put_coupon(tx, draft, now=now)
    tag(response, coupon.version)
    response.headers["Location"] = f"/api/v1/admin/coupons/{coupon.id}"
    return s.CouponOut.of(coupon)


@router.get("/coupons/{coupon_id}", name="get_coupon")
async def coupon(request: Request, response: Response, coupon_id: UUID) -> s.CouponWithUsageOut:
    """Any coupon, with its ETag."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await get_coupon(tx, coupon_id)
        usage = await queries.usage_of(tx, [found.id], rt.clock.now())
    tag(response, found.version)
    return s.CouponWithUsageOut.with_usage(found, usage[found.id])


@router.put("/coupons/{coupon_id}", name="replace_coupon")
async def replace_coupon(
    request: Request, response: Response, coupon_id: UUID, body: s.CouponIn, if_match: IfMatch = None
) -> s.CouponOut:
    """All of it but its code, owner and bearer. With `If-Match`, only the version that was read."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        found = await changed(tx, await get_coupon(tx, coupon_id), body, if_match, now=rt.clock.now())
    tag(response, found.version)
    return s.CouponOut.of(found)


@router.delete("/coupons/{coupon_id}", name="delete_coupon", status_code=204)
async def delete_coupon(request: Request, coupon_id: UUID) -> None:
    """One that was used is ended; bookings keep what they have."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        await end_coupon(tx, await get_coupon(tx, coupon_id), now=rt.clock.now())


@router.get("/coupons/{coupon_id}/uses", name="list_coupon_uses")
async def uses(request: Request, coupon_id: UUID, limit: Limit = 20, cursor: Cursor = None) -> s.UsesOut:
    """By whom and for what a coupon was used, the newest first."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_uses(tx, coupon_id, after=after_of(cursor), limit=limit + 1)
    page, more = page_of(found, [each.id for each in found], limit)
    return s.UsesOut(items=[s.UseOut.of(each) for each in page], next_cursor=more)


@router.post("/credits", name="give_credit", status_code=201, response_model=s.CreditOut)
async def give_credit(request: Request, body: s.CreditIn) -> Response:
    """Credit with our compliments. Needs an Idempotency-Key."""
    caller, rt = admin_of(request), runtime(request)

    async def handler(tx: WriteTx) -> Answer:
        lot = await facade.give_credit(
            tx,
            user_id=body.user_id,
            money=body.money(),
            reason="goodwill",
            note=body.note,
            fund="goodwill",
            expires_at=body.expires_at,
            about=body.about,
            given_by=caller.user_id,
            now=rt.clock.now(),
        )
        return Answer(201, s.CreditOut.of(lot).model_dump(mode="json"))

    return await once(request, rt, handler)


@router.get("/gift-rules", name="list_gift_rules")
async def rules(request: Request) -> s.RulesOut:
    """What is given when something happens."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_rules(tx)
    return s.RulesOut(items=[s.RuleOut.of(each) for each in found])


@router.get("/gift-rules/{name}", name="get_gift_rule")
async def rule(request: Request, name: str) -> s.RuleOut:
    """One of them."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        found = await queries.find_rule(tx, name)
    if found is None:
        raise TriggerNotFound()
    return s.RuleOut.of(found)


@router.put("/gift-rules/{name}", name="replace_gift_rule")
async def replace_rule(request: Request, name: str, body: s.RuleIn) -> s.RuleOut:
    """What is given from now on; what was given stays."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        found = await put_rule(tx, body.rule(name), now=rt.clock.now())
    return s.RuleOut.of(found)


@router.get("/campaigns", name="list_campaigns")
async def campaigns(request: Request, limit: Limit = 20, cursor: Cursor = None) -> s.CampaignsOut:
    """The newest first."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        found = await queries.list_campaigns(tx, after=after_of(cursor), limit=limit + 1)
    page, more = page_of(found, [each.id for each in found], limit)
    return s.CampaignsOut(items=[s.CampaignOut.of(each) for each in page], next_cursor=more)


@router.post("/campaigns", name="create_campaign", status_code=201)
async def create_campaign(request: Request, response: Response, body: s.CampaignIn) -> s.CampaignOut:
    """A new one; it runs by itself from its first moment on."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        made = await put_campaign(tx, body.campaign(new_id()), now=rt.clock.now())
    response.headers["Location"] = f"/api/v1/admin/campaigns/{made.id}"
    return s.CampaignOut.of(made)


@router.get("/campaigns/{campaign_id}", name="get_campaign")
async def campaign(request: Request, campaign_id: UUID) -> s.CampaignOut:
    """One of them, with how many have got it."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        return s.CampaignOut.of(await get_campaign(tx, campaign_id))


@router.put("/campaigns/{campaign_id}", name="replace_campaign")
async def replace_campaign(request: Request, campaign_id: UUID, body: s.CampaignIn) -> s.CampaignOut:
    """All of it; `paused` stops it where it is. What was given stays."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        before = await get_campaign(tx, campaign_id)
        draft = body.campaign(campaign_id, before.status)
        return s.CampaignOut.of(await put_campaign(tx, draft, new=False, now=rt.clock.now()))


@router.delete("/campaigns/{campaign_id}", name="delete_campaign", status_code=204)
async def remove_campaign(request: Request, campaign_id: UUID) -> None:
    """One that has given nothing yet."""
    admin_of(request)
    async with runtime(request).db.write() as tx:
        await delete_campaign(tx, campaign_id)


async def _check_owner(tx: WriteTx, coupon: Coupon) -> None:
    """Raises `NotFound` for nobody's account, `BusinessNotFound`, or for a property of another business."""
    if coupon.user_id is not None:
        await identity.get_user(tx, coupon.user_id)
    if coupon.business_id is not None and not await catalog.resources_of_business(tx, coupon.business_id):
        raise BusinessNotFound()
    await check_scope(tx, coupon)
