"""The platform's coupons, and what is given on its own, with numbers."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.promotions import facade, queries
from hospes.modules.promotions.contracts import TRIGGERS, Bearer, Coupon, TriggerRule
from hospes.modules.promotions.errors import CouponCodeTaken, PromotionInvalid, TriggerNotFound
from hospes.modules.promotions.http.paging import admin_of
from hospes.modules.promotions.use_cases.put_campaign import put_rule
from hospes.modules.promotions.use_cases.put_coupon import end_coupon, get_coupon
from hospes.modules.promotions.web.campaigns import GIFT_KINDS, gift_words
from hospes.modules.promotions.web.host import NEW, SHOWN, form_context, shown
from hospes.modules.promotions.web.typed import Typed, coupon_values, gift_of, read_typed, typed_coupon, typed_gift
from hospes.platform.ids import new_id
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/admin/promotions")
HOME = "/admin/promotions"


@router.get("")
async def overview(request: Request, after: UUID | None = None) -> Response:
    """Coupons with their uses, rules with how often they gave, campaigns."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.read() as tx:
        found = await queries.list_coupons(tx, after=after, limit=SHOWN + 1)
        usage = await queries.usage_of(tx, [each.id for each in found], rt.clock.now())
        rules = {each.name: each for each in await queries.list_rules(tx)}
        totals = {row["trigger"]: row for row in await queries.totals(tx)}
        campaigns = await queries.list_campaigns(tx, after=None, limit=SHOWN)
    context = {
        **shown(found, usage, rt.clock.now()),
        "rules": [rules[name] for name in TRIGGERS if name in rules],
        "triggers": TRIGGERS,
        "totals": totals,
        "campaigns": campaigns,
        "gift_words": gift_words,
    }
    return render(request, "promotions/admin.html", context)


@router.get("/coupons/new")
async def new(request: Request) -> Response:
    """An empty form."""
    admin_of(request)
    return _form(request, None, Typed({**NEW}))


@router.post("/coupons/new")
async def create(request: Request) -> Response:
    """A new coupon for everybody, which the platform bears."""
    return await _save(request, None)


@router.get("/coupons/{coupon_id}")
async def edit(request: Request, coupon_id: UUID) -> Response:
    """The coupon as it is."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        coupon = await get_coupon(tx, coupon_id)
    return _form(request, coupon, Typed(typed_coupon(coupon)))


@router.post("/coupons/{coupon_id}")
async def change(request: Request, coupon_id: UUID) -> Response:
    """All of it but its code, owner and bearer."""
    return await _save(request, coupon_id)


@router.post("/coupons/{coupon_id}/end")
async def end(request: Request, coupon_id: UUID) -> Response:
    """Nobody can use it any more; bookings keep what they have."""
    admin_of(request)
    rt = runtime(request)
    async with rt.db.write() as tx:
        coupon = await get_coupon(tx, coupon_id)
        await end_coupon(tx, coupon, now=rt.clock.now())
    return _back(f"{coupon.code} has ended. Bookings keep what they have.")


@router.get("/triggers/{name}")
async def rule_page(request: Request, name: str) -> Response:
    """What a trigger gives."""
    admin_of(request)
    async with runtime(request).db.read() as tx:
        rule = await queries.find_rule(tx, name)
    if rule is None:
        raise TriggerNotFound()
    values = typed_gift(rule.gives) | {
        "active": "yes" if rule.active else "",
        "monthly": str(rule.monthly or ""),
        "version": str(rule.version),
    }
    return _rule_form(request, name, Typed(values))


@router.post("/triggers/{name}")
async def save_rule(request: Request, name: str) -> Response:
    """What it gives from now on, or the form with what is wrong."""
    admin_of(request)
    rt, typed = runtime(request), await read_typed(request)
    version = int(typed["version"]) if typed["version"].isdecimal() else 0
    draft = TriggerRule(name, bool(typed["active"]), gift_of(typed), typed.whole("monthly"), version)
    try:
        if not typed.errors:
            async with rt.db.write() as tx:
                await put_rule(tx, draft, now=rt.clock.now())
    except PromotionInvalid as refusal:
        typed.blame(refusal.fields)
    except VersionChanged as refusal:
        typed.errors["form"] = refusal.detail
    if typed.errors:
        return _rule_form(request, name, typed, 422)
    return _back("The rule is saved. What was given stays as it is.")


def _rule_form(request: Request, name: str, typed: Typed, status: int = 200) -> Response:
    context = {
        "name": name,
        "title": TRIGGERS.get(name, name),
        "typed": typed,
        "kinds": GIFT_KINDS,
        "fees": [("service", "Service fee"), ("cleaning", "Cleaning fee")],
    }
    return render(request, "promotions/rule_form.html", context, status)


async def _save(request: Request, coupon_id: UUID | None) -> Response:
    admin_of(request)
    rt, typed = runtime(request), await read_typed(request)
    now, coupon = rt.clock.now(), None
    try:
        async with rt.db.write() as tx:
            if coupon_id is not None:
                coupon = await get_coupon(tx, coupon_id)
            draft = _draft(typed, coupon, coupon_values(typed, now=now))
            if not typed.errors:
                await facade.put_coupon(tx, draft, new=coupon is None, now=now)
    except (PromotionInvalid, CouponCodeTaken) as refusal:
        typed.blame(refusal.fields)
    except VersionChanged as refusal:
        typed.errors["form"] = refusal.detail
    if typed.errors:
        return _form(request, coupon, typed, 422)
    return _back(f"{draft.code.upper()} is saved.")


def _draft(typed: Typed, before: Coupon | None, values: dict[str, Any]) -> Coupon:
    if before is None:
        own = {"borne_by": Bearer.PLATFORM, "source": "admin"}
        return Coupon(**{"id": new_id(), "code": typed["code"], **own, **values, "property_id": None})
    version = int(typed["version"]) if typed["version"].isdecimal() else before.version
    if not typed["starts_at"]:
        values["starts_at"] = before.starts_at
    return replace(before, **{**values, "property_id": before.property_id}, version=version)


def _form(request: Request, coupon: Coupon | None, typed: Typed, status: int = 200) -> Response:
    context = {**form_context(coupon, typed), "back": HOME, "places": [], "admin": True}
    return render(request, "promotions/coupon_form.html", context, status)


def _back(said: str) -> Response:
    response = RedirectResponse(HOME, 303)
    flash(response, said)
    return response
