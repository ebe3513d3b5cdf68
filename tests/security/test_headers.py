"""Every answer of every route protects the browser that gets it: pages, files, refusals and faults."""

import re
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from starlette.responses import Response

from hospes.entrypoints.app import create_app
from hospes.platform.content_policy import content_policy, tiles_source
from hospes.platform.settings import Map, Security, Settings
from tests.conftest import FixedClock
from tests.security.walking import every_route, sign_in

ALWAYS = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin-allow-popups",
    "cross-origin-resource-policy": "same-origin",
}
# A letter is shown to admins in a frame that runs nothing; its styles are inline because mail programs want them so.
FRAMED = "/admin/mail/{message_id}/body"
CACHED = (
    "/.well-known/jwks.json", "/media/{key:path}", "/search/labels", "/search/pictures", "/calendars/{secret}.ics",
    "/robots.txt", "/sitemap.xml", "/sitemaps/places.xml", "/sitemaps/stays-{part}.xml",
)  # fmt: skip


def faults_of(answer: httpx.Response, template: str) -> list[str]:
    """What an answer lacks, in words."""
    said, wrong = answer.headers, []
    wrong += [f"{name} is {said.get(name)}" for name, value in ALWAYS.items() if said.get(name) != value]
    if said.get("referrer-policy") not in ("strict-origin-when-cross-origin", "no-referrer"):
        wrong.append("referrer")
    policy = said.get("content-security-policy", "")
    if "default-src 'self'" not in policy and "default-src 'none'" not in policy:
        wrong.append(f"policy {policy!r}")
    if "unsafe" in policy or "script-src *" in policy or "http:" in policy:
        wrong.append(f"policy {policy!r}")
    if said.get("content-type", "").startswith("text/html") and "frame-ancestors 'none'" not in policy:
        wrong.append("may be framed")
    if "camera=()" not in said.get("permissions-policy", ""):
        wrong.append("permissions")
    if template not in CACHED and "no-store" not in said.get("cache-control", ""):
        wrong.append(f"cache-control {said.get('cache-control')!r}")
    wrong += [name for name in ("server", "x-powered-by") if name in said]
    return wrong


@pytest.mark.parametrize("who", ["a stranger", "somebody with every role"])
async def test_every_route_answers_with_every_header(client: httpx.AsyncClient, who: str) -> None:
    if who != "a stranger":
        await sign_in(client)
    wrong: dict[str, Any] = {}
    walked = 0
    for method, template, path in every_route(client.app):  # type: ignore[attr-defined]
        if template == FRAMED:
            continue
        for accept in ("text/html", "application/json"):
            answer = await client.request(method, path, headers={"Accept": accept})
            walked += 1
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong[f"{method} {template}"] = answer.text[:200]
            if found := faults_of(answer, template):
                wrong[f"{method} {template} {accept}"] = found
    assert wrong == {}
    assert walked > 400


def test_what_is_missing_would_be_noticed() -> None:
    bare = httpx.Response(200, headers={"content-type": "text/html", "server": "x"})
    assert len(faults_of(bare, "/")) == 9
    loose = httpx.Response(200, headers={"content-security-policy": "default-src 'self'; style-src 'unsafe-inline'"})
    assert any("unsafe" in each for each in faults_of(loose, "/"))


async def test_unknown_paths_wrong_methods_and_large_bodies_too(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.get("/nothing/here"),
        await client.request("TRACE", "/login"),
        await client.delete("/login"),
        await client.post("/login", content=b"x" * 1_000_001),
        await client.post("/api/v1/auth/login", content=b"x" * 1_000_001),
        await client.get("/assets/nothing.css"),
    ):
        assert answer.status_code in (404, 405, 413)
        assert faults_of(answer, "/") == []


async def test_a_fault_of_ours_carries_them_too(settings: Settings, clock: FixedClock) -> None:
    app = create_app(settings, clock=clock)
    broken = APIRouter()

    @broken.get("/broken")
    async def fail() -> Response:
        raise RuntimeError("on purpose")

    app.include_router(broken)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as site:
            answer = await site.get("/broken", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert faults_of(answer, "/") == []
    assert "on purpose" not in answer.text


@pytest.mark.parametrize(
    ("changes", "scheme", "said"),
    [
        ({}, "http", None),
        ({}, "https", "max-age=31536000"),
        ({"secure_cookies": True}, "http", "max-age=31536000"),
        ({"public_url": "https://stay.example"}, "http", "max-age=31536000"),
        ({"security": Security(hsts=0)}, "https", None),
    ],
)
async def test_https_is_kept_to_where_there_is_https(
    settings: Settings, clock: FixedClock, changes: dict[str, Any], scheme: str, said: str | None
) -> None:
    app = create_app(settings.model_copy(update=changes), clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://test") as site:
            answer = await site.get("/login")
    assert answer.headers.get("strict-transport-security") == said
    secure = "secure" in answer.headers["set-cookie"].lower()
    assert secure == (scheme == "https" or bool(set(changes) & {"secure_cookies", "public_url"}))


def test_a_page_may_load_its_map_and_nothing_else_from_elsewhere() -> None:
    tiles = Map(tiles="https://{s}.tiles.example/{z}/{x}/{y}.png").tiles
    policy = content_policy({"img-src": tiles_source(tiles)})
    assert "img-src 'self' data: https://*.tiles.example;" in policy
    assert re.findall(r"https?://[^ ;]+", policy) == ["https://*.tiles.example"]
    assert "http" not in content_policy({"img-src": tiles_source("")})
    assert "http" not in content_policy({"img-src": tiles_source("/tiles/{z}/{x}/{y}.png")})


async def test_pictures_are_pictures_whatever_is_asked_for(client: httpx.AsyncClient) -> None:
    storage = client.app.state.runtime.storage  # type: ignore[attr-defined]
    await storage.put("ab/drawn.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    await storage.put("ab/page.html", b"<script>alert(1)</script>")
    drawn = await client.get("/media/ab/drawn.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert drawn.headers["x-content-type-options"] == "nosniff"
    for path in (
        *("ab/page.html", "../secrets.json", "..%2fsecrets.json", "%2e%2e/secrets.json", "ab/../../secrets.json"),
        *("/etc/passwd", "ab\\..\\x.webp", "ab/drawn.svg%00.webp", "a" * 300 + ".webp", "ab/.webp", "ab//drawn.svg"),
    ):
        answer = await client.get(f"/media/{path}")
        assert answer.status_code == 404, path

        assert b"alert" not in answer.content
