"""When a provider that fails is left alone: after five failures in a row, for half a minute, then twice as long.

After that one call is let through; its answer closes the circuit or opens it for longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES = 5
PROBE_LASTS = timedelta(seconds=45)  # while one call finds out, others wait
_FIRST, _LONGEST = timedelta(seconds=30), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Circuit:
    """The failures in a row of a provider; `retry_at` None: it is called."""

    provider: str
    failures: int = 0
    retry_at: datetime | None = None


def may_call(circuit: Circuit, now: datetime) -> bool:
    """Whether the provider may be called now."""
    return circuit.retry_at is None or circuit.retry_at <= now


def after_failure(circuit: Circuit, now: datetime) -> Circuit:
    """One more failure in a row."""
    failures = circuit.failures + 1
    if failures < FAILURES:
        return Circuit(circuit.provider, failures)
    wait = min(_FIRST * 2 ** min(failures - FAILURES, 10), _LONGEST)
    return Circuit(circuit.provider, failures, now + wait)
