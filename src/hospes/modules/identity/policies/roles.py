"""What each role means, in one table. What a member of a business may do there is the catalogue's `permissions`.

Other words for roles: a vendor is a host; a client or a user is a guest. Everybody stays a guest.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from hospes.modules.identity.contracts import Role


class Deed(StrEnum):
    """What an account as a whole may do, wherever it is."""

    BOOK = "book and pay"
    SELL = "own or work for a business"
    SELL_TIME = "be found as a professional by their own name"
    USE_PARTNER_KEYS = "use the interface for partners"
    BE_SERVED_FIRST = "be served first by support"
    ADMINISTER = "administer the installation"


_GUEST = frozenset({Deed.BOOK})
_HOST = _GUEST | {Deed.SELL}

MEANS: Mapping[Role, frozenset[Deed]] = {
    Role.GUEST: _GUEST,
    Role.HOST: _HOST,
    Role.PROFESSIONAL: _HOST | {Deed.SELL_TIME},
    Role.PARTNER: _GUEST | {Deed.USE_PARTNER_KEYS},
    Role.PREMIUM: _GUEST | {Deed.BE_SERVED_FIRST},
    Role.ADMIN: _GUEST | {Deed.ADMINISTER},
}
ALSO_CALLED: Mapping[str, Role] = {"vendor": Role.HOST, "client": Role.GUEST, "user": Role.GUEST}


def role_called(name: str) -> Role:
    """The role of this name or by-name, in any case; raises `ValueError` when there is none."""
    plain = name.strip().lower()
    return ALSO_CALLED.get(plain) or Role(plain)


def may(roles: Iterable[str], deed: Deed) -> bool:
    """Whether somebody with these roles may do this."""
    return any(deed in MEANS[role] for role in Role if role in set(roles))
