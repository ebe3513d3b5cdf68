"""One turn of paying hosts: record what is due, send what is recorded, find out what was lost.

Where the installation asks for it, nobody is paid before they have shown who they are; a document that has ended since
does not stop what was begun.
"""

from hospes.modules.payouts import queries
from hospes.modules.payouts.contracts import PayoutStatus
from hospes.modules.payouts.use_cases.record_payouts import record_payouts
from hospes.modules.payouts.use_cases.run_payout import find_out, run_payout
from hospes.platform.runtime import Runtime

AT_ONCE = 200


async def pay_hosts(rt: Runtime) -> None:
    """Repeating it, or several at once, pays nothing twice."""
    now = rt.clock.now()
    async with rt.db.write() as tx:  # not read(): a replica may be behind
        first = rt.settings.hosts.identity_required == "payout"
        businesses = await queries.businesses_to_pay(tx, now, identity_first=first, limit=AT_ONCE)
    for business_id in businesses:
        async with rt.db.write() as tx:
            await record_payouts(tx, business_id, terms=rt.settings.payouts, now=now)
    async with rt.db.write() as tx:
        due = await queries.due_payouts(tx, now, limit=AT_ONCE)
    for payout_id, status in due:
        await (run_payout if status is PayoutStatus.RECORDED else find_out)(rt, payout_id)
