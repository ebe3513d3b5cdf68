"""Passkeys in a real browser, with the virtual authenticator of its developer tools."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.e2e.conftest import SIZES, Site

pytestmark = pytest.mark.browser

PASSWORD = "Correct-horse-7-battery"
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Visitor:
    """A browser at `localhost`, where passkeys are allowed without TLS, with an authenticator of its own."""

    def __init__(self, chromium: Any, site: Site, faults: list[str]) -> None:
        self.context = chromium.new_context(
            base_url=site.url.replace("127.0.0.1", "localhost"),
            viewport=SIZES["phone"],
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: faults.append(str(error)))
        self.tools = self.context.new_cdp_session(self.page)
        self.tools.send("WebAuthn.enable")
        self.device = self.tools.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})["authenticatorId"]
        self.email = f"passkey-{uuid.uuid4().hex[:12]}@example.com"

    def register(self) -> None:
        answer = self.page.request.post(
            "/api/v1/auth/register",
            data={
                "email": self.email,
                "password": PASSWORD,
                "first_name": "Pia",
                "last_name": "Passkey",
                "date_of_birth": "1990-05-31",
                "phone": f"+346{uuid.uuid4().int % 10**8:08d}",
            },
        )
        assert answer.status == 201, answer.text()

    def log_in(self) -> None:
        self.page.goto("/login")
        self.page.fill("#email", self.email)
        self.page.fill("#password", PASSWORD)
        self.page.click("main form[action='/login'] button[type=submit]")
        self.page.wait_for_url(lambda url: not url.endswith("/login"))

    def add_passkey(self, name: str) -> list[str]:
        """Made on the page; the recovery codes that come with the first."""
        self.page.goto("/account/security")
        self.page.fill("#passkey-name", name)
        self.page.get_by_role("button", name="Add a passkey").click()
        self.page.get_by_role("heading", name="Your recovery codes").wait_for()
        codes = self.page.locator("ol.codes code").all_text_contents()
        self.page.get_by_role("link", name="I have kept them").click()
        return list(codes)

    def forget_session(self) -> None:
        self.context.clear_cookies()

    def credentials(self) -> list[dict[str, Any]]:
        said = self.tools.send("WebAuthn.getCredentials", {"authenticatorId": self.device})
        return list(said["credentials"])

    def take_over(self, credential: dict[str, Any]) -> None:
        """Put a copied credential into this browser's authenticator."""
        self.tools.send("WebAuthn.addCredential", {"authenticatorId": self.device, "credential": {**credential}})

    def is_signed_in(self) -> bool:
        return bool(self.page.request.get("/api/v1/users/me").status == 200)


@pytest.fixture
def visit(chromium: Any, site: Site) -> Iterator[Callable[[], Visitor]]:
    visitors: list[Visitor] = []
    faults: list[str] = []

    def one() -> Visitor:
        visitors.append(Visitor(chromium, site, faults))
        return visitors[-1]

    yield one
    for each in visitors:
        each.context.close()
    assert faults == []


@pytest.fixture
def pia(visit: Callable[[], Visitor]) -> Visitor:
    visitor = visit()
    visitor.register()
    visitor.log_in()
    return visitor


def test_a_passkey_is_made_named_and_opens_the_account_alone(pia: Visitor) -> None:
    assert len(set(pia.add_passkey("My phone"))) == 10
    assert pia.page.get_by_label("Name of this passkey").input_value() == "My phone"
    assert [each["isResidentCredential"] for each in pia.credentials()] == [True]
    pia.forget_session()
    assert not pia.is_signed_in()
    pia.page.goto("/login?next=/account/security")
    pia.page.get_by_role("button", name="Sign in with a passkey").click()
    pia.page.wait_for_url(lambda url: url.endswith("/account/security") and "/login" not in url)
    assert pia.is_signed_in()
    assert "last used" in pia.page.locator(".passkey").inner_text()


def test_a_passkey_is_the_second_step_and_the_browser_can_be_trusted(pia: Visitor) -> None:
    pia.add_passkey("My phone")
    pia.context.clear_cookies(name="hospes_session")
    pia.log_in()
    assert pia.page.url.endswith("/login/second")
    assert not pia.is_signed_in()
    pia.page.get_by_label("Trust this browser for 30 days").check()
    pia.page.get_by_role("button", name="Use your passkey").click()
    pia.page.wait_for_url(lambda url: "/login" not in url)
    assert pia.is_signed_in()
    pia.context.clear_cookies(name="hospes_session")
    pia.log_in()
    assert "/login" not in pia.page.url


def test_a_device_that_is_not_sure_of_the_person_opens_nothing(pia: Visitor) -> None:
    pia.add_passkey("My phone")
    pia.forget_session()
    pia.tools.send("WebAuthn.setUserVerified", {"authenticatorId": pia.device, "isUserVerified": False})
    pia.page.goto("/login")
    pia.page.get_by_role("button", name="Sign in with a passkey").click()
    pia.page.locator("[data-passkey-fault]").wait_for()
    assert not pia.is_signed_in()


def test_an_answer_sent_again_is_refused(pia: Visitor) -> None:
    pia.add_passkey("My phone")
    pia.forget_session()
    sent: list[tuple[str, str, str]] = []
    pia.page.on(
        "request",
        lambda each: (
            sent.append((each.url, each.post_data or "", each.headers.get("x-csrf-token", "")))
            if "/login/passkey?" in each.url
            else None
        ),
    )
    pia.page.goto("/login")
    token = next(each for each in pia.context.cookies() if each["name"] == "hospes_csrf")
    pia.page.get_by_role("button", name="Sign in with a passkey").click()
    pia.page.wait_for_url(lambda url: "/login" not in url)
    ((url, body, csrf),) = sent
    pia.forget_session()
    pia.context.add_cookies([token])  # even the very visitor it was made for
    replayed = pia.page.request.post(
        url, data=body, headers={"Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": csrf}
    )
    assert (replayed.status, replayed.json()["code"]) == (422, "passkey_refused")
    assert not pia.is_signed_in()


def test_an_answer_of_another_visitor_is_refused(pia: Visitor, visit: Callable[[], Visitor]) -> None:
    """Somebody carries their own fresh challenge and answer into another browser: it is bound to who asked for it."""
    pia.add_passkey("My phone")
    pia.forget_session()
    caught: list[str] = []

    def hold_back(route: Any) -> None:
        caught.append(route.request.post_data)
        route.abort()

    pia.page.route("**/login/passkey?*", hold_back)
    pia.page.goto("/login")
    pia.page.get_by_role("button", name="Sign in with a passkey").click()
    pia.page.locator("[data-passkey-fault]").wait_for()
    other = visit()
    other.page.goto("/login")
    csrf = other.page.locator("body").get_attribute("data-csrf")
    answer = other.page.request.post(
        "/login/passkey",
        data=caught[0],
        headers={"Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": csrf},
    )
    assert (answer.status, answer.json()["code"]) == (422, "passkey_refused")
    assert not other.is_signed_in()


def test_a_copied_passkey_is_refused_once_its_counter_lags(pia: Visitor, visit: Callable[[], Visitor]) -> None:
    pia.add_passkey("My phone")
    (copy,) = pia.credentials()
    for _ in range(2):
        pia.forget_session()
        pia.page.goto("/login")
        pia.page.get_by_role("button", name="Sign in with a passkey").click()
        pia.page.wait_for_url(lambda url: "/login" not in url)
    thief = visit()
    thief.take_over({**copy, "signCount": 0})
    thief.page.goto("/login")
    thief.page.get_by_role("button", name="Sign in with a passkey").click()
    thief.page.locator("[data-passkey-fault]").wait_for()
    assert not thief.is_signed_in()


def test_without_a_lagging_counter_a_copy_opens_the_account(pia: Visitor, visit: Callable[[], Visitor]) -> None:
    """The control: the same copy with a counter that is ahead."""
    pia.add_passkey("My phone")
    (copy,) = pia.credentials()
    thief = visit()
    thief.take_over({**copy, "signCount": 50})
    thief.page.goto("/login")
    thief.page.get_by_role("button", name="Sign in with a passkey").click()
    thief.page.wait_for_url(lambda url: "/login" not in url)
    assert thief.is_signed_in()


def test_somebody_elses_passkey_is_no_second_step(pia: Visitor, visit: Callable[[], Visitor]) -> None:
    pia.add_passkey("My phone")
    eve = visit()
    eve.register()
    eve.log_in()
    eve.add_passkey("Eve's phone")
    eve.email = pia.email  # Eve knows the password
    eve.context.clear_cookies()
    eve.log_in()
    assert eve.page.url.endswith("/login/second")
    eve.page.get_by_role("button", name="Use your passkey").click()
    eve.page.locator("[data-passkey-fault]").wait_for()
    assert not eve.is_signed_in()


def test_a_page_of_another_origin_gets_no_answer(pia: Visitor, site: Site) -> None:
    """The browser itself binds a passkey to the site: the same machine by its number is another one."""
    pia.add_passkey("My phone")
    asked = pia.page.request.post("/api/v1/auth/passkey/options").json()
    pia.page.goto(f"{site.url}/login")
    said = pia.page.evaluate(
        """async (options) => {
          try {
            const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
            await navigator.credentials.get({ publicKey });
            return "answered";
          } catch (fault) { return fault.name; }
        }""",
        json.dumps(asked["options"]),
    )
    assert said == "SecurityError"


def test_pages_of_second_steps_are_clean_for_axe(pia: Visitor) -> None:
    from tests.e2e.conftest import AXE

    pia.add_passkey("My phone")
    for path in ("/account/security", "/account/security/app", "/account/security/recovery-codes", "/login"):
        if path == "/login":
            pia.context.clear_cookies(name="hospes_session")
            pia.log_in()
        else:
            pia.page.goto(path)
        pia.page.evaluate(AXE.read_text())
        found = pia.page.evaluate("async () => (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html}`)")
        assert found == [], path
