"""Why pricing refuses."""

from hospes.platform.errors import Conflict, Invalid, NotFound


class RateNotFound(NotFound):
    code = "rate_not_found"
    title = "This has no price yet"


class NoPrice(Conflict):
    code = "not_priced"
    title = "The host has not set a price yet"


class RateInvalid(Invalid):
    code = "rate_invalid"
    title = "Some of this price cannot be right"
