"""Nobody is sent to another site by a link to ours: every page, every name an address could come by."""

import html
import re
from urllib.parse import urlencode, urljoin, urlsplit

import httpx
import pytest

from hospes.modules.identity.policies.next_page import local_path
from tests.builders.identity import PASSWORD, a_user
from tests.security.walking import every_route, sign_in

NAMES = (
    "next",
    "back",
    "to",
    "url",
    "return",
    "return_to",
    "return_url",
    "redirect",
    "redirect_uri",
    "continue",
    "from",
)
NASTY = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    " //evil.example",
    "//evil.example%2f..",
    "//test@evil.example",
    "/ok\r\nLocation: https://evil.example",
    "/%0d%0aSet-Cookie:x=y\r\nSet-Cookie: x=y",
    "x" * 3_000,
)


def leads_away(answer: httpx.Response) -> str:
    """Where an answer sends to, if that is another site as a browser understands it."""
    to = answer.headers.get("location") or answer.headers.get("hx-redirect") or ""
    seen = "".join(c for c in to.strip() if c not in "\t\r\n").replace("\\", "/")
    seen = re.sub(r"^/{2,}", "//", re.sub(r"^(https?):/*", r"\1://", seen))  # as browsers read it
    there = urlsplit(urljoin("http://test/here", seen))
    return to if there.scheme not in ("http", "https") or there.netloc != "test" else ""


def test_what_a_browser_would_follow_is_noticed() -> None:
    for nasty in NASTY[:10]:
        assert leads_away(httpx.Response(303, headers={"location": nasty})), nasty
    assert leads_away(httpx.Response(303, headers={"location": "/login?next=//evil.example"})) == ""


@pytest.mark.parametrize("nasty", NASTY)
def test_only_a_path_of_this_site_is_gone_on_to(nasty: str) -> None:
    assert local_path(nasty) == "/"


@pytest.mark.parametrize("who", ["a stranger", "somebody with every role"])
async def test_no_page_leads_away_whatever_its_parameters_say(client: httpx.AsyncClient, who: str) -> None:
    if who != "a stranger":
        await sign_in(client)
    away, walked = [], 0
    for method, template, path in every_route(client.app):  # type: ignore[attr-defined]
        if template.startswith("/api/") or template in ("/logout",):
            continue
        for nasty in NASTY[:4]:
            said = dict.fromkeys(NAMES, nasty)
            sent = {"params": said} if method == "GET" else {"data": said}
            answer = await client.request(method, path, **sent, headers={"Accept": "text/html"})
            walked += 1
            if leads_away(answer):
                away.append((method, template, answer.headers["location"]))
    assert away == []
    assert walked > 500


@pytest.mark.parametrize("nasty", NASTY[:16])
async def test_signing_in_leads_home_instead(client: httpx.AsyncClient, nasty: str) -> None:
    async with client.app.state.runtime.db.write() as tx:  # type: ignore[attr-defined]
        user = await a_user(tx)
    page = await client.get("/login", params={"next": nasty})
    kept = {html.unescape(each) for each in re.findall(r'name="next" value="([^"]*)"', page.text)}
    assert all(each == "" or each.startswith("/login?next=") for each in kept)
    token = client.cookies["hospes_csrf"]
    form = {"email": user.email, "password": PASSWORD, "next": nasty, "csrf_token": token}
    answer = await client.post(
        "/login", content=urlencode(form), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "x" not in client.cookies


async def test_a_path_of_this_site_is_gone_on_to(client: httpx.AsyncClient) -> None:
    async with client.app.state.runtime.db.write() as tx:  # type: ignore[attr-defined]
        user = await a_user(tx)
    await client.get("/login")
    form = {
        "email": user.email,
        "password": PASSWORD,
        "next": "/trips?past=1",
        "csrf_token": client.cookies["hospes_csrf"],
    }
    assert (await client.post("/login", data=form)).headers["location"] == "/trips?past=1"
