"""Signing in as a client of the API does."""

import httpx

from hospes.modules.identity.contracts import User
from tests.builders.identity import PASSWORD

LOGIN = "/api/v1/auth/login"


def bearer(answer: httpx.Response) -> dict[str, str]:
    """Headers of who has been let in."""
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def log_in(client: httpx.AsyncClient, user: User) -> httpx.Response:
    """With the password."""
    return await client.post(LOGIN, json={"email": user.email, "password": PASSWORD})
