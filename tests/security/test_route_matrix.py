"""Every route, pages and API, asked as everybody; who is let in is what the table says, and nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.security import asking
from tests.security.access_table import EVERYBODY, GIVEN, TABLE, Rule
from tests.security.asking import IN, REFUSED, SIGN_IN
from tests.security.bodies import body_for, query_for, with_ids
from tests.security.world_of_roles import UndoneDatabase, World, build


@pytest.fixture
async def world(client: httpx.AsyncClient) -> AsyncIterator[World]:
    """Built once; what a request writes is taken back, so that all find it the same."""
    app: Any = client.app  # type: ignore[attr-defined]
    real = app.state.runtime
    async with real.db.write() as tx:
        built = await build(tx)
    app.state.runtime = replace(real, db=UndoneDatabase(real.db))
    yield built
    app.state.runtime = real


async def test_every_route_has_a_row_and_every_row_a_route(client: httpx.AsyncClient) -> None:
    assert sorted(set(asking.routes_of(client.app)) ^ TABLE.keys()) == []  # type: ignore[attr-defined]
    assert GIVEN.keys() <= TABLE.keys()


@pytest.mark.slow
async def test_who_is_let_in_is_what_the_table_says(client: httpx.AsyncClient, world: World) -> None:
    headers = asking.headers_of(client.app.state.runtime, world)  # type: ignore[attr-defined]
    assert headers.keys() == EVERYBODY | {"nobody"}
    document = client.app.openapi()  # type: ignore[attr-defined]
    wrong = []
    for (method, template), rule in sorted(TABLE.items(), key=lambda each: each[0][::-1]):
        asked = _request(document, method, template, world)
        answers = await asyncio.gather(*(asking.ask(client, method, asked[0], headers[k], asked[1]) for k in headers))
        for kind, answer in zip(headers, answers, strict=True):
            found = asking.verdict(answer)
            if not _fits(rule, kind, found):
                wrong.append(f"{method} {template} as {kind}: {found} ({answer.status_code})")
    assert not wrong, "\n".join(wrong)


def _request(document: Any, method: str, template: str, world: World) -> tuple[str, dict[str, Any]]:
    given = GIVEN.get((method, template), {})
    path = asking.path_of(template, world.ids, given.get("path", {}))
    query = given.get("query") or query_for(document, method, template, world.ids)
    send = with_ids(given["send"], world.ids) if "send" in given else body_for(document, method, template, world.ids)
    return path + query, send


def _fits(rule: Rule, kind: str, found: str) -> bool:
    if not rule.compared:
        return found in (IN, SIGN_IN, REFUSED)
    if kind == "nobody" and not rule.public:
        return found == SIGN_IN
    if kind in rule.lets_in or kind == "nobody":
        return found == IN or (not rule.there and found == REFUSED)
    return found == REFUSED


async def test_a_door_that_is_left_open_is_seen(client: httpx.AsyncClient, world: World) -> None:
    """The control: what staff may not do, asked by staff of a route that lets them in, does not fit."""
    headers = asking.headers_of(client.app.state.runtime, world)  # type: ignore[attr-defined]
    path = asking.path_of("/api/v1/resources/{resource_id}/units", world.ids, {})
    found = asking.verdict(await asking.ask(client, "GET", path, headers["staff"], {}))
    assert found == IN
    assert _fits(Rule(EVERYBODY), "staff", found)
    assert not _fits(Rule(frozenset({"owner"})), "staff", found)
    assert not _fits(Rule(EVERYBODY, public=True), "nobody", SIGN_IN)
