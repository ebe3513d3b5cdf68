"""Price rules: what a price depends on."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from hospes.modules.pricing import facade
from hospes.modules.pricing.http.managing import ensure_mine
from hospes.modules.pricing.schemas import PriceRuleIn, PriceRuleOut, PriceRulesOut
from hospes.platform.caller import require_caller
from hospes.platform.ids import new_id
from hospes.platform.runtime import runtime
from hospes.platform.versions import IfMatch, expected_version, tag

router = APIRouter()


@router.get("/resources/{resource_id}/price-rules", name="list_price_rules")
async def list_all(request: Request, resource_id: UUID) -> PriceRulesOut:
    """Every price rule of a resource of the caller's, in its order."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        found = await facade.list_rules(tx, resource_id)
    return PriceRulesOut(items=[PriceRuleOut.of(each) for each in found])


@router.post("/resources/{resource_id}/price-rules", name="create_price_rule", status_code=201)
async def create(request: Request, response: Response, resource_id: UUID, body: PriceRuleIn) -> PriceRuleOut:
    """A new one."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        rule = await facade.put_rule(tx, body.rule(new_id(), resource_id), now=rt.clock.now())
    tag(response, rule.version)
    response.headers["Location"] = f"/api/v1/resources/{resource_id}/price-rules/{rule.id}"
    return PriceRuleOut.of(rule)


@router.get("/resources/{resource_id}/price-rules/{price_rule_id}", name="get_price_rule")
async def get(request: Request, response: Response, resource_id: UUID, price_rule_id: UUID) -> PriceRuleOut:
    """One of them, with its ETag."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.read() as tx:
        await ensure_mine(tx, caller, resource_id)
        rule = await facade.get_rule(tx, resource_id, price_rule_id)
    tag(response, rule.version)
    return PriceRuleOut.of(rule)


@router.put("/resources/{resource_id}/price-rules/{price_rule_id}", name="replace_price_rule")
async def replace(
    request: Request,
    response: Response,
    resource_id: UUID,
    price_rule_id: UUID,
    body: PriceRuleIn,
    if_match: IfMatch = None,
) -> PriceRuleOut:
    """All of it at once. With `If-Match`, only the version that was read."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        await facade.get_rule(tx, resource_id, price_rule_id)
        rule = await facade.put_rule(
            tx, body.rule(price_rule_id, resource_id), expected=expected_version(if_match), now=rt.clock.now()
        )
    tag(response, rule.version)
    return PriceRuleOut.of(rule)


@router.delete("/resources/{resource_id}/price-rules/{price_rule_id}", name="delete_price_rule", status_code=204)
async def delete(request: Request, resource_id: UUID, price_rule_id: UUID) -> None:
    """Bookings keep the price they were made at."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:
        await ensure_mine(tx, caller, resource_id)
        await facade.delete_rule(tx, resource_id, price_rule_id, now=rt.clock.now())
