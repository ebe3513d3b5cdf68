"""Which status follows from which action, for properties and businesses."""

from enum import StrEnum

from hospes.modules.catalog.contracts import BusinessStatus, PropertyStatus
from hospes.modules.catalog.errors import WrongStatus


class PropertyAction(StrEnum):
    """`submit` is the host's; the others are an admin's."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    SUSPEND = "suspend"


class BusinessAction(StrEnum):
    """`activate`, `ask` (for more) and `suspend` are an admin's; the others are the owner's."""

    ASK = "ask"
    ANSWER = "answer"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    CLOSE = "close"


_P, _B = PropertyStatus, BusinessStatus

PROPERTY_TRANSITIONS: dict[tuple[PropertyStatus, PropertyAction], PropertyStatus] = {
    (_P.DRAFT, PropertyAction.SUBMIT): _P.SUBMITTED,
    (_P.REJECTED, PropertyAction.SUBMIT): _P.SUBMITTED,
    (_P.SUBMITTED, PropertyAction.APPROVE): _P.APPROVED,
    (_P.SUSPENDED, PropertyAction.APPROVE): _P.APPROVED,
    (_P.SUBMITTED, PropertyAction.REJECT): _P.REJECTED,
    (_P.APPROVED, PropertyAction.SUSPEND): _P.SUSPENDED,
}
BUSINESS_TRANSITIONS: dict[tuple[BusinessStatus, BusinessAction], BusinessStatus] = {
    (_B.PENDING, BusinessAction.ASK): _B.PENDING,
    (_B.PENDING, BusinessAction.ANSWER): _B.PENDING,
    (_B.PENDING, BusinessAction.ACTIVATE): _B.ACTIVE,
    (_B.SUSPENDED, BusinessAction.ACTIVATE): _B.ACTIVE,
    (_B.PENDING, BusinessAction.SUSPEND): _B.SUSPENDED,
    (_B.ACTIVE, BusinessAction.SUSPEND): _B.SUSPENDED,
    (_B.INACTIVE, BusinessAction.SUSPEND): _B.SUSPENDED,
    (_B.ACTIVE, BusinessAction.DEACTIVATE): _B.INACTIVE,
    (_B.INACTIVE, BusinessAction.REACTIVATE): _B.ACTIVE,
    (_B.PENDING, BusinessAction.CLOSE): _B.DELETED,
    (_B.ACTIVE, BusinessAction.CLOSE): _B.DELETED,
    (_B.INACTIVE, BusinessAction.CLOSE): _B.DELETED,
}
OWNER_ACTIONS = frozenset(
    {BusinessAction.ANSWER, BusinessAction.DEACTIVATE, BusinessAction.REACTIVATE, BusinessAction.CLOSE}
)


class Allowed(StrEnum):
    """What a business in some state still does; each is asked for where it is named."""

    PREPARE = "its members work on listings"  # queries.MY_BUSINESS, MY_PROPERTY
    SELL = "its approved listings are on sale"  # queries.LIVE
    SERVE = "its bookings go on"  # members keep their rights, facade.ensure_manages


BUSINESS_ALLOWS: dict[BusinessStatus, frozenset[Allowed]] = {
    _B.PENDING: frozenset({Allowed.PREPARE, Allowed.SERVE}),
    _B.ACTIVE: frozenset(Allowed),
    _B.INACTIVE: frozenset({Allowed.PREPARE, Allowed.SERVE}),
    _B.SUSPENDED: frozenset({Allowed.PREPARE, Allowed.SERVE}),
    _B.DELETED: frozenset(),
}


def property_after(status: PropertyStatus, action: PropertyAction) -> PropertyStatus:
    """The status that follows; raises `WrongStatus` when the action is not allowed now."""
    after = PROPERTY_TRANSITIONS.get((status, action))
    if after is None:
        raise WrongStatus(f"A {status} property cannot be changed by “{action}”.")
    return after


def business_after(status: BusinessStatus, action: BusinessAction) -> BusinessStatus:
    """The status that follows; raises `WrongStatus` when the action is not allowed now."""
    after = BUSINESS_TRANSITIONS.get((status, action))
    if after is None:
        raise WrongStatus(f"A business that is {status} cannot be changed by “{action}”.")
    return after


def property_actions(status: PropertyStatus) -> frozenset[PropertyAction]:
    """What may be done with a property in this status."""
    return frozenset(action for (before, action) in PROPERTY_TRANSITIONS if before is status)


def business_actions(status: BusinessStatus) -> frozenset[BusinessAction]:
    """What may be done with a business in this status."""
    return frozenset(action for (before, action) in BUSINESS_TRANSITIONS if before is status)
