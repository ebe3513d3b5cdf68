"""Every route of the application, with an address that can be asked for, and people to ask as."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi.routing import iter_route_contexts

from hospes.modules.identity import sessions
from hospes.modules.identity.contracts import User
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user

NOWHERE = "00000000-0000-4000-8000-000000000000"
_PARAMETER = re.compile(r"{([^}:]+)(:[^}]+)?}")
NOT_WALKED = ("/assets",)


def every_route(app: Any) -> Iterator[tuple[str, str, str]]:
    """`(method, template, path)`, ids of nothing in the place of parameters."""
    for each in iter_route_contexts(app.routes):
        if each.path and not each.path.startswith(NOT_WALKED):
            for method in sorted((each.methods or set()) - {"HEAD"}):
                yield method, each.path, _PARAMETER.sub(_filled, each.path)


def _filled(found: re.Match[str]) -> str:
    name = found[1]
    if name.endswith("_id") or found[2] == ":uuid":
        return NOWHERE
    return {"day": "2026-06-09", "month": "2026-05", "form": "csv", "provider": "sandbox", "code": "not_found"}.get(
        name, "x"
    )


async def sign_in(client: httpx.AsyncClient, roles: tuple[str, ...] = ("guest", "host", "admin")) -> User:
    """A session of somebody with these roles, in the client's cookies."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        user = await a_user(tx, roles=roles)
    session = await sessions.open_session(
        rt.valkey, user, ip_address="127.0.0.1", user_agent="Test", lasts=600, now=rt.clock.now()
    )
    client.cookies.set("hospes_session", session.id)
    client.headers["X-CSRF-Token"] = session.csrf_token
    return user
