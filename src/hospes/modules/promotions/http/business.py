"""A host's own coupons. The host bears them; for others they are not there."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog import facade as catalog
from hospes.modules.promotions import facade, queries
from hospes.modules.promotions import schemas as s
from hospes.modules.promotions.contracts import Bearer, Coupon
from hospes.modules.promotions.http.editing import changed, check_scope
from hospes.modules.promotions.http.paging import page_of
from hospes.modules.promotions.use_cases.put_coupon import end_coupon, get_coupon
from hospes.platform.caller import require_caller
from hospes.platform.ids import new_id
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, tag

router = APIRouter(prefix="/businesses/{business_id}/coupons")


@router.get("", name="list_business_coupons")
async def list_all(request: Request, business_id: UUID, limit: Limit = 20, cursor: Cursor = None) -> s.CouponsOut:
    """The coupons of a business of the caller's with how often they were used, the newest first."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.PROMOTIONS)
        found = await queries.list_coupons_of_business(tx, business_id, after=after_of(cursor), limit=limit + 1)
        usage = await queries.usage_of(tx, [each.id for each in found], rt.clock.now())
    page, more = page_of(found, [each.id for each in found], limit)
    items = [s.CouponWithUsageOut.with_usage(each, usage[each.id]) for each in page]
    return s.CouponsOut(items=items, next_cursor=more)


@router.post("", name="create_business_coupon", status_code=201)
async def create(request: Request, response: Response, business_id: UUID, body: s.NewCouponIn) -> s.CouponOut:
    """A new one, borne by the host."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    async with rt.db.write() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.PROMOTIONS)
        draft = Coupon(
            id=new_id(),
            code=body.code,
            borne_by=Bearer.HOST,
            business_id=business_id,
            source="host",
            **body.values(now),
        )
        await check_scope(tx, draft)
        coupon = await facade.put_coupon(tx, draft, now=now)
    tag(response, coupon.version)
    response.headers["Location"] = f"/api/v1/businesses/{business_id}/coupons/{coupon.id}"
    return s.CouponOut.of(coupon)


@router.get("/{coupon_id}", name="get_business_coupon")
async def get(request: Request, response: Response, business_id: UUID, coupon_id: UUID) -> s.CouponWithUsageOut:
    """One of them, with its ETag."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.PROMOTIONS)
        coupon = await get_coupon(tx, coupon_id, business_id=business_id)
        usage = await queries.usage_of(tx, [coupon.id], rt.clock.now())
    tag(response, coupon.version)
    return s.CouponWithUsageOut.with_usage(coupon, usage[coupon.id])


@router.put("/{coupon_id}", name="replace_business_coupon")
async def replace(
    request: Request,
    response: Response,
    business_id: UUID,
    coupon_id: UUID,
    body: s.CouponIn,
    if_match: IfMatch = None,
) -> s.CouponOut:
    """All of it but its code; `status` paused keeps it from being used. With `If-Match`, only the version read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.PROMOTIONS)
        before = await get_coupon(tx, coupon_id, business_id=business_id)
        coupon = await changed(tx, before, body, if_match, now=rt.clock.now())
    tag(response, coupon.version)
    return s.CouponOut.of(coupon)


@router.delete("/{coupon_id}", name="delete_business_coupon", status_code=204)
async def delete(request: Request, business_id: UUID, coupon_id: UUID) -> None:
    """One that was used is ended; bookings keep what they have."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await catalog.ensure_manages(tx, caller, business_id, catalog.Permission.PROMOTIONS)
        await end_coupon(tx, await get_coupon(tx, coupon_id, business_id=business_id), now=rt.clock.now())
