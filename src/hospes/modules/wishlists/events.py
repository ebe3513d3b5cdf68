"""Facts about lists. The aggregate is the list."""

SAVED = "wishlist.saved"  # user_id, resource_id
REMOVED = "wishlist.removed"  # user_id, resource_id
DELETED = "wishlist.deleted"  # user_id, items
