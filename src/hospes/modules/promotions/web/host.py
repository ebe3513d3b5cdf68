"""A host's coupons: made, changed, paused, and how often they were used."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.contracts import KINDS, Business, Sellable
from hospes.modules.catalog.errors import VersionChanged
from hospes.modules.promotions import facade, queries
from hospes.modules.promotions.contracts import Bearer, Coupon, CouponStatus
from hospes.modules.promotions.errors import CouponCodeTaken, PromotionInvalid
from hospes.modules.promotions.policies.stacking import words
from hospes.modules.promotions.use_cases.put_coupon import end_coupon, get_coupon
from hospes.modules.promotions.web.typed import CURRENCIES, Typed, coupon_values, read_typed, typed_coupon
from hospes.platform.caller import Caller, require_caller
from hospes.platform.db import ReadTx
from hospes.platform.errors import NotFound
from hospes.platform.ids import new_id
from hospes.platform.pages import flash, render
from hospes.platform.runtime import runtime

router = APIRouter(prefix="/host/coupons")
SHOWN = 50
COUPON_KINDS = [
    ("percent", "A percentage of the stay"),
    ("amount", "An amount of the stay"),
    ("fee", "A share of a fee"),
]
NEW = {"kind": "percent", "per_user_limit": "1", "currency": "EUR"}


@router.get("")
async def coupons(request: Request, after: UUID | None = None) -> Response:
    """The coupons of one's business, the newest first."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        business = await catalog.business_of(tx, caller.user_id)
        found: list[Coupon] = []
        if business is not None:
            await catalog.ensure_manages(tx, caller, business.id, catalog.Permission.PROMOTIONS)
            found = await queries.list_coupons_of_business(tx, business.id, after=after, limit=SHOWN + 1)
        usage = await queries.usage_of(tx, [each.id for each in found], rt.clock.now())
    context = {"business": business, **shown(found, usage, rt.clock.now())}
    return render(request, "promotions/host_coupons.html", context)


@router.get("/new")
async def new(request: Request) -> Response:
    """An empty form."""
    return await _form(request, None, Typed({**NEW}))


@router.post("/new")
async def create(request: Request) -> Response:
    """A new coupon, or the form with what is wrong."""
    return await _save(request, None)


@router.get("/{coupon_id}")
async def edit(request: Request, coupon_id: UUID) -> Response:
    """The coupon as it is."""
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        business, _ = await _own(tx, caller)
        coupon = await get_coupon(tx, coupon_id, business_id=business.id)
    return await _form(request, coupon, Typed(typed_coupon(coupon)))


@router.post("/{coupon_id}")
async def change(request: Request, coupon_id: UUID) -> Response:
    """All of it but its code."""
    return await _save(request, coupon_id)


@router.post("/{coupon_id}/end")
async def end(request: Request, coupon_id: UUID) -> Response:
    """Nobody can use it any more; bookings keep what they have."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        business, _ = await _own(tx, caller)
        coupon = await get_coupon(tx, coupon_id, business_id=business.id)
        await end_coupon(tx, coupon, now=rt.clock.now())
    return _back(f"{coupon.code} has ended. Bookings keep what they have.")


async def _save(request: Request, coupon_id: UUID | None) -> Response:
    caller, rt = require_caller(request), runtime(request)
    now, typed, coupon = rt.clock.now(), await read_typed(request), None
    try:
        async with rt.db.write() as tx:
            business, resources = await _own(tx, caller)
            if coupon_id is not None:
                coupon = await get_coupon(tx, coupon_id, business_id=business.id)
            draft = _draft(typed, business, coupon, coupon_values(typed, now=now))
            if draft.property_id not in {None, *(each.property_id for each in resources)}:
                typed.errors["property_id"] = "Choose one of your places."
            if not typed.errors:
                await facade.put_coupon(tx, draft, new=coupon is None, now=now)
    except (PromotionInvalid, CouponCodeTaken) as refusal:
        typed.blame(refusal.fields)
    except VersionChanged as refusal:
        typed.errors["form"] = refusal.detail
    if typed.errors:
        return await _form(request, coupon, typed, 422)
    return _back(f"{draft.code.upper()} is saved.")


def _draft(typed: Typed, business: Business, before: Coupon | None, values: dict[str, Any]) -> Coupon:
    if before is None:
        own = {"borne_by": Bearer.HOST, "business_id": business.id, "source": "host"}
        return Coupon(**{"id": new_id(), "code": typed["code"], **own, **values})
    version = int(typed["version"]) if typed["version"].isdecimal() else before.version
    if not typed["starts_at"]:
        values["starts_at"] = before.starts_at
    return replace(before, **values, version=version)


async def _form(request: Request, coupon: Coupon | None, typed: Typed, status: int = 200) -> Response:
    caller = require_caller(request)
    async with runtime(request).db.read() as tx:
        _, resources = await _own(tx, caller)
    context = {
        **form_context(coupon, typed),
        "back": "/host/coupons",
        "places": sorted({(str(each.property_id), each.property_name) for each in resources}, key=lambda each: each[1]),
        "admin": False,
    }
    return render(request, "promotions/coupon_form.html", context, status)


def form_context(coupon: Coupon | None, typed: Typed) -> dict[str, Any]:
    """What the form of a coupon needs, whoever fills it."""
    return {
        "coupon": coupon,
        "typed": typed,
        "over": coupon is not None and coupon.status is CouponStatus.ENDED,
        "kinds": [
            ("percent", "A percentage of the stay"),
            ("amount", "An amount of the stay"),
            ("fee", "A share of a fee"),
        ],
        "fees": [("service", "Service fee"), ("cleaning", "Cleaning fee")],
        "currencies": [(each, each) for each in CURRENCIES],
        "resource_kinds": [(str(each.code), each.label) for each in KINDS],
    }


def shown(found: list[Coupon], usage: dict[UUID, Any], now: Any) -> dict[str, Any]:
    """A page of coupons with their words and uses."""
    page = found[:SHOWN]
    return {
        "coupons": page,
        "words": {each.id: words(each.discount, each.currency)[0].partition(": ")[2] for each in page},
        "usage": usage,
        "now": now,
        "next_after": page[-1].id if len(found) > SHOWN else None,
    }


async def _own(tx: ReadTx, caller: Caller) -> tuple[Business, list[Sellable]]:
    business = await catalog.business_of(tx, caller.user_id)
    if business is None:
        raise NotFound("Add a place first; its coupons come here.")
    await catalog.ensure_manages(tx, caller, business.id, catalog.Permission.PROMOTIONS)
    return business, await catalog.resources_of_business(tx, business.id)


def _back(said: str) -> Response:
    response = RedirectResponse("/host/coupons", 303)
    flash(response, said)
    return response
