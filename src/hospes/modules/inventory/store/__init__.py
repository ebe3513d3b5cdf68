"""The write side of inventory."""

from hospes.modules.inventory.store.claims import (
    claim_values,
    give_claims,
    harden_claims,
    insert_counted,
    insert_on_free_unit,
    insert_on_one_unit,
    lock_keys,
    release_expired,
    release_expired_counted,
    release_expired_on_units,
    release_owner,
    set_capacity,
)

__all__ = [
    "claim_values",
    "give_claims",
    "harden_claims",
    "insert_counted",
    "insert_on_free_unit",
    "insert_on_one_unit",
    "lock_keys",
    "release_expired",
    "release_expired_counted",
    "release_expired_on_units",
    "release_owner",
    "set_capacity",
]
