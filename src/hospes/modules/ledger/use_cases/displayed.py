"""In which currency somebody wants to see amounts beside those that are charged. Rates are kept in the process."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hospes.modules.ledger import queries
from hospes.modules.ledger.contracts import Display, Rate
from hospes.modules.ledger.policies.converting import shown_in
from hospes.modules.ledger.use_cases.convert import OLDEST
from hospes.platform.runtime import Runtime

KEPT = timedelta(minutes=5)


@dataclass(slots=True)
class RatesAtHand:
    """What was quoted when it was last asked for, and what follows from it by the currency shown."""

    asked_at: datetime
    quoted: list[Rate]
    shown: dict[str, Display] = field(default_factory=dict)


async def displayed(rt: Runtime, currency: str) -> Display | None:
    """The rates into `currency`; None when none is asked for, or there is none of the last seven days. Asks the
    database every five minutes at most, and never when no currency is asked for."""
    if not currency:
        return None
    now = rt.clock.now()
    kept: RatesAtHand | None = rt.ports.rates
    if kept is None or not timedelta() <= now - kept.asked_at < KEPT:
        today = now.astimezone(UTC).date()
        async with rt.db.read() as tx:
            kept = RatesAtHand(now, await queries.newest_rates(tx, since=today - OLDEST, until=today))
        rt.ports.rates = kept
    if currency not in kept.shown:
        if not any(currency in (each.base, each.currency) for each in kept.quoted):
            return None
        kept.shown[currency] = shown_in(kept.quoted, currency)
    return kept.shown[currency] if kept.shown[currency].rates else None
