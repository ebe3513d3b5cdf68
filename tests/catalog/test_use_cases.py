"""The catalogue's use cases on a real database."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from hospes.modules.catalog import facade, queries, store
from hospes.modules.catalog.contracts import BusinessStatus, BusinessType, Kind, Mode, PropertyStatus
from hospes.modules.catalog.errors import (
    BusinessExists,
    BusinessNotFound,
    DraftInvalid,
    MediaNotFound,
    NotReady,
    NotYourPart,
    PictureRefused,
    PropertyNotFound,
    ResourceNotFound,
    UnitNameTaken,
    UnitNotFound,
    VersionChanged,
    WrongStatus,
    ZoneInUse,
)
from hospes.modules.catalog.states import BusinessAction, PropertyAction
from hospes.modules.catalog.use_cases.add_media import MAX_PICTURES, StoredPicture, add_media
from hospes.modules.catalog.use_cases.add_units import add_units
from hospes.modules.catalog.use_cases.create_business import create_business
from hospes.modules.catalog.use_cases.create_property import create_property
from hospes.modules.catalog.use_cases.create_resource import create_resource
from hospes.modules.catalog.use_cases.delete_media import delete_media
from hospes.modules.catalog.use_cases.describe_media import describe_media
from hospes.modules.catalog.use_cases.edit_business import edit_business
from hospes.modules.catalog.use_cases.edit_property import edit_property
from hospes.modules.catalog.use_cases.edit_resource import edit_resource
from hospes.modules.catalog.use_cases.edit_unit import edit_unit
from hospes.modules.catalog.use_cases.move_business import move_business
from hospes.modules.catalog.use_cases.order_media import order_media
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.modules.catalog.use_cases.submit_property import submit_property
from hospes.modules.identity import facade as identity
from hospes.modules.inventory import facade as inventory
from hospes.modules.inventory.contracts import ClaimAsk
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import Forbidden
from tests.builders.catalog import a_business, a_picture, a_property, a_resource, an_owner
from tests.builders.identity import a_user
from tests.catalog.test_rules import HOUSE, ROOM


async def facts(tx: WriteTx, aggregate_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of what was published about an aggregate, in order."""
    sql = "SELECT o.type, o.data FROM platform.outbox AS o WHERE o.aggregate_id = %s ORDER BY o.id"
    return [(row["type"], row["data"]) for row in await tx.all(sql, (aggregate_id,))]


async def test_a_business_begins_pending_and_makes_its_owner_a_host(tx: WriteTx, now: datetime) -> None:
    owner = await a_user(tx)
    business = await create_business(tx, owner_id=owner.id, name="Sea & Sons", type=BusinessType.HOME, now=now)
    assert business.status is BusinessStatus.PENDING
    assert (await identity.get_user(tx, owner.id)).roles == {"guest", "host"}
    assert await facade.business_of(tx, owner.id) == business
    assert await facts(tx, business.id) == [("business.created", {"business_id": str(business.id), "resource_ids": []})]


async def test_a_second_business_is_refused_until_the_first_is_closed(tx: WriteTx, now: datetime) -> None:
    owner = await a_user(tx)
    first = await create_business(tx, owner_id=owner.id, name="One", type=BusinessType.HOME, now=now)
    with pytest.raises(BusinessExists):
        await create_business(tx, owner_id=owner.id, name="Two", type=BusinessType.HOME, now=now)
    await move_business(tx, business_id=first.id, action=BusinessAction.CLOSE, member_id=owner.id, now=now)
    assert await facade.business_of(tx, owner.id) is None
    second = await create_business(tx, owner_id=owner.id, name="Two", type=BusinessType.HOME, now=now)
    assert (await facade.business_of(tx, owner.id)) == second


async def test_suspending_a_business_takes_its_listings_off_sale_and_says_which(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    assert sold.live
    with pytest.raises(DraftInvalid) as refusal:
        await move_business(tx, business_id=sold.business_id, action=BusinessAction.SUSPEND, member_id=None, now=now)
    assert refusal.value.fields == {"note": "Please fill this in."}
    await move_business(
        tx, business_id=sold.business_id, action=BusinessAction.SUSPEND, member_id=None, note="Fraud", now=now
    )
    assert not (await facade.get_sellable(tx, sold.resource_id)).live
    (fact,) = await facts(tx, sold.business_id)
    assert fact == (
        "business.suspended",
        {"business_id": str(sold.business_id), "resource_ids": [str(sold.resource_id)]},
    )


async def test_neither_an_owner_nor_an_admin_decides_what_is_the_others(tx: WriteTx, now: datetime) -> None:
    business = await a_business(tx, status="PENDING")
    with pytest.raises(Forbidden):
        await move_business(
            tx, business_id=business.id, action=BusinessAction.ACTIVATE, member_id=business.owner_id, now=now
        )
    with pytest.raises(Forbidden):
        await move_business(tx, business_id=business.id, action=BusinessAction.CLOSE, member_id=None, now=now)


@pytest.mark.parametrize(
    ("business", "place", "active", "live"),
    [
        ("ACTIVE", "approved", True, True),
        ("PENDING", "approved", True, False),
        ("SUSPENDED", "approved", True, False),
        ("ACTIVE", "submitted", True, False),
        ("ACTIVE", "suspended", True, False),
        ("ACTIVE", "approved", False, False),
    ],
)
async def test_only_the_approved_and_active_is_live(
    tx: WriteTx, business: str, place: str, active: bool, live: bool
) -> None:
    firm = await a_business(tx, status=business)
    house = await a_property(tx, business_id=firm.id, status=place)
    sold = await a_resource(tx, property_id=house.id, active=active)
    assert sold.live is live
    assert (await queries.find_live_property(tx, house.id) is not None) is (live or not active)


async def test_what_is_sold_carries_all_that_booking_needs(tx: WriteTx) -> None:
    house = await a_property(tx, house_rules="No shoes.", cancellation_policy="strict")
    sold = await a_resource(tx, property_id=house.id, kind="HOTEL_ROOM", pooled=True, units=3, max_guests=2)
    assert (sold.kind, sold.mode, sold.pooled, sold.capacity) == (Kind.HOTEL_ROOM, Mode.NIGHTLY, True, 3)
    assert (sold.zone, sold.house_rules, sold.cancellation_policy) == ("Europe/Paris", "No shoes.", "strict")
    units = await queries.list_units(tx, sold.resource_id)
    assert sold.unit_ids == tuple(unit.id for unit in units)
    with pytest.raises(ResourceNotFound):
        await facade.get_sellable(tx, house.id)


async def test_a_listing_shows_its_own_and_shared_pictures_and_its_siblings(tx: WriteTx) -> None:
    house = await a_property(tx, amenities=["wifi"])
    one = await a_resource(tx, property_id=house.id, amenities=["tv", "wifi"])
    two = await a_resource(tx, property_id=house.id, name="The studio")
    await a_resource(tx, property_id=house.id, name="Not for sale", active=False)
    shared = await a_picture(tx, house.id, position=1)
    own = await a_picture(tx, house.id, resource_id=one.resource_id, position=0)
    await a_picture(tx, house.id, resource_id=two.resource_id, position=2)
    listing = await facade.get_listing(tx, one.resource_id)
    assert listing.media == (own, shared)
    assert [each.id for each in listing.siblings] == [two.resource_id]
    assert [each.code for each in listing.amenities] == ["wifi", "tv"]
    assert listing.host_name == "Hugo"
    assert listing.sellable == one


async def test_only_members_manage_a_business(tx: WriteTx) -> None:
    business = await a_business(tx)
    stranger = await an_owner(tx)
    for permission in facade.Permission:
        await facade.ensure_manages(tx, caller_of(business.owner_id), business.id, permission)
        with pytest.raises(BusinessNotFound):
            await facade.ensure_manages(tx, caller_of(stranger), business.id, permission)


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("owner", ""),
        ("manager", "MONEY BUSINESS"),
        ("staff", "LISTINGS PROMOTIONS EARNINGS MEMBERS MONEY BUSINESS"),
    ],
)
async def test_what_a_member_may_do_is_what_their_part_includes(tx: WriteTx, role: str, refused: str) -> None:
    business = await a_business(tx)
    member = business.owner_id if role == "owner" else await an_owner(tx)
    await tx.run(
        "INSERT INTO catalog.business_member (business_id, user_id, role) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (business.id, member, role),
    )
    found = []
    for permission in facade.Permission:
        try:
            await facade.ensure_manages(tx, caller_of(member), business.id, permission)
        except NotYourPart:
            found.append(permission.name)
    assert sorted(found) == sorted(refused.split())


def caller_of(user_id: UUID) -> Caller:
    """This user, signed in."""
    return Caller(user_id, "x@example.com", "X", frozenset({"guest", "host"}), "token")


async def test_a_stranger_finds_nothing_to_change(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    photo = await a_picture(tx, sold.property_id)
    stranger = await an_owner(tx)
    picture = StoredPicture("ab/x.webp", 10, 10)
    both: dict[str, Any] = {"user_id": stranger, "now": now}
    change: dict[str, Any] = {**both, "changes": {"name": "Mine"}, "expected": None}
    with pytest.raises(BusinessNotFound):
        await edit_business(tx, business_id=sold.business_id, **change)
    with pytest.raises(BusinessNotFound):
        await create_property(tx, business_id=sold.business_id, draft=HOUSE, **both)
    with pytest.raises(PropertyNotFound):
        await edit_property(tx, property_id=sold.property_id, **change)
    with pytest.raises(PropertyNotFound):
        await submit_property(tx, property_id=sold.property_id, **both)
    with pytest.raises(PropertyNotFound):
        await create_resource(tx, property_id=sold.property_id, draft=ROOM, unit_names=("1",), **both)
    with pytest.raises(ResourceNotFound):
        await edit_resource(tx, resource_id=sold.resource_id, **change)
    with pytest.raises(ResourceNotFound):
        await add_units(tx, resource_id=sold.resource_id, names=("9",), **both)
    with pytest.raises(ResourceNotFound):
        await edit_unit(tx, resource_id=sold.resource_id, unit_id=sold.unit_ids[0], active=False, **both)
    with pytest.raises(PropertyNotFound):
        await add_media(tx, property_id=sold.property_id, resource_id=None, picture=picture, alt="", **both)
    with pytest.raises(PropertyNotFound):
        await order_media(tx, property_id=sold.property_id, media_ids=[photo.id], **both)
    with pytest.raises(MediaNotFound):
        await describe_media(tx, user_id=stranger, media_id=photo.id, alt="Mine")
    with pytest.raises(MediaNotFound):
        await delete_media(tx, media_id=photo.id, **both)
    assert await facts(tx, sold.property_id) == await facts(tx, sold.resource_id) == []


async def test_members_of_a_closed_business_find_nothing_to_change(tx: WriteTx, now: datetime) -> None:
    business = await a_business(tx, status="DELETED")
    house = await a_property(tx, business_id=business.id)
    with pytest.raises(PropertyNotFound):
        await edit_property(
            tx, user_id=business.owner_id, property_id=house.id, changes={"name": "X"}, expected=None, now=now
        )


async def test_moving_a_property_derives_its_zone_anew(tx: WriteTx, now: datetime) -> None:
    business = await a_business(tx)
    house = await create_property(
        tx,
        user_id=business.owner_id,
        business_id=business.id,
        draft=replace(HOUSE, amenities=("pool", "wifi")),
        now=now,
    )
    assert (house.status, house.zone, house.amenities) == (PropertyStatus.DRAFT, "Europe/Paris", ("wifi", "pool"))
    mine: dict[str, Any] = {"user_id": business.owner_id, "property_id": house.id, "expected": None, "now": now}
    moved = await edit_property(tx, changes={"latitude": 35.68, "longitude": 139.69, "country": "JP"}, **mine)
    assert (moved.zone, moved.country, moved.version) == ("Asia/Tokyo", "JP", 2)
    kept = await edit_property(tx, changes={"zone": "Asia/Seoul"}, **mine)
    assert kept.zone == "Asia/Seoul"
    assert (await edit_property(tx, changes={"name": "Other"}, **mine)).zone == "Asia/Seoul"
    assert [fact for fact, _ in await facts(tx, house.id)] == ["property.created", *["property.changed"] * 3]


async def test_the_clock_does_not_change_under_those_who_have_booked(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    mine: dict[str, Any] = {"user_id": sold.owner_id, "property_id": sold.property_id, "expected": None, "now": now}
    ask = ClaimAsk(sold.resource_id, sold.unit_ids, False, 1, sold.zone, date(2026, 7, 1), date(2026, 7, 4))
    block = await inventory.block(tx, ask, now=now)
    with pytest.raises(ZoneInUse, match="04 July 2026"):
        await edit_property(tx, inventory.taken_until, changes={"zone": "Asia/Tokyo"}, **mine)
    assert (await edit_property(tx, inventory.taken_until, changes={"name": "Other"}, **mine)).zone == "Europe/Paris"
    await inventory.unblock(tx, block.owner_id, now=now)
    assert (await edit_property(tx, inventory.taken_until, changes={"zone": "Asia/Tokyo"}, **mine)).zone == "Asia/Tokyo"


async def test_control_without_looking_the_zone_changes_under_them(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    ask = ClaimAsk(sold.resource_id, sold.unit_ids, False, 1, sold.zone, date(2026, 7, 1), date(2026, 7, 4))
    await inventory.block(tx, ask, now=now)
    changes = {"zone": "Asia/Tokyo"}
    moved = await edit_property(
        tx, user_id=sold.owner_id, property_id=sold.property_id, changes=changes, expected=None, now=now
    )
    assert moved.zone == "Asia/Tokyo"


async def test_an_edit_that_changes_nothing_keeps_the_version_and_says_nothing(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    mine: dict[str, Any] = {"user_id": sold.owner_id, "expected": 1, "now": now}
    house = await edit_property(tx, property_id=sold.property_id, changes={"city": "Paris"}, **mine)
    room = await edit_resource(tx, resource_id=sold.resource_id, changes={"max_guests": 4}, **mine)
    assert house.version == room.version == 1
    assert await facts(tx, sold.property_id) == await facts(tx, sold.resource_id) == []


async def test_an_outdated_version_is_refused(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    mine: dict[str, Any] = {"user_id": sold.owner_id, "changes": {"name": "Newer"}, "now": now}
    assert (await edit_resource(tx, resource_id=sold.resource_id, expected=1, **mine)).version == 2
    with pytest.raises(VersionChanged):
        await edit_resource(tx, resource_id=sold.resource_id, expected=1, **mine)
    with pytest.raises(VersionChanged):
        await edit_property(tx, property_id=sold.property_id, expected=2, **mine)
    with pytest.raises(VersionChanged):
        await edit_business(tx, business_id=sold.business_id, expected=7, **mine)


@pytest.mark.parametrize("fixed", [{"kind": Kind.DESK}, {"mode": Mode.TIMED}, {"pooled": True}])
async def test_what_sold_time_depends_on_cannot_change(tx: WriteTx, now: datetime, fixed: dict[str, Any]) -> None:
    sold = await a_resource(tx)
    with pytest.raises(DraftInvalid) as refusal:
        await edit_resource(
            tx, user_id=sold.owner_id, resource_id=sold.resource_id, changes=fixed, expected=None, now=now
        )
    assert refusal.value.fields.keys() == fixed.keys()


async def test_a_property_is_submitted_when_nothing_is_missing(tx: WriteTx, now: datetime) -> None:
    house = await a_property(tx, status="draft", description="Short.")
    firm = await queries.find_business(tx, house.business_id)
    assert firm is not None
    mine: dict[str, Any] = {"user_id": firm.owner_id, "property_id": house.id, "now": now}
    with pytest.raises(NotReady) as refusal:
        await submit_property(tx, **mine)
    assert refusal.value.fields.keys() == {"description", "resources", "media"}
    await edit_property(tx, changes={"description": "A quiet house behind the canal."}, expected=None, **mine)
    sold = await a_resource(tx, property_id=house.id, units=0)
    await a_picture(tx, house.id)
    with pytest.raises(NotReady) as refusal:
        await submit_property(tx, **mine)
    assert refusal.value.fields.keys() == {"units"}
    await add_units(tx, user_id=firm.owner_id, resource_id=sold.resource_id, names=("1",), now=now)
    assert (await submit_property(tx, **mine)).status is PropertyStatus.SUBMITTED
    with pytest.raises(WrongStatus):
        await submit_property(tx, **mine)
    assert (await facts(tx, house.id))[-1] == (
        "property.submitted",
        {
            "property_id": str(house.id),
            "business_id": str(house.business_id),
            "resource_ids": [str(sold.resource_id)],
        },
    )


async def test_a_review_moves_a_property_on_and_tells_which_listings(tx: WriteTx, now: datetime) -> None:
    house = await a_property(tx, status="submitted")
    sold = await a_resource(tx, property_id=house.id)
    with pytest.raises(DraftInvalid):
        await review_property(tx, property_id=house.id, action=PropertyAction.REJECT, now=now)
    rejected = await review_property(
        tx, property_id=house.id, action=PropertyAction.REJECT, note="More photos, please.", now=now
    )
    assert (rejected.status, rejected.review_note) == (PropertyStatus.REJECTED, "More photos, please.")
    with pytest.raises(WrongStatus):
        await review_property(tx, property_id=house.id, action=PropertyAction.APPROVE, now=now)
    await a_picture(tx, house.id)
    await submit_property(tx, user_id=sold.owner_id, property_id=house.id, now=now)
    approved = await review_property(tx, property_id=house.id, action=PropertyAction.APPROVE, now=now)
    assert (approved.status, approved.review_note) == (PropertyStatus.APPROVED, "")
    assert (await facade.get_sellable(tx, sold.resource_id)).live
    told = await facts(tx, house.id)
    assert [fact for fact, _ in told] == ["property.rejected", "property.submitted", "property.approved"]
    assert {tuple(data["resource_ids"]) for _, data in told} == {(str(sold.resource_id),)}


async def test_a_resource_begins_with_its_units_and_tells_its_capacity(tx: WriteTx, now: datetime) -> None:
    house = await a_property(tx)
    firm = await queries.find_business(tx, house.business_id)
    assert firm is not None
    room = replace(ROOM, kind=Kind.HOTEL_ROOM, pooled=True, name="Double room")
    resource = await create_resource(
        tx, user_id=firm.owner_id, property_id=house.id, draft=room, unit_names=("101", "102"), now=now
    )
    assert [unit.name for unit in await queries.list_units(tx, resource.id)] == ["101", "102"]
    told = dict(await facts(tx, resource.id))
    assert told.keys() == {"resource.created", "resource.units_changed"}
    assert told["resource.created"]["property_id"] == str(house.id)
    assert told["resource.units_changed"]["capacity"] == 2


async def test_units_are_added_renamed_and_taken_out_of_use(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx, units=2)
    mine: dict[str, Any] = {"user_id": sold.owner_id, "resource_id": sold.resource_id, "now": now}
    (third,) = await add_units(tx, names=("3",), **mine)
    assert third.position == 2
    renamed = await edit_unit(tx, unit_id=third.id, name="Attic", **mine)
    assert (renamed.name, renamed.active) == ("Attic", True)
    await edit_unit(tx, unit_id=sold.unit_ids[0], active=False, **mine)
    assert (await facade.get_sellable(tx, sold.resource_id)).unit_ids == (sold.unit_ids[1], third.id)
    capacities = [data["capacity"] for _, data in await facts(tx, sold.resource_id)]
    assert capacities == [3, 2]
    with pytest.raises(UnitNameTaken):
        await edit_unit(tx, unit_id=third.id, name="2", **mine)
    with pytest.raises(UnitNotFound):
        await edit_unit(tx, unit_id=sold.resource_id, name="4", **mine)
    with pytest.raises(UnitNameTaken):
        await add_units(tx, names=("4", "Attic"), **mine)


async def test_pictures_are_placed_last_ordered_and_removed(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    mine: dict[str, Any] = {"user_id": sold.owner_id, "now": now}
    at: dict[str, Any] = {**mine, "property_id": sold.property_id}
    ids = [
        (
            await add_media(
                tx, resource_id=None, picture=StoredPicture(f"ab/{n}.webp", 16, 9), alt=f"Picture {n}", **at
            )
        ).id
        for n in range(3)
    ]
    ordered = await order_media(tx, media_ids=[ids[2]], **at)
    assert [each.id for each in ordered] == [ids[2], ids[0], ids[1]]
    assert [each.position for each in ordered] == [0, 1, 2]
    assert (await queries.list_covers(tx, [sold.property_id]))[sold.property_id].id == ids[2]
    assert await delete_media(tx, media_id=ids[2], **mine) == ("ab/2.webp", "ab/2-640.webp")
    with pytest.raises(DraftInvalid):
        await order_media(tx, media_ids=[ids[2]], **at)
    with pytest.raises(DraftInvalid):
        await order_media(tx, media_ids=[ids[0], ids[0]], **at)


async def test_a_file_that_another_picture_uses_is_kept(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    photo = await a_picture(tx, sold.property_id, storage_key="ab/shared.webp")
    await a_picture(tx, (await a_property(tx)).id, storage_key="ab/shared.webp")
    assert await delete_media(tx, user_id=sold.owner_id, media_id=photo.id, now=now) == ()


async def test_a_picture_beyond_the_most_is_refused(tx: WriteTx, now: datetime) -> None:
    sold = await a_resource(tx)
    for _ in range(MAX_PICTURES):
        await a_picture(tx, sold.property_id)
    with pytest.raises(PictureRefused):
        await add_media(
            tx,
            user_id=sold.owner_id,
            property_id=sold.property_id,
            resource_id=None,
            picture=StoredPicture("ab/1.webp", 1, 1),
            alt="",
            now=now,
        )
    assert await store.count_media(tx, sold.property_id) == MAX_PICTURES


async def test_a_picture_of_another_places_resource_is_refused(tx: WriteTx, now: datetime) -> None:
    sold, other = await a_resource(tx), await a_resource(tx)
    with pytest.raises(ResourceNotFound):
        await add_media(
            tx,
            user_id=sold.owner_id,
            property_id=sold.property_id,
            resource_id=other.resource_id,
            picture=StoredPicture("ab/1.webp", 1, 1),
            alt="",
            now=now,
        )
