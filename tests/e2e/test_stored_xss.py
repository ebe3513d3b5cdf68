"""Whatever people write is shown as what they wrote: every page of a world of attacks, in a browser.

Every text of every table is an attack (`poison.py`), and so is the name of the browser. Each page is opened as a
visitor, a guest, a host and an admin, found from the routes and from the links of the pages before. A page fails
when it runs something, draws what was written as an element, breaks its own content policy, fills in a template, or
holds the words unescaped.
"""

import asyncio
import html
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from fastapi.routing import iter_route_contexts

from hospes.entrypoints.app import create_app
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.sealing import Keyring
from hospes.platform.settings import Settings
from tests.builders.identity import PASSWORD
from tests.conftest import Servers
from tests.e2e import walking
from tests.e2e.conftest import CHROMIUM, FLAGS, SIZES, Site, a_site
from tests.e2e.poison import ATTACK, poison
from tests.security.world_of_roles import build

SECRET = "forty-eight letters of a key for a world of attacks"
KEYS = {"HOSPES_AUTH__PII_KEYS": f"browser:{SECRET}", "HOSPES_AUTH__PII_INDEX_SECRET": SECRET}
OF_A_KIND = 2  # pages of one template that are opened: lists show the same template again and again
LEFT_OUT = re.compile(r"^/(api|assets|media|feeds|metrics|healthz|readyz|docs|redoc|openapi|logout|auth)|/events$")
MUST_BE_REACHED = {
    "booking.booking.message", "booking.history.note", "catalog.business.name", "catalog.property.house_rules",
    "catalog.property.street", "catalog.media.alt", "catalog.resource.description", "catalog.unit.name",
    "identity.device.name", "identity.passkey.name", "identity.user_account.person", "inventory.feed.url",
    "inventory.outage.reason", "payments.dead_letter.reason", "payouts.hold.reason", "promotions.campaign.name",
    "promotions.coupon.name", "booking.booking.terms", "pricing.rate_plan.name", "payments.dispute.reason",
}  # fmt: skip
WATCH = """
  window.hit = () => { window.__ran = true; };
  document.addEventListener('securitypolicyviolation', e => {
    (window.__broke = window.__broke || []).push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample);
  });
"""
LOOK = """() => {
  const found = [...(window.__broke || [])];
  if (window.__ran) found.push('a script of somebody else ran');
  for (const each of document.querySelectorAll('img[src="x"], [onerror], [onload]')) found.push(each.outerHTML);
  for (const each of document.querySelectorAll('[href], [src], [action], [formaction]'))
    for (const name of ['href', 'src', 'action', 'formaction'])
      if (/^\\s*(javascript|data:text|vbscript)/i.test(each.getAttribute(name) || '')) found.push(each.outerHTML);
  if (/\\)>49/.test(document.documentElement.innerText)) found.push('a template was filled in');
  return found.map(each => each.slice(0, 200));
}"""


WHO = (
    ("", 4),
    ("guest@demo", 20),
    ("host@demo", 40),
    ("guest", 15),
    ("owner", 30),
    ("admin", 40),
)  # attacked pages


@dataclass
class Walk:
    """What one person has seen: pages by template, and faults by page."""

    seen: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    attacked: set[str] = field(default_factory=set)  # templates that showed an attack


@pytest.fixture(scope="module")
def site(running: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    people: dict[str, str] = {}
    with a_site(
        running,
        tmp_path_factory.mktemp("attacked"),
        "attacked",
        listings=40,
        more=KEYS,
        prepare=lambda url: people.update(asyncio.run(attacked(url))),
    ) as started:
        yield replace(started, people=people)


async def attacked(url: str) -> dict[str, str]:
    """One of everything on top of the demo world, all of it spoiled; answers the people's addresses."""
    keyring = Keyring([("browser", SECRET)], SECRET)
    database = Database(url, keyring=keyring)
    await database.open()
    async with database.write() as tx:
        world = await build(tx)
        await with_more(tx, world.people["stranger"].id)
        # Who has a passkey is asked for it; the guest signs in by password here.
        await tx.run("UPDATE identity.passkey SET user_id = %s", (world.people["stranger"].id,))
    await database.close()
    assert poison(url, keyring) >= MUST_BE_REACHED
    return {kind: user.email for kind, user in world.people.items()}


async def with_more(tx: WriteTx, user_id: UUID) -> None:
    """What the pages of admins show besides."""
    now, message, check = datetime.now(UTC), new_id(), new_id()
    await tx.run(
        "INSERT INTO notifications.message (id, event_id, recipient_id, kind, address, name, subject, plain, html,"
        " status, next_try_at, created_at)"
        " VALUES (%s, %s, %s, 'welcome', 'a@example.com', 'A', 'S', 'P', '<p>P</p>', 'waiting', %s, %s)",
        (message, new_id(), user_id, now + timedelta(days=30), now),
    )
    await tx.run(
        "INSERT INTO identity.identity_check (id, user_id, kind, country, expires_on, asked_at)"
        " VALUES (%s, %s, 'passport', 'ES', %s, %s)",
        (check, user_id, (now + timedelta(days=900)).date(), now),
    )


@pytest.fixture(scope="module")
def templates(running: Servers) -> dict[str, re.Pattern[str]]:
    """Every page that can be asked for."""
    app = create_app(Settings(database_url=running.postgres, redis_url=running.valkey))
    paths = {each.path for each in iter_route_contexts(app.routes) if each.path and "GET" in (each.methods or ())}
    return {path: _matching(path) for path in sorted(paths, key=lambda p: p.count("{")) if not LEFT_OUT.match(path)}


def _matching(path: str) -> re.Pattern[str]:
    pattern = re.sub(r"\\{[^}]+:path\\}", ".+", re.escape(path))
    return re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", pattern) + r"\Z")


def _template_of(path: str, templates: dict[str, re.Pattern[str]]) -> str | None:
    return next((name for name, pattern in templates.items() if pattern.match(path)), None)


def _page(chromium: Any, site: Site, *, policy: bool = True) -> Any:
    context = chromium.new_context(
        base_url=site.url,
        viewport=SIZES["desktop"],
        user_agent=f"Mozilla/5.0 {ATTACK}",
        reduced_motion="reduce",
        bypass_csp=not policy,
    )
    context.set_default_timeout(15_000)
    context.add_init_script(WATCH)
    return context.new_page()


def look(page: Any, path: str, walk: Walk) -> list[str]:
    """Open a page and note what is wrong with it; answers the links it has."""
    from playwright.sync_api import Error

    heard: list[str] = []

    def on_dialog(dialog: Any) -> None:
        heard.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def on_console(said: Any) -> None:
        if "Content Security Policy" in said.text or "Refused to" in said.text:
            heard.append(said.text[:300])

    page.on("dialog", on_dialog)
    page.on("console", on_console)
    try:
        answer = page.goto(path, wait_until="load")
    except Error as fault:  # Playwright's own, when an answer is a file to keep
        if "Download is starting" not in str(fault) and "net::ERR_ABORTED" not in str(fault):
            raise
        return []
    finally:
        page.remove_listener("dialog", on_dialog)
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        page.remove_listener("console", on_console)
        return []
    page.wait_for_timeout(120)
    text = answer.text()
    heard += page.evaluate(LOOK)
    if answer.status >= 500:
        heard.append(f"answered {answer.status}")
    if ATTACK in text or "<img src=x" in text:
        heard.append("unescaped in the answer: " + text[max(text.find("<img src=x") - 120, 0) :][:200])
    page.remove_listener("console", on_console)
    if heard:
        walk.faults[path] = heard
    if "onerror=hit()" in html.unescape(text):
        walk.attacked.add(path)
    links: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(each => each.getAttribute('href'))")
    return [urlsplit(urljoin(page.url, link)).path for link in links if not link.startswith("#")]


def wander(page: Any, templates: dict[str, re.Pattern[str]], *more: str) -> Walk:
    """Every page this person finds."""
    walk = Walk()
    waiting = deque([*more, *(path for path in templates if "{" not in path)])
    known: set[str] = set()
    while waiting:
        path = waiting.popleft()
        name = _template_of(path, templates)
        if name is None or path in known or walk.seen[name] >= OF_A_KIND:
            continue
        known.add(path)
        walk.seen[name] += 1
        waiting.extend(look(page, path, walk))
    return walk


@pytest.fixture(scope="module")
def chromium(site: Site, templates: dict[str, re.Pattern[str]]) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("who", "least"), WHO)
def test_nothing_that_people_write_runs_anywhere(
    chromium: Any, site: Site, templates: dict[str, re.Pattern[str]], who: str, least: int
) -> None:
    page = _page(chromium, site)
    if who.endswith("@demo"):
        walking.sign_in(page, who.replace("@demo", "@hospes.example"), site.password)
    elif who:
        walking.sign_in(page, site.people[who], PASSWORD)
    assert "/login" not in page.url
    walk = wander(page, templates)
    page.context.close()
    assert walk.faults == {}
    assert len(walk.attacked) >= least


@pytest.mark.browser
def test_the_check_itself_notices_a_page_that_forgets_to_escape(chromium: Any, site: Site) -> None:
    """The control: the same page as it would be without escaping, with its content policy and without any."""
    for policy in (True, False):
        page = _page(chromium, site, policy=policy)
        walking.sign_in(page, "host@hospes.example", site.password)

        def forget(route: Any) -> None:
            answer = route.fetch()
            route.fulfill(response=answer, body=html.unescape(answer.text()))

        page.route("**/host/business", forget)
        walk = Walk()
        look(page, "/host/business", walk)
        said = "\n".join(walk.faults["/host/business"])
        assert "unescaped in the answer" in said
        assert '<img src="x"' in said
        assert ("a script of somebody else ran" in said) is not policy
        assert ("script-src-attr" in said) is policy
        page.context.close()
