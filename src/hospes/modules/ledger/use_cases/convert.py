"""An amount as it would be in another currency, for showing only: what is charged stays in its own."""

from datetime import UTC, datetime, time, timedelta

from hospes.modules.ledger import queries
from hospes.modules.ledger.contracts import Converted
from hospes.modules.ledger.errors import RateUnknown
from hospes.modules.ledger.policies.converting import rate_between
from hospes.platform.db import ReadTx
from hospes.platform.money import Money, at_rate

OLDEST = timedelta(days=7)  # banks close for weekends and holidays, not for longer


async def convert(tx: ReadTx, money: Money, to: str, now: datetime) -> Converted:
    """`money` in the currency `to`, half a minor unit rounded up, at the newest rates of one source and day up to
    `now`; raises `RateUnknown` when there are none of the last seven days."""
    today = now.astimezone(UTC).date()
    quoted = await queries.rates_of(tx, (money.currency, to), since=today - OLDEST, until=today)
    found = rate_between(quoted, money.currency, to)
    if found is None:
        raise RateUnknown(f"There is no exchange rate from {money.currency} to {to} of the last {OLDEST.days} days.")
    rate, source, day = found
    at = datetime.combine(day, time(), UTC) if day else now
    return Converted(at_rate(money, to, rate), rate, source, at)
