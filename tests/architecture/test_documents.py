"""The documents speak of what there is: files, links, modules, settings, commands, metrics and routes."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from typer.main import get_command

from hospes.entrypoints.app import create_app
from hospes.entrypoints.cli import app as hospes
from hospes.platform.settings import Settings, SettingsError, load_settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.yml"
PLACES = (".", "src/hospes", "src", "src/hospes/modules/*", "tests", "docs")
# Settings that an operator has no use for.
FOR_TESTS = {"api_base", "google_base", "script", "issuer", "dialog_url", "graph_url"}
UNUSED = {"aws", "connect_client_id"}  # taken as they are found in files, and not used
COMMENTED = re.compile(r"^( *)# ( *)(?=\w+: *(?:[\[{\"/#<]|$|\w+ *(?:#.*)?$|http))", re.MULTILINE)
IN_ITS_SECTION = {"session_ttl": "ttl"}


@cache
def documents() -> dict[Path, str]:
    every = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {path: path.read_text() for path in every}


def prose(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def all_said() -> str:
    return "\n".join(documents().values())


# Links and files


def anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


def dead_links(path: Path, text: str) -> Iterator[str]:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        file, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = path.parent / file if file else path
        there = target.exists() or path == target
        if not there or (anchor and anchor not in anchors(text if target == path else target.read_text())):
            yield f"{path.name}: {link}"


def test_every_link_between_documents_leads_somewhere() -> None:
    assert [dead for path, text in documents().items() for dead in dead_links(path, text)] == []


@pytest.mark.parametrize("link", ["nowhere.md", "map.md#no-such-heading", "#nor-here"])
def test_a_dead_link_is_seen(link: str) -> None:
    text = f"# Here\n[this](map.md), [here](#here), [dead]({link}), [out](https://example.com/x)"
    assert list(dead_links(ROOT / "docs" / "new.md", text)) == [f"new.md: {link}"]


def spelled_out(name: str) -> Iterator[str]:
    """`{a,b}.py` as a.py and b.py."""
    if found := re.search(r"\{([^}]*)\}", name):
        for part in found[1].split(","):
            yield from spelled_out(name[: found.start()] + part + name[found.end() :])
    else:
        yield name.split("::")[0].rstrip("/")


def missing_files(text: str) -> list[str]:
    folders = "docs|tests|src|migrations|web|bench|modules|platform|entrypoints"
    named = re.findall(rf"`((?:{folders})/[^`\s<…]*)`", prose(text))
    return [each for name in named for each in spelled_out(name)
            if not any(next(ROOT.glob(f"{place}/{each}"), None) for place in PLACES)]  # fmt: skip


def test_every_file_that_a_document_names_is_there() -> None:
    missing = {path.name: found for path, text in documents().items() if (found := missing_files(text))}
    missing.pop("CHANGELOG.md", None)  # tells of what was
    assert missing == {}


def test_a_file_that_is_gone_is_seen() -> None:
    assert missing_files("`platform/{ids,gone}.py`, `web/confirm_step.py`, `tests/race/`") == ["platform/gone.py"]


def test_every_module_is_on_the_map() -> None:
    said = (ROOT / "docs" / "map.md").read_text()
    modules = {path.parent.name for path in (ROOT / "src/hospes/modules").glob("*/__init__.py")}
    assert len(modules) > 10
    assert {each for each in modules if f"\n| {each} | " not in said} == set()


# Settings


def settings_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        parts = [each for each in (get_args(field.annotation) or (field.annotation,)) if isinstance(each, type)]
        sections = [each for each in parts if issubclass(each, BaseModel)]
        if not sections:
            yield name
        for section in sections:
            yield from settings_of(section)


def test_every_setting_is_in_the_example() -> None:
    said, every = EXAMPLE.read_text(), set(settings_of(Settings))
    assert len(every) > 80
    told = {IN_ITS_SECTION.get(name, name) for name in every - FOR_TESTS - UNUSED}
    assert {name for name in told if not re.search(rf"\b{name}\b", said)} == set()


def test_the_example_says_how_it_is_when_nothing_is_said() -> None:
    plain, found = Settings(), load_settings(EXAMPLE, {})
    assert found.model_copy(update={"data_dir": plain.data_dir}) == plain


def test_what_is_commented_out_in_the_example_can_be_used_as_it_stands(tmp_path: Path) -> None:
    """An unknown key would be refused."""
    said, file = EXAMPLE.read_text(), tmp_path / "config.yml"
    opened, count = COMMENTED.subn(r"\1\2", said)
    assert count > 20
    file.write_text(opened)
    found = load_settings(file, {})
    assert (found.location.travel, found.payment.paypal.mode, found.auth.oauth.oidc.name) == (
        "osrm", "live", "Our company",
    )  # fmt: skip
    file.write_text(opened.replace("osrm_url", "osrm_adress"))
    with pytest.raises(SettingsError, match="osrm_adress"):
        load_settings(file, {})


# Commands, metrics, routes


def test_every_command_is_documented() -> None:
    names = [
        f"hospes {name}" if not hasattr(command, "commands") else f"hospes {name} {inner}"
        for name, command in get_command(hospes).commands.items()  # type: ignore[attr-defined]
        for inner in getattr(command, "commands", {"": None})
    ]
    assert len(names) > 12
    assert [name for name in names if name not in all_said()] == []


def test_every_metric_is_documented() -> None:
    made = r"(?:Gauge|Counter|Histogram)\(\s*\"(hospes_\w+)\""
    names = {name for path in (ROOT / "src").rglob("*.py") for name in re.findall(made, path.read_text())}
    assert len(names) > 15
    assert {name for name in names if name not in all_said()} == set()


@cache
def routes() -> set[str]:
    every = iter_route_contexts(create_app(Settings()).routes)
    shown = {each.path for each in every if each.path and getattr(each, "include_in_schema", True)}
    return {path.removeprefix("/api/v1") for path in shown if path.startswith("/api/v1/")}


def test_every_route_of_the_api_is_documented_by_its_last_word() -> None:
    said, every = all_said(), routes()
    assert len(every) > 200
    last = {path: [part for part in path.split("/") if not part.startswith("{")][-1] for path in every}
    assert {path for path, word in last.items() if not re.search(rf"[/…]{re.escape(word)}(?![\w-])", said)} == set()


def test_every_route_that_is_documented_is_there() -> None:
    known = {re.sub(r"\{[^}]*\}", "[^/]+", path) for path in routes()}
    named = re.findall(r"`(?:GET|PUT|POST|PATCH|DELETE)(?:`, `[A-Z]+)* (?:/api/v1)?(/[\w\-/{}.]*)", all_said())
    assert len(named) > 100
    asked = {re.sub(r"\{[^}]*\}", "some", path).rstrip("/.") for path in named}
    assert {path for path in asked if not any(re.fullmatch(each, path) for each in known)} == set()
