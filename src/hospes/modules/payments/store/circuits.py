"""Whether a provider is called at all."""

from datetime import datetime

from hospes.modules.payments.policies.circuit import PROBE_LASTS, Circuit
from hospes.platform.db import WriteTx


async def take_probe(tx: WriteTx, circuit: Circuit, *, now: datetime) -> bool:
    """Of those who may call a provider that has failed, one goes ahead while the others wait for its answer.

    True as well while the circuit has not opened."""
    if circuit.retry_at is None:
        return True
    return bool(
        await tx.run(
            "UPDATE payments.circuit SET retry_at = %s WHERE provider = %s AND retry_at <= %s",
            (now + PROBE_LASTS, circuit.provider, now),
        )
    )


async def note_circuit(tx: WriteTx, circuit: Circuit, *, now: datetime) -> None:
    """What is known of the provider now; of failures noted at once each counts."""
    await tx.run(
        "INSERT INTO payments.circuit AS c (provider, failures, retry_at, failed_at) VALUES (%(provider)s,"
        " %(failures)s::integer, %(retry)s, %(now)s) ON CONFLICT (provider) DO UPDATE SET failures = CASE"
        " WHEN %(failures)s::integer = 0 THEN 0 ELSE c.failures + 1 END, retry_at = %(retry)s, failed_at = %(now)s",
        {"provider": circuit.provider, "failures": circuit.failures, "retry": circuit.retry_at, "now": now},
    )


async def close_circuit(tx: WriteTx, provider: str) -> None:
    """The provider answers; nothing is written while it has not failed."""
    await tx.run(
        "UPDATE payments.circuit SET failures = 0, retry_at = NULL WHERE provider = %s AND failures > 0", (provider,)
    )
