"""The demo world: the same seed, the same world; and a world that keeps the product's own rules."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest
from rich.console import Console

from hospes.entrypoints import demo
from hospes.entrypoints.demo import pictures
from hospes.entrypoints.demo.places import cities
from hospes.entrypoints.demo.world import Builder, nice
from hospes.modules.catalog.contracts import AMENITY_BIT
from hospes.platform.settings import Settings
from tests.conftest import NOW


def a_builder(seed: int) -> Builder:
    return Builder(seed, date(2026, 6, 1), NOW, "hash", frozenset(AMENITY_BIT))


def test_a_seed_makes_one_world_and_another_seed_another() -> None:
    first, again, other = (dict(a_builder(seed).chunk(60).tables()) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_city_is_real_and_has_its_own_money() -> None:
    found = {city.name: city for city in cities()}
    assert len(found) > 60
    assert (found["Lisbon"].zone, found["Lisbon"].currency) == ("Europe/Lisbon", "EUR")
    assert (found["Tokyo"].zone, found["Tokyo"].currency) == ("Asia/Tokyo", "JPY")
    assert (found["Lagos"].country, found["Lagos"].currency) == ("NG", "NGN")


@pytest.mark.parametrize(
    ("euros", "currency", "amount"), [(103.4, "EUR", 10_300), (103.4, "JPY", 18_000), (240.0, "USD", 28_000)]
)
def test_prices_are_as_round_as_people_make_them(euros: float, currency: str, amount: int) -> None:
    assert nice(euros, currency) == amount


@pytest.mark.parametrize("kind", pictures.kinds())
def test_pictures_are_well_formed_and_differ(kind: str) -> None:
    drawn = {pictures.scene(kind, variant) for variant in range(pictures.VARIANTS)}
    assert len(drawn) > pictures.VARIANTS // 2
    assert all(ElementTree.fromstring(svg).tag.endswith("svg") for svg in drawn)


def test_a_seeded_database_keeps_every_rule(settings: Settings, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as out:
        demo.seed(settings, listings=120, seed=3, console=Console(file=out))
    with psycopg.connect(settings.database_url) as conn:

        def count(query: str) -> int:
            row = conn.execute(query.encode()).fetchone()
            assert row is not None
            return int(row[0])

        assert count("SELECT count(*) FROM catalog.resource") >= 120
        assert count("SELECT count(DISTINCT kind) FROM catalog.resource") >= 5
        assert (
            count(
                "SELECT count(*) FROM catalog.resource r LEFT JOIN catalog.unit u ON u.resource_id = r.id WHERE u.id IS NULL"
            )
            == 0
        )
        assert (
            count(
                "SELECT count(*) FROM catalog.resource r LEFT JOIN pricing.rate t ON t.resource_id = r.id WHERE t.resource_id IS NULL"
            )
            == 0
        )
        assert (
            count(
                "SELECT count(*) FROM catalog.property p LEFT JOIN catalog.media m ON m.property_id = p.id WHERE m.id IS NULL"
            )
            == 0
        )
        assert count("SELECT count(*) FROM catalog.property WHERE status = 'submitted'") >= 1
        assert count("SELECT count(*) FROM booking.booking") >= 3
        uncounted = """
            SELECT count(*) FROM inventory.night_count n WHERE n.claimed <> (
              SELECT coalesce(sum(c.quantity), 0) FROM inventory.claim c WHERE c.resource_id = n.resource_id
              AND c.unit_id IS NULL AND c.released_at IS NULL AND n.night BETWEEN c.first_night AND c.last_night)"""
        assert count("SELECT count(*) FROM inventory.night_count") > 100
        assert count(uncounted) == 0
    assert (settings.data_dir / "demo.json").stat().st_mode & 0o077 == 0
