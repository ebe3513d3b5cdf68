"""What the members of a business may do there. One table: edges, use cases and the walk over every route read it."""

from collections.abc import Mapping
from enum import StrEnum

from hospes.modules.catalog.contracts import MemberRole


class Permission(StrEnum):
    """One kind of work; its words finish "Your part in this business does not include …"."""

    BOOKINGS = "bookings"
    CALENDAR = "the calendar"
    LISTINGS = "listings and prices"
    PROMOTIONS = "coupons"
    EARNINGS = "seeing what was earned"
    MEMBERS = "choosing who works here"
    MONEY = "payouts, refunds and terms of payment"
    BUSINESS = "closing or handing over the business"


_STAFF = frozenset({Permission.BOOKINGS, Permission.CALENDAR})
_MANAGER = _STAFF | {Permission.LISTINGS, Permission.PROMOTIONS, Permission.EARNINGS, Permission.MEMBERS}

OF_MEMBER: Mapping[MemberRole, frozenset[Permission]] = {
    MemberRole.OWNER: frozenset(Permission),
    MemberRole.MANAGER: frozenset(_MANAGER),
    MemberRole.STAFF: _STAFF,
}


def allows(role: MemberRole, permission: Permission) -> bool:
    """Whether a member with this role may do this."""
    return permission in OF_MEMBER[role]


def roles_with(permission: Permission) -> tuple[str, ...]:
    """The roles that may do this, for queries that look only among what the caller may touch."""
    return tuple(str(role) for role in MemberRole if allows(role, permission))


def words_of(role: MemberRole) -> list[str]:
    """What a part includes, in words, in the order of the table."""
    return [str(each) for each in Permission if allows(role, each)]


def may_choose(role: MemberRole, other: MemberRole) -> bool:
    """Whether a member may bring in, change or send away somebody with this role: nobody of their own rank."""
    below = tuple(MemberRole)[tuple(MemberRole).index(role) + 1 :]
    return allows(role, Permission.MEMBERS) and other in below
