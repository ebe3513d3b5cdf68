"""What the caller has: coupons, credit, friends they have brought."""

from fastapi import APIRouter, Request

from hospes.modules.identity import facade as identity
from hospes.modules.promotions import queries
from hospes.modules.promotions import schemas as s
from hospes.modules.promotions.http.paging import page_of
from hospes.modules.promotions.use_cases.refer_friends import referral_code
from hospes.platform.addresses import client_address
from hospes.platform.caller import require_caller
from hospes.platform.listing import Cursor, Limit, after_of
from hospes.platform.runtime import runtime

router = APIRouter()


@router.get("/coupons", name="list_my_coupons")
async def coupons(request: Request, limit: Limit = 20, cursor: Cursor = None) -> s.OwnedPageOut:
    """The caller's own coupons, the newest first."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        found = await queries.list_owned(tx, caller.user_id, rt.clock.now(), after=after_of(cursor), limit=limit + 1)
    page, more = page_of(found, [each.coupon.id for each in found], limit)
    return s.OwnedPageOut(items=[s.OwnedOut.owned(each) for each in page], next_cursor=more)


@router.get("/credits", name="get_my_credit")
async def wallet(request: Request, limit: Limit = 20, cursor: Cursor = None) -> s.WalletOut:
    """What the caller can spend by currency, and the movements, the newest first."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        held = await queries.balances(tx, caller.user_id, rt.clock.now())
        found = await queries.list_entries(tx, caller.user_id, after=after_of(cursor), limit=limit + 1)
    page, more = page_of(found, [each.id for each in found], limit)
    return s.WalletOut(
        balances=[s.BalanceOut.of(each) for each in held],
        items=[s.EntryOut.of(each) for each in page],
        next_cursor=more,
    )


@router.get("/referrals", name="list_my_referrals")
async def referrals(request: Request, limit: Limit = 20, cursor: Cursor = None) -> s.ReferralsOut:
    """The caller's code and link, made when first asked for, and whom they have brought."""
    caller, rt = require_caller(request), runtime(request)
    origin = identity.origin_of(rt, client_address(request))
    async with rt.db.write() as tx:
        code = await referral_code(tx, user_id=caller.user_id, origin=origin, now=rt.clock.now())
        found = await queries.list_referrals(tx, caller.user_id, after=after_of(cursor), limit=limit + 1)
        page, more = page_of(found, [each.id for each in found], limit)
        friends = await identity.users_by_id(tx, [each.friend_id for each in page])
    base = rt.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    items = [s.ReferralOut.of(each, friends[each.friend_id].first_name) for each in page]
    return s.ReferralsOut(code=code, link=f"{base}/r/{code}", items=items, next_cursor=more)
