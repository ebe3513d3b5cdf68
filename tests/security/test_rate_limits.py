"""What a client sees of the limits: 100 requests a minute, a document or a page, and nobody pays for another."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from hospes.entrypoints.app import create_app
from hospes.entrypoints.rate_rules import TABLE, RateRules, rate_rules
from hospes.platform.settings import RateLimit, Security, Settings, SettingsError
from tests.conftest import FixedClock

NOBODY = "00000000-0000-4000-8000-{:012d}"
PEOPLE_DO_IN_A_MINUTE = {
    "/": 30,
    "/search": 90,
    "/stays/x": 40,
    "/trips": 60,
    "/search/labels": 120,
    "/host/calendar": 90,
}


@pytest.fixture
async def strict(settings: Settings, clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """The site as it is shipped, behind a proxy that is trusted, so that tests can come from many addresses."""
    shipped = settings.model_copy(update={"security": Security(trustedProxies=("127.0.0.1/32",))})  # type: ignore[arg-type]
    app = create_app(shipped, clock=clock)
    async with app.router.lifespan_context(app):
        await app.state.runtime.valkey.flushdb()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
            opened.headers["X-Forwarded-For"] = "198.51.100.1"
            yield opened


async def test_the_hundred_and_first_request_of_a_minute_is_refused_until_the_minute_is_over(
    strict: httpx.AsyncClient, clock: FixedClock
) -> None:
    for number in range(100):
        answer = await strict.get("/api/v1/catalog/vocabulary")
        assert answer.status_code == 200
        assert answer.headers["ratelimit"] == f'"default";r={99 - number};t=60'
        assert answer.headers["ratelimit-policy"] == '"default";q=100;w=60'
    refused = await strict.get("/api/v1/catalog/vocabulary")
    assert refused.status_code == 429
    assert (refused.headers["retry-after"], refused.headers["ratelimit"]) == ("60", '"default";r=0;t=60')
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "too_many_requests"
    assert refused.json()["detail"] == "This was done too often in a short time. Try again in 60 seconds."
    assert (await strict.get("/api/v1/properties")).status_code != 429
    clock.at += timedelta(seconds=59)
    assert (await strict.get("/api/v1/catalog/vocabulary")).status_code == 429
    clock.at += timedelta(seconds=1)
    assert (await strict.get("/api/v1/catalog/vocabulary")).status_code == 200


async def test_ids_make_no_more_of_it(strict: httpx.AsyncClient) -> None:
    found = [(await strict.get(f"/api/v1/resources/{NOBODY.format(n)}")).status_code for n in range(105)]
    assert found == [404] * 100 + [429] * 5
    nonsense = [(await strict.get(f"/api/v1/nothing/{n}")).status_code for n in range(305)]
    assert nonsense.count(429) == 5


async def test_a_header_makes_nobody_another(strict: httpx.AsyncClient) -> None:
    """A client may write what it likes: the proxy of ours appends the address it sees, and that one counts."""
    for number in range(100):
        await strict.get("/api/v1/catalog/vocabulary", headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.1"})
    spoofed = {"X-Forwarded-For": "203.0.113.200, 198.51.100.1", "Forwarded": "for=203.0.113.201"}
    assert (await strict.get("/api/v1/catalog/vocabulary", headers=spoofed)).status_code == 429
    other = {"X-Forwarded-For": "198.51.100.2"}
    assert (await strict.get("/api/v1/catalog/vocabulary", headers=other)).status_code == 200


async def test_a_page_says_it_to_a_person(strict: httpx.AsyncClient) -> None:
    for _ in range(300):
        assert (await strict.get("/signup", headers={"Accept": "text/html"})).status_code == 200
    refused = await strict.get("/signup", headers={"Accept": "text/html"})
    assert refused.status_code == 429
    assert refused.headers["content-type"].startswith("text/html")
    assert refused.headers["retry-after"] == "60"
    assert "ratelimit" not in refused.headers
    assert "Try again in 60 seconds." in refused.text


async def test_health_assets_and_pictures_are_not_counted(strict: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/media/ab/none.webp", "/assets/none.css"):
        assert {(await strict.get(path)).status_code for _ in range(150)} <= {200, 404}


async def test_signing_in_is_counted_strictly_and_webhooks_hardly(strict: httpx.AsyncClient) -> None:
    body = {"email": "ada@example.com", "password": "not this one 1A"}
    found = [
        (await strict.post("/api/v1/auth/login", json={**body, "email": f"{n}@example.com"})).status_code
        for n in range(32)
    ]
    assert found == [401] * 30 + [429] * 2
    told = {(await strict.post("/api/v1/webhooks/sandbox", json={})).status_code for _ in range(150)}
    assert 429 not in told


def test_the_first_line_that_fits_is_the_rule(settings: Settings) -> None:
    rules = rate_rules(create_app(settings), RateLimit())
    named = {
        ("POST", "/login"): ("sign in", 30),
        ("GET", "/login"): ("pages", 300),
        ("POST", "/api/v1/auth/refresh"): ("tokens", 120),
        ("PUT", "/api/v1/holds/x/coupons"): ("coupons", 30),
        ("POST", "/checkout/x/coupons"): ("coupons", 30),
        ("POST", "/api/v1/bookings"): ("default", 100),
        ("POST", "/stays/x/hold"): ("holds", 60),
        ("GET", "/api/v1/search"): ("search", 300),
        ("GET", "/api/v1/search/suggestions"): ("suggestions", 600),
        ("POST", "/api/v1/properties/x/media"): ("uploads", 60),
        ("GET", "/api/v1/bookings/x/events"): ("live", 300),
        ("POST", "/api/v1/webhooks/stripe"): ("webhooks", 6_000),
        ("POST", "/account/password"): ("account", 20),
        ("POST", "/api/v1/users/me/export"): ("exports", 5),
        ("POST", "/api/v1/auth/otp/send"): ("codes", 20),
        ("POST", "/account"): ("default", 100),
        ("GET", "/nowhere/at/all"): ("pages", 300),
        ("DELETE", "/api/v1/holds/x"): ("holds", 60),
    }
    for (method, path), expected in named.items():
        rule, _ = rules.find(path).rule(method)
        assert (rule.name, rule.limit) == expected, path
    assert {rules.find(f"/api/v1/bookings/{n}/cancel").rule("PUT")[1] for n in range(9)} == {
        "write:/api/v1/bookings/{}/cancel"
    }
    assert rules.find("/trips/waiting").template == "/trips/waiting"
    assert rules.find("/trips/7").template == "/trips/{}"
    assert rules.find("/media/ab/cd/ef.webp").template == "/media/{}"


def test_a_person_who_browses_never_meets_a_limit(settings: Settings) -> None:
    rules = rate_rules(create_app(settings), RateLimit())
    for path, times in PEOPLE_DO_IN_A_MINUTE.items():
        assert rules.find(path).rule("GET")[0].limit >= 2 * times, path
    assert rules.address.limit >= 2 * sum(PEOPLE_DO_IN_A_MINUTE.values())


def test_settings_move_the_numbers_and_name_rules_that_exist() -> None:
    paths = ["/login", "/api/v1/things"]
    moved = RateRules(paths, RateLimit(limit=50, ttl=30, factor=2, rules={"sign in": 7, "address": 10}))
    assert moved.find("/login").write.limit == 14
    assert (moved.find("/api/v1/things").write.limit, moved.find("/api/v1/things").write.seconds) == (100, 30)
    assert moved.address.limit == 20
    with pytest.raises(SettingsError, match="there is no rule sing in"):
        RateRules(paths, RateLimit(rules={"sing in": 7}))


def test_names_of_rules_can_stand_in_a_header() -> None:
    assert all(re.fullmatch(r"[a-z ]+", rule.name) for *_, rule in TABLE)
