"""A whole site for a browser: servers, a small demo world, web process and worker, as `hospes up` would run them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hospes.platform.pages import dist_folder
from tests.conftest import Servers

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
LISTINGS = 240
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}


@dataclass(frozen=True)
class Site:
    """Where it is, and how to sign in as `guest@`, `host@` or `admin@hospes.example`."""

    url: str
    password: str
    database_url: str
    people: dict[str, str] = field(default_factory=dict)  # addresses of those a test has added


@pytest.fixture(scope="session")
def site(running: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with a_site(running, tmp_path_factory.mktemp("site"), "browser", listings=LISTINGS) as started:
        yield started


@contextmanager
def a_site(
    running: Servers,
    folder: Path,
    database: str,
    *,
    listings: int,
    more: dict[str, str] | None = None,
    port: int = 0,
    prepare: Callable[[str], object] | None = None,
) -> Iterator[Site]:
    """A site of its own with these settings; skips where no browser could look at it. `prepare` gets the address of
    the seeded database before anything serves it."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    if not (dist_folder() / "manifest.json").is_file():
        pytest.skip("the front end is not built: npm ci && npm run build in web/")
    with psycopg.connect(running.url("postgres"), autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {database} TEMPLATE hospes STRATEGY FILE_COPY")
        port = port or free_port()
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOSPES_")},
            "DATABASE_URL": running.url(database),
            "REDIS_URL": running.valkey,
            "HOSPES_DATA_DIR": str(folder),
            "HOSPES_SEARCH__DESCRIPTIONS": "false",  # embedding thousands of places beside a browser takes a minute
            "HOSPES_AUTH__SECRET": "a secret of forty-eight characters for the browser",
            "HOSPES_SECURITY__RATELIMIT__FACTOR": "1000",
            **(more or {}),
        }
        hospes = [sys.executable, "-m", "hospes.entrypoints.cli"]
        subprocess.run([*hospes, "seed", "--listings", str(listings)], env=env, check=True, capture_output=True)
        if prepare:
            prepare(running.url(database))
        log = (folder / "site.log").open("wb")
        started = [
            subprocess.Popen([*hospes, *command], env=env, stdout=log, stderr=log)
            for command in (["api", "--port", str(port)], ["worker"])
        ]
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, folder / "site.log")
            password = json.loads((folder / "demo.json").read_text())["password"]
            yield Site(url, password, running.url(database))
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(20)
            log.close()
            conn.execute(f"DROP DATABASE {database} WITH (FORCE)")


# While Playwright is open a loop runs in this thread and asynchronous tests cannot start theirs: one module at a time.
@pytest.fixture(scope="module")
def chromium(site: Site) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """`open_page("phone", dark=True, js=False)` is a page of a new visitor; what it complains of fails the test."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_one(size: str = "desktop", *, dark: bool = False, js: bool = True) -> Any:
        context = chromium.new_context(
            base_url=site.url,
            viewport=SIZES[size],
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=js,
            bypass_csp=False,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if _is_fault(said) else None)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(said: Any) -> bool:
    """What a page says went wrong; that an answer was a refusal is not the page's fault."""
    return said.type == "error" and "the server responded with a status of 4" not in said.text


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, log: Path) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the site did not come up:\n{log.read_text()[-3000:]}")
