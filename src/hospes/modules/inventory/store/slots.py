"""Taking time."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hospes.modules.inventory.contracts import SlotAsk
from hospes.modules.inventory.store.claims import service_values
from hospes.platform.db import Row

_INSTANT = timedelta(microseconds=1)


def slot_values(claim_id: UUID, ask: SlotAsk, owner: Row) -> Row:
    """The parameters of a slot's claim to be written; `owner` as `owner_values` makes it."""
    first, last = days_of(ask.zone, ask.starts_at, ask.ends_at)
    return {
        "id": claim_id,
        "resource": ask.resource_id,
        "units": list(ask.unit_ids),
        "unit": ask.unit_ids[0] if ask.unit_ids else None,
        "quantity": 1,
        "start": ask.starts_at - ask.before,
        "end": ask.ends_at + ask.after,
        "first": first,
        "last": last,
        **owner,
        **service_values(ask.starts_at, ask.ends_at, ask.place),
    }


def days_of(zone: str, starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """The first and last local day of [starts_at, ends_at)."""
    info = ZoneInfo(zone)
    return starts_at.astimezone(info).date(), (ends_at - _INSTANT).astimezone(info).date()
