"""The write side of inventory."""

from hospes.modules.inventory.store.claims import (
    claim_values,
    insert_counted,
    insert_on_free_unit,
    insert_on_one_unit,
    lock_keys,
    lock_nights,
    owner_values,
    set_capacity,
)
from hospes.modules.inventory.store.departures import (
    cancel_departure,
    insert_departure,
    insert_on_departure,
    lock_departure,
    update_departure,
)
from hospes.modules.inventory.store.releasing import (
    give_claims,
    harden_claims,
    release_expired,
    release_expired_counted,
    release_expired_in_diaries,
    release_expired_on_departure,
    release_expired_on_units,
    release_owner,
)
from hospes.modules.inventory.store.schedules import (
    delete_exception,
    lock_schedule,
    put_exception,
    put_schedule,
    touch_schedule,
)
from hospes.modules.inventory.store.slots import days_of, slot_values

__all__ = [
    "cancel_departure",
    "claim_values",
    "days_of",
    "delete_exception",
    "give_claims",
    "harden_claims",
    "insert_counted",
    "insert_departure",
    "insert_on_departure",
    "insert_on_free_unit",
    "insert_on_one_unit",
    "lock_departure",
    "lock_keys",
    "lock_nights",
    "lock_schedule",
    "owner_values",
    "put_exception",
    "put_schedule",
    "release_expired",
    "release_expired_counted",
    "release_expired_in_diaries",
    "release_expired_on_departure",
    "release_expired_on_units",
    "release_owner",
    "set_capacity",
    "slot_values",
    "touch_schedule",
    "update_departure",
]
