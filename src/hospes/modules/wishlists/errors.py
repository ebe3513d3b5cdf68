"""What wishlists refuses.

NotFound: WishlistNotFound, ListingNotSaved
Conflict: WishlistNameTaken, TooManyWishlists, WishlistFull
"""

from hospes.platform.errors import Conflict, NotFound


class WishlistNotFound(NotFound):
    """No such list, or somebody else's; or its link was taken back."""

    code = "wishlist_not_found"
    title = "There is no such list"


class ListingNotSaved(NotFound):
    """The listing is not on this list."""

    code = "listing_not_saved"
    title = "This place is not on the list"


class WishlistNameTaken(Conflict):
    """The person has a list of this name."""

    code = "wishlist_name_taken"
    title = "You have a list of this name"


class TooManyWishlists(Conflict):
    """The person has as many lists as anybody may have."""

    code = "too_many_wishlists"
    title = "You have as many lists as there can be"


class WishlistFull(Conflict):
    """The list takes no more."""

    code = "wishlist_full"
    title = "This list is full"
