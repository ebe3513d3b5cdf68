"""What a resource costs, and single days at another price."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from hospes.modules.pricing import facade
from hospes.modules.pricing.http.managing import ensure_mine
from hospes.modules.pricing.schemas import DayPrice, DayPricesIn, DayPricesOut, RateIn, RateOut
from hospes.platform.caller import require_caller
from hospes.platform.runtime import runtime

router = APIRouter()
Day = Annotated[date, Query(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


@router.get("/resources/{resource_id}/rate")
async def get_rate(request: Request, resource_id: UUID) -> RateOut:
    """What a resource of the caller's costs."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        return RateOut.of(await facade.get_rate(tx, resource_id))


@router.put("/resources/{resource_id}/rate")
async def put_rate(request: Request, resource_id: UUID, body: RateIn) -> RateOut:
    """Set what a resource of the caller's costs. Day prices go when the currency changes."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        rate = await facade.put_rate(tx, resource_id, body.rate(), now=rt.clock.now())
    return RateOut.of(rate)


@router.get("/resources/{resource_id}/day-prices")
async def get_day_prices(
    request: Request,
    resource_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> DayPricesOut:
    """The nights of [from, to] that have a price of their own."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        rate = await facade.get_rate(tx, resource_id)
        days = await facade.day_prices(tx, resource_id, first, last)
    return DayPricesOut(
        currency=rate.currency, items=[DayPrice(day=day, amount=amount) for day, amount in days.items()]
    )


@router.put("/resources/{resource_id}/day-prices", status_code=204)
async def put_day_prices(request: Request, resource_id: UUID, body: DayPricesIn) -> None:
    """Set the price of single nights."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        prices = {each.day: each.amount for each in body.prices}
        await facade.set_day_prices(tx, resource_id, prices, now=rt.clock.now())
