"""Vendors' sample payloads, which lie beside a checkout and are not part of it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[3] / "shared" / "data"


def a_sample(name: str) -> Any:
    """The decoded file; the test is skipped where there is none."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"the shared samples are not here: {path}")
    return yaml.safe_load(path.read_text()) if path.suffix == ".yaml" else json.loads(path.read_text())
