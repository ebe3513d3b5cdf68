"""A form that was left open too long is there again after confirming, with what was typed and without secrets."""

from datetime import timedelta

import httpx

from hospes.platform.refilling import SAID, is_secret, refill
from tests.builders.identity import PASSWORD, a_user, an_admin
from tests.catalog.signed_in import csrf_in, runtime_of, sign_in
from tests.conftest import FixedClock

PAGE = """<!doctype html><p>A &amp; B &#39; <svg><use href="x"/></svg></p>
<form method="post" action="/other"><input name="words" value="not mine"></form>
<form method="post"><input type="hidden" name="version" value="7"><input name="words" value="old">
<input type="password" name="password"><textarea name="note">old note</textarea>
<select name="kind"><option value="a" selected>A</option><option value="b">B</option></select>
<input type="checkbox" name="agree" value="yes"><input type="checkbox" name="news" checked>
<button formaction="/here/2/refuse">No</button></form><p>End</p>"""
TYPED = {"words": ['"><script>'], "note": ["</textarea>new"], "kind": ["b"], "agree": ["yes"], "version": ["1"]}


def test_values_go_into_the_one_form_that_sends_there_and_are_only_text() -> None:
    for action in ("/here", "/here/2/refuse"):
        made = refill(PAGE, action=action, here="/here", fields=TYPED)
        assert made.count(SAID) == 1
        assert '<input name="words" value="not mine">' in made
        assert '<input name="words" value="&quot;&gt;&lt;script&gt;">' in made
        assert '<textarea name="note">\n&lt;/textarea&gt;new</textarea>' in made
        assert '<option value="a">A</option><option value="b" selected>B</option>' in made
        assert '<input type="checkbox" name="agree" value="yes" checked>' in made
        assert '<input type="checkbox" name="news">' in made, "what was not ticked was not sent"
        assert '<input type="hidden" name="version" value="7">' in made, "what the page says stays"
        assert made.startswith('<!doctype html><p>A &amp; B &#39; <svg><use href="x"/></svg></p>')
        assert made.endswith("<p>End</p>")


def test_a_page_without_the_form_stays_as_it_is() -> None:
    assert refill(PAGE, action="/elsewhere", here="/here", fields=TYPED) == PAGE


def test_secrets_are_known_by_name() -> None:
    secret = ("password", "new_password", "current_passwd", "code", "otp", "api_token", "cvc", "iban", "details.iban")
    assert [name for name in secret if not is_secret(name)] == []
    assert [name for name in ("postcode", "reason", "note", "amount", "country") if is_secret(name)] == []


async def test_after_confirming_the_reason_an_admin_had_typed_is_in_its_form_again(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        ada, alma = await a_user(tx), await an_admin(tx)
    await sign_in(client, alma)
    page = f"/admin/people/{ada.id}"
    shown = await client.get(page)
    clock: FixedClock = rt.clock  # type: ignore[assignment]
    clock.at += timedelta(minutes=11)
    typed = {"reason": "They <b>asked</b> for it", "csrf_token": csrf_in(shown)}
    late = await client.post(f"{page}/suspend", data=typed, headers={"Referer": f"http://test{page}"})
    assert late.status_code == 303
    asked = await client.get(late.headers["location"])
    kept = [key async for key in rt.valkey.scan_iter("kept_form:*")]
    assert len(kept) == 1
    assert "asked" not in await rt.valkey.get(kept[0]), "sealed"
    assert 0 < await rt.valkey.ttl(kept[0]) <= 900
    form = {"password": PASSWORD, "csrf_token": csrf_in(asked), "next": late.headers["location"].split("next=")[1]}
    form["next"] = str(httpx.QueryParams(f"next={form['next']}")["next"])
    done = await client.post("/confirm", data=form)
    assert done.status_code == 303, done.text
    again = await client.get(done.headers["location"])
    assert "They &lt;b&gt;asked&lt;/b&gt; for it" in again.text
    assert SAID in again.text
    async with rt.db.write() as tx:
        other = await an_admin(tx)
    client.cookies.clear()
    await sign_in(client, other)
    theirs = await client.get(done.headers["location"])
    assert theirs.status_code == 200
    assert SAID not in theirs.text, "for who typed it alone"
    assert "They &lt;b&gt;" not in theirs.text
