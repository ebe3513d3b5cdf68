"""What an admin may do in somebody else's account: look at everything, and mend what is offered. Nothing else.

The list says what is allowed, so that whatever is added to the product later is not: no money, no credentials, no
bookings, no messages in somebody else's name.
"""

import re

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MAY = re.compile(
    r"/account/acting/stop|/api/v1/auth/acting/stop"
    r"|/account/switch-role|/api/v1/auth/switch-role|/logout|/api/v1/auth/logout|/currency"
    r"|/host/(listings|schedule|departures|rooms|feeds|calendar)(/.*)?"
    r"|/api/v1/(properties|resources|units|schedules)(/.*)?"
)
# Pages that show how to come in, or where money goes.
_MAY_NOT_SEE = re.compile(r"/confirm|/account/(security|password|email|phone|linked|payment-methods|keys)(/.*)?")


def may_while_acting(method: str, path: str) -> bool:
    """Whether a request may be made in somebody else's account."""
    if method in SAFE:
        return not _MAY_NOT_SEE.fullmatch(path)
    return bool(_MAY.fullmatch(path))
