"""Cities with listings, each with a slug that stays."""

from hospes.modules.search.naming.destinations import destinations_from, destinations_of


def a_row(city: str, country: str, latitude: float, longitude: float, listings: int = 1) -> dict[str, object]:
    return {"city": city, "country": country, "latitude": latitude, "longitude": longitude, "listings": listings}


def test_names_of_one_city_in_two_languages_are_one_destination() -> None:
    rows = [
        a_row("Lisboa", "PT", 38.72, -9.14, 2),
        a_row("LISBON ", "PT", 38.7, -9.1, 3),
        a_row("Porto", "PT", 41.15, -8.61),
    ]
    found = destinations_of(rows)
    assert [(slug, place.name, listings) for slug, place, listings in found.all()] == [
        ("lisbon-pt", "Lisbon", 5),
        ("porto-pt", "Porto", 1),
    ]


def test_a_name_far_from_the_city_of_that_name_is_a_town_of_its_own() -> None:
    [(slug, place, _)] = destinations_of([a_row("Lisbon", "PT", 37.0, -8.0)]).all()
    assert (slug, place.latitude, place.longitude) == ("lisbon-pt", 37.0, -8.0)


def test_a_town_that_nobody_knows_has_its_slug_from_its_name_in_any_script() -> None:
    found = destinations_of([a_row("Vila Que Não Há", "PT", 39.9, -8.0), a_row("無い町", "JP", 35.0, 135.0)])
    assert {slug for slug, _, _ in found.all()} == {"vila-que-nao-ha-pt", "無い町-jp"}
    assert found.get("nowhere-xx") is None
    assert destinations_of([a_row("!!!", "PT", 39.9, -8.0)]).all() == []


def test_what_is_near_comes_first_without_itself_across_the_date_line_too() -> None:
    found = destinations_of([
        a_row("Lisbon", "PT", 38.72, -9.14, 5), a_row("Porto", "PT", 41.15, -8.61),
        a_row("Faro", "PT", 37.02, -7.93, 2),
        a_row("Taveuni End", "FJ", -16.8, 179.9), a_row("Qamea Village", "FJ", -16.8, -179.8),
    ])  # fmt: skip
    lisbon, taveuni = found.get("lisbon-pt"), found.get("taveuni-end-fj")
    assert lisbon is not None
    assert taveuni is not None
    assert [slug for slug, _, _ in found.near(lisbon, most=2)] == ["faro-pt", "porto-pt"]
    assert [slug for slug, _, _ in found.near(taveuni, most=1)] == ["qamea-village-fj"]
    assert [(place.name, listings) for _, place, listings in found.near(taveuni, most=9)][-2:] == [
        ("Faro", 2), ("Porto", 1),
    ]  # fmt: skip
    assert found.addresses() == [slug for slug, _, _ in found.all()]


def test_destinations_are_the_same_told_in_arrays() -> None:
    found = destinations_of([a_row("Lisboa", "PT", 38.72, -9.14, 2), a_row("無い町", "JP", 35.0, 135.0)])
    again = destinations_from(found.arrays())
    assert again.all() == found.all()
    assert again.by_city == found.by_city
    assert destinations_from(destinations_of([]).arrays()).all() == []
