"""What each role means, in one table that every edge asks (`facade.require_deed`).

What a member of a business may do there is the catalogue's `permissions`.
Other words for roles: a vendor is a host; a client or a user is a guest. Everybody stays a guest.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from hospes.modules.identity.contracts import Role


class Deed(StrEnum):
    """What an account as a whole may do, wherever it is."""

    BOOK = "book and pay"
    SELL = "own or work for a business"
    SELL_TIME = "be found as a professional by their own name"
    USE_PARTNER_KEYS = "use the interface for partners"
    BE_SERVED_FIRST = "be served first by support"
    REVIEW_LISTINGS = "review businesses and places"
    REVIEW_IDENTITIES = "look at documents that people show"
    RESET_FACTORS = "remove lost second steps"
    LOOK_AFTER_PEOPLE = "look after other people's accounts"
    LOOK_AFTER_BOOKINGS = "look after other people's bookings"
    LOOK_AFTER_PAYMENTS = "look after payments, disputes and invoices"
    LOOK_AFTER_PAYOUTS = "look after payouts and reconciliation"
    READ_LEDGER = "read the ledger"
    READ_MAIL = "read the messages that leave"
    READ_AUDIT = "read the audit trail"
    PROMOTE = "give coupons and run campaigns"


_GUEST = frozenset({Deed.BOOK})
_HOST = _GUEST | {Deed.SELL}
_ADMIN = _GUEST | frozenset(
    {
        Deed.REVIEW_LISTINGS,
        Deed.REVIEW_IDENTITIES,
        Deed.RESET_FACTORS,
        Deed.LOOK_AFTER_PEOPLE,
        Deed.LOOK_AFTER_BOOKINGS,
        Deed.LOOK_AFTER_PAYMENTS,
        Deed.LOOK_AFTER_PAYOUTS,
        Deed.READ_LEDGER,
        Deed.READ_MAIL,
        Deed.READ_AUDIT,
        Deed.PROMOTE,
    }
)

MEANS: Mapping[Role, frozenset[Deed]] = {
    Role.GUEST: _GUEST,
    Role.HOST: _HOST,
    Role.PROFESSIONAL: _HOST | {Deed.SELL_TIME},
    Role.PARTNER: _GUEST | {Deed.USE_PARTNER_KEYS},
    Role.PREMIUM: _GUEST | {Deed.BE_SERVED_FIRST},
    Role.ADMIN: _ADMIN,
}
ALSO_CALLED: Mapping[str, Role] = {"vendor": Role.HOST, "client": Role.GUEST, "user": Role.GUEST}


def role_called(name: str) -> Role:
    """The role of this name or by-name, in any case; raises `ValueError` when there is none."""
    plain = name.strip().lower()
    return ALSO_CALLED.get(plain) or Role(plain)


def may(roles: Collection[str], deed: Deed) -> bool:
    """Whether somebody with these roles may do this."""
    return any(deed in MEANS[role] for role in MEANS if role in roles)
