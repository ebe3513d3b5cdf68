"""Why inventory refuses."""

from hospes.platform.errors import Conflict, Gone, NotFound


class NotAvailable(Conflict):
    code = "not_available"
    title = "These dates have just been taken"


class HoldExpired(Gone):
    code = "hold_expired"
    title = "The time to book has run out"


class BlockNotFound(NotFound):
    code = "block_not_found"
    title = "There is no such block"
