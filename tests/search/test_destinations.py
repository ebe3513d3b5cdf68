"""Cities with listings, each with a slug that stays."""

from hospes.modules.search.naming.destinations import destinations_of


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
