"""What a member wants to change, locked; who is no member learns nothing, and who may not hears that."""

from uuid import UUID

from hospes.modules.catalog import queries, store
from hospes.modules.catalog.contracts import Business, BusinessStatus, Media, MemberRole, Property, Resource
from hospes.modules.catalog.errors import (
    BusinessNotFound,
    MediaNotFound,
    PropertyNotFound,
    ResourceNotFound,
    not_your_part,
)
from hospes.modules.catalog.policies.permissions import Permission, allows, roles_with
from hospes.platform.db import ReadTx, WriteTx

_LISTINGS = roles_with(Permission.LISTINGS)


async def my_business(
    tx: WriteTx, user_id: UUID, business_id: UUID, permission: Permission = Permission.LISTINGS
) -> Business:
    """The business, locked. Raises `BusinessNotFound` for strangers, `NotYourPart` for members who may not."""
    found = await store.lock_my_business(tx, user_id, business_id, roles_with(permission))
    if found is None:
        if await queries.find_my_business(tx, user_id, business_id):
            raise not_your_part(permission)
        raise BusinessNotFound()
    return found


async def my_property(tx: WriteTx, user_id: UUID, property_id: UUID) -> Property:
    """The place, locked. Raises `PropertyNotFound` for strangers, `NotYourPart` for members who may not."""
    found = await store.lock_my_property(tx, user_id, property_id, _LISTINGS)
    if found is None:
        if await queries.find_my_property(tx, user_id, property_id):
            raise not_your_part(Permission.LISTINGS)
        raise PropertyNotFound()
    return found


async def my_resource(tx: WriteTx, user_id: UUID, resource_id: UUID) -> Resource:
    """The resource, locked. Raises `ResourceNotFound` for strangers, `NotYourPart` for members who may not."""
    found = await store.lock_my_resource(tx, user_id, resource_id, _LISTINGS)
    if found is None:
        if await queries.find_my_resource(tx, user_id, resource_id):
            raise not_your_part(Permission.LISTINGS)
        raise ResourceNotFound()
    return found


async def my_media(tx: WriteTx, user_id: UUID, media_id: UUID) -> Media:
    """The picture, locked. Raises `MediaNotFound` for strangers, `NotYourPart` for members who may not."""
    found = await store.lock_my_media(tx, user_id, media_id, _LISTINGS)
    if found is None:
        if await queries.is_my_media(tx, user_id, media_id):
            raise not_your_part(Permission.LISTINGS)
        raise MediaNotFound()
    return found


async def refuse_without(tx: ReadTx, user_id: UUID, business_id: UUID, permission: Permission) -> None:
    """Before a form is shown to a member: raises `NotYourPart` when it is not theirs to fill in."""
    role = await queries.find_member_role(tx, business_id, user_id)
    if role is None or not allows(role, permission):
        raise not_your_part(permission)


async def my_team(
    tx: WriteTx, user_id: UUID, business_id: UUID, permission: Permission | None = Permission.MEMBERS
) -> tuple[Business, MemberRole]:
    """The business, locked so that its members stay who they are until the commit, and the part of this member, read
    after that. Raises `BusinessNotFound` for strangers, `NotYourPart` for members who may not."""
    found = await store.lock_business(tx, business_id)
    role = await queries.find_member_role(tx, business_id, user_id)
    if found is None or found.status is BusinessStatus.DELETED or role is None:
        raise BusinessNotFound()
    if permission is not None and not allows(role, permission):
        raise not_your_part(permission)
    return found, role
