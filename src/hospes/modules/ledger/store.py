"""The write side: adding to the journal. Nothing here changes or removes what is posted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from hospes.modules.ledger.contracts import Line

# One plain INSERT; the view's trigger writes the transaction, its accounts and postings, or nothing for a known key.
POST = (
    "INSERT INTO ledger.journal (key, kind, about, currency, note, posted_at, kinds, owners, amounts)"
    " VALUES (%(key)s, %(kind)s, %(about)s, %(currency)s, %(note)s, %(now)s,"
    " %(kinds)s::text[], %(owners)s::text[], %(amounts)s::bigint[])"
)


def as_params(
    key: str, kind: str, about: UUID | None, lines: Sequence[Line], currency: str, note: str, now: datetime
) -> dict[str, Any]:
    """The parameters of `POST`."""
    return {
        "key": key,
        "kind": kind,
        "about": about,
        "currency": currency,
        "note": note,
        "now": now,
        "kinds": [line.account.kind.value for line in lines],
        "owners": [line.account.owner for line in lines],
        "amounts": [line.amount for line in lines],
    }
