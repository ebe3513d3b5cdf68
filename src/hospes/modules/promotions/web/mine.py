"""What somebody has to pay less with, and the link for their friends."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.identity import facade as identity
from hospes.modules.promotions import queries
from hospes.modules.promotions.contracts import Coupon
from hospes.modules.promotions.policies.stacking import words
from hospes.modules.promotions.use_cases.refer_friends import referral_code
from hospes.platform.addresses import client_address
from hospes.platform.caller import find_caller, require_caller
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()
SHOWN = 20
THIRTY_DAYS = 30 * 86_400
REASONS = {
    "same_email": "Refused: this is your own mailbox",
    "same_address": "Refused: they signed up from where you did",
    "same_payment": "Refused: you both paid with the same card",
    "own_place": "Refused: they stayed with you",
    "monthly_limit": "They got theirs; you have reached this month's limit",
}


@router.get("/account/coupons")
async def my_coupons(request: Request, after: UUID | None = None) -> Response:
    """Coupons, credit, and friends; `after` goes on in the movements of credit."""
    caller, rt = require_caller(request), runtime(request)
    now = rt.clock.now()
    origin = identity.origin_of(rt, client_address(request))
    async with rt.db.write() as tx:
        code = await referral_code(tx, user_id=caller.user_id, origin=origin, now=now)
        owned = await queries.list_owned(tx, caller.user_id, now, after=None, limit=50)
        balances = await queries.balances(tx, caller.user_id, now)
        entries = await queries.list_entries(tx, caller.user_id, after=after, limit=SHOWN + 1)
        referrals = await queries.list_referrals(tx, caller.user_id, after=None, limit=50)
        friends = await identity.users_by_id(tx, [each.friend_id for each in referrals])
        gifts = {name: await queries.find_rule(tx, name) for name in ("referral_friend", "referral_referrer")}
    base = rt.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    context = {
        "owned": sorted(owned, key=lambda each: not each.usable),
        "words": {
            each.coupon.id: words(each.coupon.discount, each.coupon.currency)[0].partition(": ")[2] for each in owned
        },
        "balances": balances,
        "entries": entries[:SHOWN],
        "next_after": entries[SHOWN - 1].id if len(entries) > SHOWN else None,
        "first": after is None,
        "referrals": referrals,
        "friends": friends,
        "reasons": REASONS,
        "inviting": all(each is not None and each.active for each in gifts.values()),
        "link": f"{base}/r/{code}",
    }
    return render(request, "promotions/mine.html", context)


def _words(coupon: Coupon) -> str:
    return words(coupon.discount, coupon.currency)[0].partition(": ")[2]


@router.get("/r/{code}")
async def invited(request: Request, code: str) -> Response:
    """By invitation: the code is kept for 30 days and goes along when somebody signs up."""
    response = RedirectResponse("/" if find_caller(request) else "/signup", 303)
    if code.isascii() and code.isalnum() and len(code) <= 40:
        response.set_cookie(
            identity.REFERRAL_COOKIE,
            code,
            max_age=THIRTY_DAYS,
            httponly=True,
            samesite="lax",
            secure=runtime(request).settings.secure_cookies or request.url.scheme == "https",
        )
    return response
