"""What search engines read: which pages they may visit, and where all of them are."""

import time
from collections.abc import Iterable
from uuid import UUID
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from hospes.modules.search import facade
from hospes.modules.search.queries import sitemaps
from hospes.platform.errors import NotFound
from hospes.platform.runtime import Runtime, runtime

router = APIRouter()
CLOSED = (
    "/account", "/admin", "/api/", "/bookings", "/businesses", "/checkout", "/confirm", "/currency", "/holds", "/host",
    "/invitations", "/login", "/logout", "/recently-viewed",
    "/search/at", "/search/labels", "/search/pictures", "/signup", "/trips", "/wishlists",
)  # fmt: skip
KEPT_FOR = 3600.0
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
Entry = tuple[str, str]
"""An address, and the day it last changed or nothing."""


class Parts:
    """Where each part of the listings begins, counted once an hour."""

    def __init__(self) -> None:
        self._known: tuple[float, list[UUID]] = (0.0, [])

    async def of(self, rt: Runtime) -> list[UUID]:
        """The first listing of each part."""
        counted_at, firsts = self._known
        if not firsts or time.monotonic() - counted_at > KEPT_FOR:
            async with rt.db.read() as tx:
                firsts = await sitemaps.parts(tx)
            self._known = (time.monotonic(), firsts)
        return firsts


@router.get("/robots.txt")
async def robots(request: Request) -> Response:
    """Pages of somebody's own, and addresses that change something, are not for robots. A shared list is not named:
    robots must read that it is not to be listed."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "",
        f"Sitemap: {site_of(request)}/sitemap.xml",
        "",
    ]
    return PlainTextResponse("\n".join(lines), headers=_HEADERS)


@router.get("/sitemap.xml")
async def sitemap_index(request: Request) -> Response:
    """Where the parts are."""
    site = site_of(request)
    count = len(await _parts(request).of(runtime(request)))
    addresses = [f"{site}/sitemaps/places.xml", *(f"{site}/sitemaps/stays-{part}.xml" for part in range(1, count + 1))]
    return _xml("sitemapindex", "sitemap", ((each, "") for each in addresses))


@router.get("/sitemaps/places.xml")
async def places_sitemap(request: Request) -> Response:
    """The home page and every destination with something to book."""
    site = site_of(request)
    slugs = await facade.destination_slugs(runtime(request))
    return _xml("urlset", "url", [(f"{site}/", ""), *((f"{site}/places/{slug}", "") for slug in slugs)])


@router.get("/sitemaps/stays-{part}.xml")
async def listings_sitemap(request: Request, part: int) -> Response:
    """One part of the listings, from 1."""
    rt, site = runtime(request), site_of(request)
    firsts = await _parts(request).of(rt)
    if not 1 <= part <= len(firsts):
        raise NotFound("There is no such part.")
    async with rt.db.read() as tx:
        rows = await sitemaps.listings_from(tx, firsts[part - 1], firsts[part] if part < len(firsts) else None)
    return _xml("urlset", "url", ((f"{site}/stays/{row['id']}", row["updated_at"].date().isoformat()) for row in rows))


_HEADERS = {"Cache-Control": "public, max-age=3600"}


def site_of(request: Request) -> str:
    """Where the site is, as the operator says; else as this request says."""
    return (runtime(request).settings.public_url or str(request.base_url)).rstrip("/")


def _parts(request: Request) -> Parts:
    state = request.app.state
    if not hasattr(state, "sitemap_parts"):
        state.sitemap_parts = Parts()
    kept: Parts = state.sitemap_parts
    return kept


def _xml(whole: str, each: str, entries: Iterable[Entry]) -> Response:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{whole} xmlns="{_NAMESPACE}">']
    for address, changed in entries:
        lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
        lines.append(f"<{each}><loc>{escape(address)}</loc>{lastmod}</{each}>")
    return Response("\n".join([*lines, f"</{whole}>", ""]), media_type="application/xml", headers=_HEADERS)
