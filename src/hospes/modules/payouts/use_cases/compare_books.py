"""A provider's own books beside ours: what agrees, what is missing on one side, and where amounts differ."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from prometheus_client import Gauge

from hospes.modules.payments.facade import pay_out
from hospes.modules.payouts import queries, store
from hospes.modules.payouts.contracts import Finding
from hospes.modules.payouts.policies.comparing import Booked, Difference, compare
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime

log = structlog.get_logger(__name__)
BACK = timedelta(days=3)
DIFFERENCES = Gauge("hospes_reconciliation_differences", "Found when last compared", ["provider"])
SETTLES = timedelta(minutes=30)  # what is younger may not have reached both books yet


async def compare_books(rt: Runtime) -> None:
    """Every provider that answers, over the last days; what is found is brought up to date, nothing is repeated."""
    for provider in sorted(rt.ports.payment_providers):
        await compare_provider(rt, provider)


@dataclass(frozen=True, slots=True)
class Compared:
    """How many movements agree, and how many differences there are."""

    matched: int
    found: int


async def compare_provider(rt: Runtime, provider: str, *, back: timedelta = BACK) -> Compared | None:
    """None when the provider does not answer."""
    now = rt.clock.now()
    since, until = now - back, now - SETTLES
    report = await pay_out.report_of(rt, provider, since, now)
    if report is None:
        log.warning("books_not_compared", provider=provider)
        return None
    theirs = [
        Booked(each.key, each.ref, each.kind, each.amount.amount, each.amount.currency, each.at)
        for each in report
        if each.kind in ("charge", "refund", "transfer")
    ]
    keys = [each.key for each in theirs if each.key]
    async with rt.db.write() as tx:
        ours = await _ours(rt, provider, since + SETTLES, until, keys)
        matched, differences = compare(ours, [each for each in theirs if each.at < until], theirs)
        await store.settle_findings(tx, provider, matched, now=now)
        for each in differences:
            await store.put_finding(tx, _finding(provider, each, now))
        await store.note_comparison(tx, provider, since=since, until=until, matched=len(matched), now=now)
    DIFFERENCES.labels(provider).set(len(differences))
    return Compared(len(matched), len(differences))


async def _ours(rt: Runtime, provider: str, since: datetime, until: datetime, keys: list[UUID]) -> list[Booked]:
    async with rt.db.read() as tx:
        moved = await pay_out.movements_of(tx, provider, since=since, until=until, keys=keys)
        paid = await queries.payouts_by_key(tx, provider, since, until, keys)
    return [
        *(Booked(each.key, "", each.kind, each.amount.amount, each.amount.currency, each.at) for each in moved),
        *(Booked(row["key"], "", "transfer", -row["amount"], row["currency"], row["at"]) for row in paid),
    ]


def _finding(provider: str, each: Difference, now: datetime) -> Finding:
    return Finding(
        id=new_id(),
        provider=provider,
        name=each.name,
        movement=each.movement,
        kind=each.kind,
        currency=each.currency,
        ours=each.ours,
        theirs=each.theirs,
        at=each.at,
        found_at=now,
        resolved_at=None,
        note="",
    )
