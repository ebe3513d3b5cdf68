"""Signing in with an account elsewhere, in a browser, against a certified OpenID provider on this machine."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Servers
from tests.e2e import walking
from tests.e2e.conftest import Site, a_site, free_port
from tests.e2e.test_accessible import _check

Open = Callable[..., Any]
OIDC = Path(__file__).parents[1] / "oidc"


@pytest.fixture(scope="module")
def site(running: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    node = shutil.which("node")
    if node is None or not (OIDC / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("the OpenID provider is not installed: npm ci in tests/oidc")
    port, listens = free_port(), free_port()
    client = {
        "client_id": "hospes",
        "client_secret": "a secret between two",
        "redirect_uris": [f"http://127.0.0.1:{port}/login/with/oidc/callback"],
        "token_endpoint_auth_method": "client_secret_post",
    }
    env = {**os.environ, "PORT": str(listens), "CLIENT": json.dumps(client)}
    quiet = subprocess.DEVNULL
    provider = subprocess.Popen([node, "server.mjs"], cwd=OIDC, env=env, stdout=quiet, stderr=quiet)
    issuer = f"http://127.0.0.1:{listens}"
    settings = {
        "HOSPES_AUTH__OAUTH__OIDC__NAME": "Ours",
        "HOSPES_AUTH__OAUTH__OIDC__ISSUER": issuer,
        "HOSPES_AUTH__OAUTH__OIDC__CLIENT_ID": "hospes",
        "HOSPES_AUTH__OAUTH__OIDC__CLIENT_SECRET": "a secret between two",
    }
    try:
        _wait_for(f"{issuer}/.well-known/openid-configuration")
        folder = tmp_path_factory.mktemp("elsewhere")
        with a_site(running, folder, "elsewhere", listings=20, more=settings, port=port) as started:
            yield started
    finally:
        provider.terminate()
        provider.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the OpenID provider did not come up")


def say_who(page: Any, email: str) -> None:
    """At the provider: sign in there, and say yes."""
    page.wait_for_selector("input[name=login]")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", "anything")
    page.click("button[type=submit]")
    page.click("button[type=submit]")


def look(page: Any, name: str) -> None:
    found: dict[str, Any] = {}
    _check(page, name, found)
    assert found == {}


def open_quiet(open_page: Open, size: str = "desktop", *, js: bool = True) -> Any:
    """A page that leaves the provider's typefaces, which come from afar, alone."""
    page = open_page(size, js=js)
    page.context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.fulfill(body=""))
    return page


def sign_out(page: Any) -> None:
    page.context.clear_cookies(name="hospes_session")


@pytest.mark.parametrize("js", [True, False], ids=["js", "no-js"])
def test_somebody_new_comes_with_another_account_and_next_time_with_one_tap(open_page: Open, js: bool) -> None:
    email = f"new.{'with' if js else 'without'}@example.com"
    page = open_quiet(open_page, "phone", js=js)
    page.goto("/login?next=/account/linked")
    page.click("text=Continue with Ours")
    say_who(page, email)
    page.wait_for_url("**/login/with/new")
    assert email in page.inner_text("main")
    if js:
        look(page, "newcomer")
    page.fill("#date_of_birth", "1990-05-31")
    page.fill("#phone", "+34612345678")
    page.check("#agree")
    walking.press(page, "Create account")
    page.wait_for_url("**/account/linked")
    assert "Ours" in page.inner_text("main")
    sign_out(page)
    page.goto("/login")
    page.click("text=Continue with Ours")
    if page.locator("input[name=login]").count():
        say_who(page, email)
    page.wait_for_url("**/")
    page.goto("/account")
    assert "Lovelace" in page.content()


def test_a_known_person_links_on_the_account_page_and_takes_it_back(open_page: Open, site: Site) -> None:
    page = open_quiet(open_page)
    walking.sign_in(page, "guest@hospes.example", site.password)
    page.goto("/account/linked")
    page.click("text=Link Ours")
    say_who(page, "guest.elsewhere@example.com")
    page.wait_for_url("**/login/with/accept")
    assert "guest.elsewhere@example.com" in page.inner_text("main")
    walking.press(page, "Link it")
    page.wait_for_url("**/account/linked")
    look(page, "linked")
    page.click("text=Unlink")
    walking.press(page, "Unlink")
    page.wait_for_url("**/account/linked")
    assert "Not linked" in page.inner_text("main")
