"""What has happened in the catalogue. Every fact carries `resource_ids`: the listings it touches."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

BUSINESS_CREATED = "business.created"
BUSINESS_CHANGED = "business.changed"
BUSINESS_ACTIVATED = "business.activated"
BUSINESS_ASKED = "business.asked"  # an admin wants to know more
BUSINESS_ANSWERED = "business.answered"
BUSINESS_SUSPENDED = "business.suspended"
BUSINESS_DEACTIVATED = "business.deactivated"
BUSINESS_CLOSED = "business.closed"
BUSINESS_HANDED_OVER = "business.handed_over"  # former_id, owner_id

MEMBER_INVITED = "member.invited"  # invitation_id, good_until, sealed: JSON of address and link (see `INVITATION_SEAL`)
MEMBER_JOINED = "member.joined"  # user_id, role, invitation_id
MEMBER_CHANGED = "member.changed"  # user_id, role
MEMBER_REMOVED = "member.removed"  # user_id, role, by
MEMBER_LEFT = "member.left"  # user_id, role
INVITATION_CLOSED = "invitation.closed"  # invitation_id, how: "accepted" | "declined" | "revoked"; invited_by
INVITATION_FORGOTTEN = "invitation.forgotten"  # invitation_id: whom it was for is known no more
INVITATION_SEAL = "catalog.invitation"

PROPERTY_CREATED = "property.created"
PROPERTY_CHANGED = "property.changed"
PROPERTY_SUBMITTED = "property.submitted"
PROPERTY_APPROVED = "property.approved"
PROPERTY_REJECTED = "property.rejected"
PROPERTY_SUSPENDED = "property.suspended"

RESOURCE_CREATED = "resource.created"
RESOURCE_CHANGED = "resource.changed"
RESOURCE_UNITS_CHANGED = "resource.units_changed"


def business_data(business_id: UUID, resource_ids: Iterable[UUID] = ()) -> dict[str, Any]:
    """The data of every `business.*` fact."""
    return {"business_id": str(business_id), "resource_ids": [str(each) for each in resource_ids]}


def property_data(property_id: UUID, business_id: UUID, resource_ids: Iterable[UUID] = ()) -> dict[str, Any]:
    """The data of every `property.*` fact."""
    return {
        "property_id": str(property_id),
        "business_id": str(business_id),
        "resource_ids": [str(each) for each in resource_ids],
    }


def resource_data(resource_id: UUID, property_id: UUID) -> dict[str, Any]:
    """The data of `resource.created` and `resource.changed`."""
    return {"resource_id": str(resource_id), "property_id": str(property_id), "resource_ids": [str(resource_id)]}


def units_data(resource_id: UUID, capacity: int) -> dict[str, Any]:
    """The data of `resource.units_changed`: how many units are active now."""
    return {"resource_id": str(resource_id), "capacity": capacity, "resource_ids": [str(resource_id)]}


def member_data(business_id: UUID, **more: object) -> dict[str, Any]:
    """The data of every `member.*` and `invitation.*` fact; ids as text."""
    return {**business_data(business_id), **{name: str(each) for name, each in more.items()}}
