"""The pages of verification in a browser without JavaScript."""

import html
import io
import re
from uuid import UUID

import httpx
import pytest
from PIL import Image

from hospes.modules.identity import facade
from hospes.modules.identity.contracts import User
from hospes.platform.runtime import Runtime
from tests.builders.codes import react, sent_to
from tests.builders.identity import PASSWORD, a_host, a_user

SIGNUP = {
    "email": "ada@example.com",
    "password": "Correct-horse-7",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "date_of_birth": "1990-05-31",
    "phone": "+34 612 345 678",
    "agree": "yes",
}


@pytest.fixture
async def browser(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.headers["Accept"] = "text/html"
    return client


@pytest.fixture
def rt(client: httpx.AsyncClient) -> Runtime:
    found: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    return found


def csrf_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


async def submit(browser: httpx.AsyncClient, page: str, path: str, **form: str) -> httpx.Response:
    shown = await browser.get(page)
    return await browser.post(path, data={**form, "csrf_token": csrf_in(shown)})


async def sign_in(browser: httpx.AsyncClient, user: User, password: str = PASSWORD) -> None:
    answer = await submit(browser, "/login", "/login", email=user.email, password=password)
    assert answer.status_code == 303, answer.text


async def signed_up(browser: httpx.AsyncClient, rt: Runtime, **changes: str) -> UUID:
    answer = await submit(browser, "/signup", "/signup", **{**SIGNUP, **changes})
    assert answer.status_code == 303, answer.text
    async with rt.db.read() as tx:
        row = await tx.find("SELECT aggregate_id FROM platform.outbox WHERE type = 'user.registered'")
    assert row is not None
    found: UUID = row["aggregate_id"]
    return found


async def test_every_field_of_sign_up_is_kept(browser: httpx.AsyncClient, rt: Runtime) -> None:
    user_id = await signed_up(
        browser,
        rt,
        language="pt-BR",
        time_zone="Europe/Madrid",
        country="ES",
        city="Cádiz",
        bio="I like lanterns.",
        emergency_name="Byron",
        emergency_phone="+34 612 345 679",
        emergency_relation="my father",
    )
    async with rt.db.read() as tx:
        user = await facade.get_user(tx, user_id)
        consents = await tx.all("SELECT kind, given FROM identity.consent WHERE user_id = %s ORDER BY kind", (user_id,))
    assert (user.phone, user.language, user.zone, user.country) == ("+34612345678", "pt-BR", "Europe/Madrid", "ES")
    assert (user.city, user.bio) == ("Cádiz", "I like lanterns.")
    contact = user.emergency_contact
    assert contact is not None
    assert (contact.name, contact.phone, contact.relation) == ("Byron", "+34612345679", "my father")
    assert consents == [{"kind": "privacy", "given": True}, {"kind": "terms", "given": True}]


async def test_every_fault_of_sign_up_is_beside_its_field_at_once(browser: httpx.AsyncClient) -> None:
    faulty = {**SIGNUP, "phone": "", "password": "Lovelace-77", "agree": "", "emergency_name": "Byron"}
    answer = await submit(browser, "/signup", "/signup", **faulty)
    assert answer.status_code == 422
    for sentence in (
        "Please write your phone number, with its country code",
        "A password cannot contain your name or email address",
        "Please agree, or we may not keep an account for you.",
        "Write both a name and a number, or neither.",
    ):
        assert sentence in answer.text
    assert '<details class="more" open>' in answer.text


async def test_who_signs_up_is_asked_to_confirm_and_goes_on_by_code(browser: httpx.AsyncClient, rt: Runtime) -> None:
    answer = await submit(browser, "/signup", "/signup", **SIGNUP)
    assert answer.headers["location"] == "/verify"
    await react(rt, only="identity")
    page = await browser.get("/verify")
    assert 'autocomplete="one-time-code"' in page.text
    assert "ada@example.com" in page.text
    async with rt.db.read() as tx:
        row = await tx.find("SELECT aggregate_id FROM platform.outbox WHERE type = 'user.registered'")
    assert row is not None
    code = (await sent_to(rt, row["aggregate_id"]))["code"]
    assert code not in page.text
    wrong = await submit(browser, "/verify", "/verify/email", code="12")
    assert (wrong.status_code, "This code is not right. You can try 4 more times." in wrong.text) == (422, True)
    right = await submit(browser, "/verify", "/verify/email", code=code)
    assert right.headers["location"].startswith("/verify"), "the number is next"
    await react(rt, only="identity")
    code = (await sent_to(rt, row["aggregate_id"]))["code"]
    done = await submit(browser, "/verify", "/verify/phone", code=code)
    assert done.headers["location"] == "/account"
    account = await browser.get("/account")
    assert account.text.count(">Confirmed<") == 2


async def test_looking_at_a_link_confirms_nothing_and_its_button_does(browser: httpx.AsyncClient, rt: Runtime) -> None:
    """Mail scanners open every link."""
    user_id = await signed_up(browser, rt)
    await react(rt, only="identity")
    link = (await sent_to(rt, user_id))["link"]
    await submit(browser, "/account", "/logout")
    page = await browser.get(f"/verify?link={link}")
    assert (page.status_code, page.headers["referrer-policy"]) == (200, "no-referrer")
    async with rt.db.read() as tx:
        assert (await facade.get_user(tx, user_id)).email_verified_at is None
    done = await submit(browser, f"/verify?link={link}", "/verify/link", link=link)
    assert (done.status_code, done.headers["location"]) == (303, "/login")
    async with rt.db.read() as tx:
        assert (await facade.get_user(tx, user_id)).email_verified_at is not None
    evil = await browser.get('/verify?link="><script>alert(1)</script>')
    assert "<script>alert" not in evil.text


async def test_a_forgotten_password_is_set_anew_on_the_pages(browser: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        ada = await a_user(tx, email="ada@example.com")
    asked = await submit(browser, "/forgot", "/forgot", email="ada@example.com")
    nobody = await submit(browser, "/forgot", "/forgot", email="nobody@example.com")
    assert asked.status_code == nobody.status_code == 303
    assert (await browser.get(asked.headers["location"])).status_code == 200
    bad = await submit(browser, "/forgot", "/forgot", email="ada")
    assert (bad.status_code, "This is not an email address" in bad.text) == (422, True)
    await react(rt, only="identity")
    code = (await sent_to(rt, ada.id))["code"]
    page, id = asked.headers["location"], asked.headers["location"].removeprefix("/reset?id=")
    weak = await submit(browser, page, "/reset", reset_id=id, code=code, password="Password1")
    assert (weak.status_code, "is tried first" in weak.text, f'value="{code}"' in weak.text) == (422, True, True)
    done = await submit(browser, page, "/reset", reset_id=id, code=code, password="Another-battery-8")
    assert (done.status_code, done.headers["location"]) == (303, "/login")
    await sign_in(browser, ada, "Another-battery-8")


async def test_address_number_and_password_are_changed_on_their_pages(browser: httpx.AsyncClient, rt: Runtime) -> None:
    async with rt.db.write() as tx:
        ada = await a_user(tx, email="ada@example.com")
    await sign_in(browser, ada)
    wrong = await submit(browser, "/account/email", "/account/email", email="n@example.com", current_password="x")
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    await submit(browser, "/account/email", "/account/email", email="n@example.com", current_password=PASSWORD)
    assert "n@example.com" in (await browser.get("/account/email")).text
    code = (await sent_to(rt, ada.id))["code"]
    done = await submit(browser, "/account/email", "/account/email/code", code=code)
    assert done.headers["location"] == "/account"
    await submit(browser, "/account/phone", "/account/phone", phone="+34612345678", current_password=PASSWORD)
    code = (await sent_to(rt, ada.id))["code"]
    await submit(browser, "/account/phone", "/account/phone/code", code=code)
    changed = await submit(
        browser, "/account/password", "/account/password", current_password=PASSWORD, password="Another-battery-8"
    )
    assert (changed.status_code, changed.headers["location"]) == (303, "/account")
    account = await browser.get("/account")
    assert account.status_code == 200, "this browser stays signed in"
    assert "n@example.com" in account.text
    assert "+34612345678" in account.text


async def test_a_photo_is_cut_to_a_square_and_nothing_hidden_in_it_is_kept(
    browser: httpx.AsyncClient, rt: Runtime
) -> None:
    async with rt.db.write() as tx:
        ada = await a_user(tx)
    await sign_in(browser, ada)
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (900, 600), "teal").save(out, "JPEG", exif=exif)
    token = csrf_in(await browser.get("/account"))
    file = ("me.jpg", out.getvalue() + b"<script>hidden</script>", "image/jpeg")
    answer = await browser.post("/account/photo", data={"csrf_token": token}, files={"file": file})
    assert answer.status_code == 303
    shown = re.search(r'class="portrait" src="([^"]+)"', (await browser.get("/account")).text)
    assert shown
    picture = await browser.get(shown[1])
    assert picture.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(picture.content)) as kept:
        assert (kept.format, kept.size, len(kept.getexif())) == ("WEBP", (512, 512), 0)
    assert b"hidden" not in picture.content
    bad = ("me.svg", b"<svg onload='alert(1)'/>", "image/jpeg")
    refused = await browser.post("/account/photo", data={"csrf_token": token}, files={"file": bad})
    assert refused.status_code == 422
    assert "This is not a JPEG, PNG or WebP picture." in refused.text
    await browser.post("/account/photo/remove", data={"csrf_token": token})
    assert (await browser.get(shown[1])).status_code == 404, "the file is gone too"


async def test_a_verified_address_is_needed_to_offer_a_place_and_not_to_look_around(
    client: httpx.AsyncClient, rt: Runtime
) -> None:
    from hospes.modules.identity.errors import EmailNotVerified

    async with rt.db.write() as tx:
        stranger, known = await a_host(tx, verified=False), await a_host(tx)
    async with rt.db.read() as tx:
        await facade.require_verified_email(tx, known.id)
        with pytest.raises(EmailNotVerified):
            await facade.require_verified_email(tx, stranger.id)


async def test_without_javascript_and_without_signing_in_pages_lead_where_they_should(
    browser: httpx.AsyncClient,
) -> None:
    for path in ("/verify", "/account/email", "/account/phone", "/account/password"):
        answer = await browser.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")
    assert (await browser.get("/reset")).headers["location"] == "/forgot"
    assert 'href="/forgot"' in (await browser.get("/login")).text
