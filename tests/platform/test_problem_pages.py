"""Every code a client can meet is explained, and nothing else is."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import hospes.modules
import hospes.platform
from hospes.entrypoints.health import every_refusal
from hospes.platform.errors import HospesError

PAGES = Path(__file__).parents[2] / "docs" / "problems"


@pytest.fixture(scope="module")
def refusals() -> dict[str, type[HospesError]]:
    for package in (hospes.platform, hospes.modules):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(found.name)
    return {kind.code: kind for kind in every_refusal() if kind.__module__.startswith("hospes.")}


def test_every_code_has_a_page_and_every_page_a_code(refusals: dict[str, type[HospesError]]) -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(refusals)


def test_a_page_says_its_code_its_status_and_what_to_do(refusals: dict[str, type[HospesError]]) -> None:
    for code, kind in refusals.items():
        text = (PAGES / f"{code}.md").read_text()
        assert text.startswith(f"# `{code}` ({kind.status})\n"), code
        assert re.search(r"^\*\*What to do\.\*\* \S", text, re.MULTILINE), code


def test_a_code_means_one_status(refusals: dict[str, type[HospesError]]) -> None:
    for kind in every_refusal():
        if kind.__module__.startswith("hospes."):
            assert kind.status == refusals[kind.code].status, kind
