"""Cities of one name in one country are told apart by the large city nearby."""

from dataclasses import dataclass

from hospes.modules.search.naming import places
from hospes.modules.search.naming.nearby import tell_apart


@dataclass
class Town:
    title: str
    latitude: float
    longitude: float
    people: int
    country: str = "BR"
    region: str = ""


def test_towns_of_one_name_are_told_apart_by_the_city_felt_most_there() -> None:
    towns = [
        Town("Santa Rita", -7.1, -35.0, 150_000), Town("João Pessoa", -7.1, -34.9, 800_000),
        Town("Recife", -8.05, -34.9, 1_500_000), Town("Santa Rita", -3.1, -44.3, 37_000),
        Town("São Luís", -2.5, -44.3, 1_000_000), Town("Santa Rita", 0.0, 0.0, 40_000),
        Town("Santa Rita", -7.15, -35.02, 16_000), Town("Santa Rita", -7.0, -35.0, 20_000, "PT"),
    ]  # fmt: skip
    tell_apart(towns)
    said = [town.region for town in towns if town.title == "Santa Rita"]
    assert said == ["near João Pessoa", "near São Luís", "", "near João Pessoa", ""]
    assert {town.region for town in towns if town.title != "Santa Rita"} == {""}


def test_a_city_far_larger_than_all_others_of_its_name_needs_no_explanation() -> None:
    towns = [Town("Newport", 51.6, -3.0, 160_000), Town("Newport", 50.7, -1.3, 25_000)]
    towns += [Town("Southampton", 50.9, -1.4, 250_000), Town("Bristol", 51.45, -2.6, 460_000)]
    tell_apart(towns)
    assert [town.region for town in towns] == ["", "near Southampton", "", ""]


def test_what_has_a_region_keeps_it() -> None:
    towns = [Town("Springfield", 39.8, -89.6, 110_000, "US", "Illinois"), Town("Chicago", 41.9, -87.6, 2_700_000, "US")]
    towns += [Town("Springfield", 37.2, -93.3, 160_000, "US", "Missouri")]
    tell_apart(towns)
    assert [town.region for town in towns] == ["Illinois", "", "Missouri"]


def test_rows_of_one_name_in_one_country_are_no_longer_equal() -> None:
    found = [place for place in places.find_places("San Justo", limit=6) if place.country == "AR"]
    assert [place.detail for place in found] == ["near Buenos Aires, Argentina", "near Santa Fe, Argentina"]
    for place in found:
        assert places.find_places(f"{place.name}, {place.detail}", limit=1) == [place]
    assert places.find_places("San Justo, Santa Fe", limit=1) == [found[1]]
