"""Callers for the API and for pages."""

import html
import re
from typing import Any

import httpx

from hospes.modules.identity import tokens
from hospes.modules.identity.contracts import User
from hospes.platform.runtime import Runtime
from tests.builders.identity import PASSWORD


def runtime_of(client: httpx.AsyncClient) -> Runtime:
    """The application's own runtime."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return rt


def bearer(client: httpx.AsyncClient, user: User) -> dict[str, str]:
    """Headers of this user's API client."""
    rt = runtime_of(client)
    return {"Authorization": f"Bearer {tokens.sign_access_token(user, rt.ports.token_keys, now=rt.clock.now())}"}


def csrf_in(page: httpx.Response) -> str:
    """The token of the page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def sign_in(client: httpx.AsyncClient, user: User) -> None:
    """A browser session in the client's cookies."""
    shown = await client.get("/login")
    form = {"email": user.email, "password": PASSWORD, "next": "", "csrf_token": csrf_in(shown)}
    answer = await client.post("/login", data=form)
    assert answer.status_code == 303, answer.text


async def submit(
    client: httpx.AsyncClient, page: str, form: dict[str, Any], *, to: str | None = None, files: Any = None
) -> httpx.Response:
    """Open a page and send its form, as a browser would."""
    shown = await client.get(page)
    assert shown.status_code == 200, shown.text
    return await client.post(to or page, data={**form, "csrf_token": csrf_in(shown)}, files=files)
