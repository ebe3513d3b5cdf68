"""One page for a new host: what is done, what waits for whom, and where to go on."""

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as identity
from hospes.modules.payouts import queries
from hospes.modules.payouts.policies.starting import steps_of
from hospes.platform.caller import require_caller
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter()
OF_THE_BUSINESS = ("Business", "First listing")


@router.get("/host/start")
async def getting_started(request: Request) -> Response:
    """Six steps from an account to the first payout."""
    caller, rt = require_caller(request), runtime(request)
    async with rt.db.write() as tx:  # not read(): what was done a moment ago is to be seen
        business = await catalog.business_of(tx, caller.user_id)
        owner_id = business.owner_id if business else caller.user_id
        owner = await identity.get_user(tx, owner_id)
        standing = await identity.identity_standing(tx, owner_id)
        places = await catalog.properties_of(tx, business.id) if business else []
        account = await queries.find_account(tx, business.id) if business else None
    identity_first = rt.settings.hosts.identity_required == "payout"
    steps = steps_of(owner, business, places, standing, account, identity_first=identity_first)
    if owner_id != caller.user_id:  # what the owner has shown of themselves is not their staff's to read
        steps = [each for each in steps if each.title in OF_THE_BUSINESS]
    context = {
        "business": business,
        "own": owner_id == caller.user_id,
        "owner": owner,
        "steps": steps,
        "done": sum(each.tone == "good" for each in steps),
    }
    return render(request, "payouts/getting_started.html", context)
