"""The short way leads where FastAPI's routers lead, for every route there is; what it does not know goes to them."""

import re
from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient

from hospes.entrypoints.app import create_app
from hospes.entrypoints.short_way import RouteTable, ShortWay
from hospes.platform.settings import Settings

SOMETHING = {"uuid": str(UUID(int=7)), "int": "7", "path": "a/b.c", "str": "some-thing", "float": "1.5"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(Settings(data_dir=tmp_path_factory.mktemp("site")))


def asked(template: str) -> str:
    """A path that the template fits."""
    return re.sub(r"{\w+(?::(\w+))?}", lambda found: SOMETHING[found[1] or "str"], template)


def by_the_routers(site: FastAPI, path: str, method: str) -> tuple[Any, dict[str, Any]] | None:
    """The first of all routes that fits, asked one after the other."""
    for each in iter_route_contexts(site.routes):
        if isinstance(each.original_route, APIRoute) and method in (each.methods or ()):
            found = each.path_regex.match(path)
            if found:
                values = {key: each.param_convertors[key].convert(said) for key, said in found.groupdict().items()}
                return each.original_route, values
    return None


def test_every_route_is_found_as_the_routers_find_it(site: FastAPI) -> None:
    table, looked_at = RouteTable(site), 0
    for each in iter_route_contexts(site.routes):
        if not isinstance(each.original_route, APIRoute):
            continue
        for method in each.methods or ():
            path = asked(each.path or "")
            found = table.find(path, method)
            assert found is not None, path
            assert (found[0].route, found[1]) == by_the_routers(site, path, method), path
            looked_at += 1
    assert looked_at > 450


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing/there"), ("GET", "/search/"), ("PATCH", "/search"), ("GET", ""), ("GET", "//"), ("GET", "/%00")],
)
def test_what_no_route_fits_is_left_to_the_routers(site: FastAPI, method: str, path: str) -> None:
    assert RouteTable(site).find(path, method) is None


def a_site() -> FastAPI:
    inner, outer, site = APIRouter(prefix="/in"), APIRouter(prefix="/out"), FastAPI()

    @inner.get("/{name}")
    async def named(name: str) -> dict[str, str]:
        return {"name": name}

    @inner.get("/first")
    async def hidden() -> dict[str, str]:
        return {"never": "reached"}

    @inner.get("/{number:int}/more")
    async def numbered(number: int) -> dict[str, int]:
        return {"number": number}

    @inner.post("/{name}/{rest:path}")
    async def swallowed(name: str, rest: str) -> dict[str, str]:
        return {"name": name, "rest": rest}

    @site.get("/plain")
    async def plain() -> dict[str, str]:
        return {"plain": "yes"}

    outer.include_router(inner)
    site.include_router(outer)
    return site


@pytest.mark.parametrize("short", [True, False], ids=["by the short way", "by the routers"])
@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/out/in/a", 200, {"name": "a"}),
        ("GET", "/out/in/first", 200, {"name": "first"}),  # the first that fits, not the more exact one
        ("GET", "/out/in/7/more", 200, {"number": 7}),
        ("GET", "/out/in/x/more", 405, {"detail": "Method Not Allowed"}),  # there is something to POST to
        ("POST", "/out/in/a/b/c", 200, {"name": "a", "rest": "b/c"}),
        ("GET", "/plain/", 200, {"plain": "yes"}),  # by a redirect
        ("PUT", "/out/in/a", 405, {"detail": "Method Not Allowed"}),
        ("GET", "/out", 404, {"detail": "Not Found"}),
    ],
)
def test_answers_are_the_same_with_and_without_it(short: bool, method: str, path: str, status: int, body: Any) -> None:
    site = a_site()
    if short:
        site.router.middleware_stack = ShortWay(site)
    with TestClient(site) as client:
        answer = client.request(method, path)
    assert (answer.status_code, answer.json()) == (status, body)


def test_the_site_takes_the_short_way(site: FastAPI) -> None:
    site.build_middleware_stack()
    assert isinstance(site.router.middleware_stack, ShortWay)
