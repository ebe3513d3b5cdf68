"""Ask every route as everybody, and say in one word how each was answered."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
from fastapi.routing import iter_route_contexts

from hospes.modules.identity import tokens
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.security.world_of_roles import World

IN, SIGN_IN, REFUSED = "in", "sign in", "refused"
NOT_HERE = ('"semantic_off"',)  # for nobody, whoever asks: an extra of the site
CSRF = "c" * 43
_PARAMETER = re.compile(r"{([^}:]+)(:[^}]+)?}")
_ID = "00000000-0000-4000-8000-000000000000"


def routes_of(app: Any) -> list[tuple[str, str]]:
    """Every `(method, template)` that the application answers, nested ones too; files excepted."""
    found = set()
    for each in iter_route_contexts(app.routes):
        if each.path and not each.path.startswith("/assets"):
            found |= {(method, each.path) for method in (each.methods or set()) - {"HEAD"}}
    return sorted(found, key=lambda each: (each[1], each[0]))


def path_of(template: str, ids: dict[str, str], given: Mapping[str, str]) -> str:
    """The template with ids of the world, and what its row gives for the rest."""

    def filled(match: re.Match[str]) -> str:
        name = match[1]
        if name in given:
            return ids.get(given[name], given[name])
        if name == "resource_id" and "/schedule" in template:
            return ids["timed"]
        if name == "resource_id" and "/departures" in template:
            return ids["tour"]
        return ids.get(name) or {"day": "2026-10-01"}.get(name) or (_ID if name.endswith("_id") else "x")

    return _PARAMETER.sub(filled, template)


def headers_of(rt: Runtime, world: World) -> dict[str, dict[str, str]]:
    """What each kind of caller sends."""
    common = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
    found = {"nobody": {**common, "X-CSRF-Token": CSRF, "Cookie": f"hospes_csrf={CSRF}"}}
    for kind, user in world.people.items():
        token = tokens.sign_access_token(user, rt.ports.token_keys, now=rt.clock.now())
        found[kind] = {**common, "Authorization": f"Bearer {token}"}
    return found


def verdict(answer: httpx.Response) -> str:
    """Let in, asked to sign in, or refused; a fault of ours is none of them."""
    where = answer.headers.get("location", "")
    if answer.status_code == 401 or (answer.is_redirect and re.match(r"/login(\?|$)", where)):
        return SIGN_IN
    if answer.status_code == 403 and '"step_up_needed"' in answer.text:
        return IN
    if answer.status_code in (403, 404) and not any(code in answer.text for code in NOT_HERE):
        return REFUSED
    return IN if answer.status_code < 500 else f"{answer.status_code}"


async def ask(client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], sent: dict[str, Any]) -> Any:
    """The answer; of a stream, which does not end, only how it begins."""
    said = {**headers, "Idempotency-Key": str(new_id())}
    if path.startswith("/api/"):
        said["Accept"] = "application/json"
    if path.endswith("/events"):
        return await _beginning(client.app, path, said)  # type: ignore[attr-defined]
    return await client.request(method, path, headers=said, **sent)


async def _beginning(app: Any, path: str, headers: dict[str, str]) -> httpx.Response:
    begun: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        given = next(asked, None)
        return given if given else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start" and not begun.done():
            begun.set_result(httpx.Response(message["status"], headers=message["headers"]))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in {"host": "test", **headers}.items()],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }
    task = asyncio.create_task(app(scope, receive, send))
    answer = await begun
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return answer
