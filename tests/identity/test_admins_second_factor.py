"""Where the installation asks it, an admin without a second step is no admin; everywhere else nothing changes."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pyotp
import pytest

from hospes.entrypoints.app import create_app
from hospes.modules.identity.contracts import User
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Security, Settings
from tests.builders.identity import PASSWORD, a_user, an_admin
from tests.conftest import FixedClock
from tests.identity.test_identity_pages import ACCEPT, submit

ADMIN_API = "/api/v1/admin/factor-resets"


@pytest.fixture
async def admin(runtime: Runtime) -> User:
    async with runtime.db.write() as tx:
        return await an_admin(tx)


@pytest.fixture
async def strict(settings: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a site that asks admins for a second step."""
    app = create_app(settings.model_copy(update={"security": Security(admins_need_second_factor=True)}), clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers={"Accept": ACCEPT}) as opened:
            yield opened


async def log_in(client: httpx.AsyncClient, user: User) -> httpx.Response:
    return await submit(client, "/login", {"email": user.email, "password": PASSWORD})


async def test_an_admin_is_led_to_set_one_up_before_any_admin_page(
    strict: httpx.AsyncClient, admin: User, clock: FixedClock
) -> None:
    await log_in(strict, admin)
    for path in ("/admin", "/admin/payments", "/admin/factor-resets"):
        sent = await strict.get(path)
        assert (sent.status_code, sent.headers.get("location")) == (303, "/account/security?needed=1"), path
    assert "As an admin you need a second step" in (await strict.get("/account/security?needed=1")).text
    refused = await strict.get(ADMIN_API)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_required")
    assert (await strict.get("/account")).status_code == 200
    page = await strict.get("/account/security/app")
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert found
    code = pyotp.TOTP(found[1].replace(" ", "")).at(clock.at)
    assert (await submit(strict, "/account/security/app", {"code": code})).status_code == 200
    assert (await strict.get("/admin")).status_code == 200
    assert (await strict.get(ADMIN_API)).status_code == 200
    clock.at += timedelta(seconds=30)


async def test_a_token_of_an_admin_without_one_is_refused_too(strict: httpx.AsyncClient, admin: User) -> None:
    entered = await strict.post("/api/v1/auth/login", json={"email": admin.email, "password": PASSWORD})
    me = {"Authorization": f"Bearer {entered.json()['access_token']}"}
    assert (await strict.get(ADMIN_API, headers=me)).json()["code"] == "second_factor_required"
    assert (await strict.get("/api/v1/users/me", headers=me)).status_code == 200


async def test_nobody_else_is_asked(strict: httpx.AsyncClient, runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        guest = await a_user(tx)
    await log_in(strict, guest)
    assert (await strict.get("/account")).status_code == 200
    assert (await strict.get(ADMIN_API)).json()["code"] != "second_factor_required"


async def test_without_the_setting_admins_go_on_as_they_are(client: httpx.AsyncClient, admin: User) -> None:
    """The control."""
    client.headers["Accept"] = ACCEPT
    await log_in(client, admin)
    assert (await client.get("/admin")).status_code == 200
    assert (await client.get(ADMIN_API)).status_code == 200


@pytest.mark.parametrize(
    ("environment", "said", "asked"),
    [
        ("production", None, True),
        ("production", False, False),
        ("development", None, False),
        ("development", True, True),
    ],
)
def test_it_is_on_in_production_unless_said_otherwise(environment: str, said: bool | None, asked: bool) -> None:
    settings = Settings.model_validate({"environment": environment, "security": {"admins_need_second_factor": said}})
    assert settings.admins_need_second_factor is asked
