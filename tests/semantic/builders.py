"""Places that say something, and the model where it is installed."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from hospes.modules.semantic import facade
from hospes.platform.db import WriteTx
from tests.builders.catalog import a_business, a_property, a_resource
from tests.builders.pricing import a_rate

needs_the_model = pytest.mark.skipif(not facade.installed(), reason="the extra hospes[semantic] is not installed")
QUESTIONS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "questions.yml").read_text())
LISBON = {"city": "Lisbon", "country": "PT", "latitude": 38.7169, "longitude": -9.1399, "zone": "Europe/Lisbon"}


async def a_saying(tx: WriteTx, name: str, text: str, *, business_id: UUID | None = None, **where: Any) -> UUID:
    """A place on sale that says this; its id."""
    place = await a_property(tx, business_id=business_id, name=name, description=text, **where)
    resource = await a_resource(tx, property_id=place.id)
    await a_rate(tx, resource.resource_id)
    return place.id


async def all_places(tx: WriteTx) -> dict[str, UUID]:
    """Those of questions.yml in Paris, by their short names."""
    business = await a_business(tx)
    return {
        short: await a_saying(tx, name, text, business_id=business.id)
        for short, (name, text) in QUESTIONS["places"].items()
    }
