"""The catalogue's pure rules: states, drafts, readiness, the vocabulary."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hospes.modules.catalog import states
from hospes.modules.catalog.contracts import (
    AMENITIES,
    AMENITY_BIT,
    KIND_BY_CODE,
    KINDS,
    BusinessStatus,
    Kind,
    Mode,
    PropertyDraft,
    PropertyStatus,
    ResourceDraft,
    thumb_key,
)
from hospes.modules.catalog.errors import DraftInvalid, VersionChanged, WrongStatus
from hospes.modules.catalog.policies.drafts import (
    faults_of_business,
    faults_of_property,
    faults_of_resource,
    faults_of_unit_names,
    known_amenities,
    text_fault,
)
from hospes.modules.catalog.providers import places
from hospes.modules.catalog.states import BusinessAction, PropertyAction
from hospes.modules.catalog.use_cases.create_property import checked_property
from hospes.platform.versions import expected_version

HOUSE = PropertyDraft(name="Maison Lune", city="Paris", country="FR", latitude=48.8738, longitude=2.3601)
ROOM = ResourceDraft(kind=Kind.HOME, mode=Mode.NIGHTLY, name="The whole house")


def test_a_property_sells_only_after_an_admin_has_approved_it() -> None:
    ways = {before for (before, _), after in states.PROPERTY_TRANSITIONS.items() if after is PropertyStatus.APPROVED}
    assert ways == {PropertyStatus.SUBMITTED, PropertyStatus.SUSPENDED}
    assert states.property_after(PropertyStatus.DRAFT, PropertyAction.SUBMIT) is PropertyStatus.SUBMITTED
    assert states.property_after(PropertyStatus.SUBMITTED, PropertyAction.APPROVE) is PropertyStatus.APPROVED


@pytest.mark.parametrize("status", PropertyStatus)
@pytest.mark.parametrize("action", PropertyAction)
def test_what_a_property_may_not_do_is_refused(status: PropertyStatus, action: PropertyAction) -> None:
    if action in states.property_actions(status):
        assert states.property_after(status, action) is not status
    else:
        with pytest.raises(WrongStatus):
            states.property_after(status, action)


def test_an_owner_cannot_lift_a_suspension_or_verify_themselves() -> None:
    for status in (BusinessStatus.SUSPENDED, BusinessStatus.PENDING):
        own = states.business_actions(status) & states.OWNER_ACTIONS
        assert BusinessStatus.ACTIVE not in {states.business_after(status, action) for action in own}
    with pytest.raises(WrongStatus):
        states.business_after(BusinessStatus.DELETED, BusinessAction.ACTIVATE)


def test_a_sound_draft_has_no_fault() -> None:
    assert faults_of_property(HOUSE) == {}
    assert faults_of_resource(ROOM) == {}
    assert faults_of_business("Sea & Sons", "") == {}


def test_every_fault_of_a_draft_is_named_at_once() -> None:
    bad = replace(HOUSE, name="", description="x" * 5001, latitude=float("nan"), longitude=181, amenities=("wi-fi",))
    assert faults_of_property(bad) == {
        "name": "Please fill this in.",
        "description": "At most 5000 characters.",
        "latitude": "A latitude lies between -90 and 90.",
        "longitude": "A longitude lies between -180 and 180.",
        "amenities": "There is no amenity called 'wi-fi'.",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_guests", 0),
        ("max_guests", 501),
        ("bedrooms", -1),
        ("beds", 501),
        ("bathrooms", 101),
        ("min_nights", 0),
        ("max_nights", 366),
        ("notice_hours", -1),
        ("horizon_days", 501),
        ("name", "\x00"),
        ("description", "\ud800"),
    ],
)
def test_a_resource_keeps_to_its_limits(field: str, value: object) -> None:
    assert faults_of_resource(replace(ROOM, **{field: value})).keys() == {field}  # type: ignore[arg-type]


def test_a_longest_stay_shorter_than_the_shortest_is_a_fault() -> None:
    faults = faults_of_resource(replace(ROOM, min_nights=8, max_nights=7))
    assert faults == {"max_nights": "The longest stay cannot be shorter than the shortest."}
    assert faults_of_resource(replace(ROOM, min_nights=7, max_nights=7)) == {}


def test_a_kind_is_sold_only_in_its_modes() -> None:
    assert faults_of_resource(replace(ROOM, mode=Mode.TIMED)) == {"mode": "A home is sold as nightly."}
    tour = ResourceDraft(kind=Kind.TOUR, mode=Mode.DEPARTURE, name="Old town on foot")
    assert faults_of_resource(tour).keys() == {"pooled"}
    assert faults_of_resource(replace(tour, pooled=True)) == {}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_usual_way_of_being_sold(kind: Kind) -> None:
    info = KIND_BY_CODE[kind]
    assert faults_of_resource(replace(ROOM, kind=kind, mode=info.modes[0], pooled=info.pooled)) == {}


def test_all_three_modes_are_in_use() -> None:
    assert {mode for info in KINDS for mode in info.modes} == set(Mode)


def test_unit_names_are_each_their_own() -> None:
    assert faults_of_unit_names(("101", "102")) == {}
    assert faults_of_unit_names(("101", "101")).keys() == {"name"}
    assert faults_of_unit_names(()).keys() == {"units"}
    assert faults_of_unit_names(tuple(str(number) for number in range(501))).keys() == {"units"}
    assert faults_of_unit_names(("x" * 61,)).keys() == {"name"}


@given(st.text(max_size=40))
def test_a_text_without_faults_can_be_stored(text: str) -> None:
    if text_fault(text, 0, 40) is None:
        assert "\x00" not in text
        assert text.encode().decode() == text


def test_an_amenity_keeps_its_bit() -> None:
    assert [AMENITY_BIT[code] for code in ("wifi", "kitchen", "pool", "breakfast", "bicycles")] == [0, 1, 10, 20, 49]
    assert len(AMENITY_BIT) == len(AMENITIES) <= 63
    assert known_amenities(("pool", "wifi", "pool", "unheard")) == ("wifi", "pool")


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [(48.8738, 2.3601, "Europe/Paris"), (35.68, 139.69, "Asia/Tokyo"), (-33.87, 151.21, "Australia/Sydney")],
)
def test_the_zone_follows_from_the_coordinates(latitude: float, longitude: float, zone: str) -> None:
    assert checked_property(replace(HOUSE, latitude=latitude, longitude=longitude)).zone == zone


def test_a_zone_or_country_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DraftInvalid) as refusal:
        checked_property(replace(HOUSE, zone="Europe/Atlantis", country="XX"))
    assert refusal.value.fields.keys() == {"zone", "country"}
    with pytest.raises(DraftInvalid) as refusal:
        checked_property(replace(HOUSE, zone="../../etc/passwd"))
    assert refusal.value.fields == {"zone": "Give an IANA time zone, such as Europe/Paris."}
    assert checked_property(replace(HOUSE, country=" fr ", zone="Asia/Tokyo")).country == "FR"


def test_a_city_is_found_by_any_of_its_names() -> None:
    at = places.city_centre("münchen", "de")
    assert at == places.city_centre("Munich", "DE")
    assert at == pytest.approx((48.137, 11.575), abs=0.01)
    assert places.city_centre("Nowhere at all", "DE") is None


def test_the_small_picture_lies_beside_the_large_one() -> None:
    assert thumb_key("ab/0123.webp") == "ab/0123-640.webp"


@pytest.mark.parametrize(("header", "version"), [(None, None), ("*", None), ('"3"', 3), (' "12" ', 12)])
def test_an_if_match_names_a_version(header: str | None, version: int | None) -> None:
    assert expected_version(header) == version


@pytest.mark.parametrize("header", ["3", 'W/"3"', '"abc"', "", '"1", "2"', '"99999999999999"'])
def test_an_if_match_that_can_never_match_is_refused(header: str) -> None:
    with pytest.raises(VersionChanged):
        expected_version(header)
