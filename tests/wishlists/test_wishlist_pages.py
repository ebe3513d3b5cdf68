"""Pages of lists and the heart, without JavaScript, and with the part that replaces itself."""

import re
from uuid import UUID

import httpx

from hospes.entrypoints.app import create_app
from hospes.modules.wishlists.facade import saved_among
from hospes.modules.wishlists.policies.undoing import packed, unpacked
from hospes.platform.ids import new_id
from tests.builders.identity import a_user
from tests.catalog.signed_in import bearer, csrf_in, runtime_of, sign_in, submit
from tests.wishlists.builders import API, a_world, rows


def pressed(page: httpx.Response, place: UUID) -> str:
    """Of the heart of a place: true or false."""
    found = re.search(rf'id="heart-press-{place}"[^>]*aria-pressed="(\w+)"', page.text)
    assert found, page.text
    return found[1]


async def test_a_visitor_is_led_to_sign_in_and_back_to_the_heart(client: httpx.AsyncClient) -> None:
    _, (place,) = await a_world(client)
    page = await client.get(f"/stays/{place}?adults=2")
    assert page.status_code == 200
    assert f'href="/login?next=/stays/{place}%3Fadults%3D2%23heart-{place}"' in page.text
    assert "aria-pressed" not in page.text.split('class="stay-head"')[1].split("</header>")[0]
    assert (await client.get("/wishlists")).headers["location"] == "/login?next=/wishlists"


async def test_the_first_heart_makes_a_list_and_pressing_again_empties_it(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    await sign_in(client, user)
    here = f"/stays/{place}"
    assert pressed(await client.get(here), place) == "false"
    form = {"resource_id": str(place), "next": f"{here}#heart-{place}"}
    answer = await submit(client, here, {**form, "save": "yes"}, to="/wishlists/save")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{here}#heart-{place}")
    page = await client.get(here)
    assert pressed(page, place) == "true"
    assert "Saved to “Saved”." in page.text
    shown = await client.get("/wishlists")
    assert "1 place<" in shown.text
    answer = await submit(client, here, {**form, "save": ""}, to="/wishlists/save")
    assert pressed(await client.get(here), place) == "false"
    assert await rows(client, "SELECT name FROM wishlists.list") == [{"name": "Saved"}]
    assert await rows(client, "SELECT 1 FROM wishlists.item") == []


async def test_the_heart_alone_comes_back_where_it_replaces_itself(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    await sign_in(client, user)
    token = csrf_in(await client.get(f"/stays/{place}"))
    form = {"resource_id": str(place), "save": "yes", "next": f"/stays/{place}", "words": "yes", "csrf_token": token}
    answer = await client.post("/wishlists/save", data=form, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text.lstrip()[:19]) == (200, '<form class="heart"')
    assert pressed(answer, place) == "true"
    assert "<html" not in answer.text


async def test_a_heart_never_leads_to_another_site_nor_saves_without_its_token(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    await sign_in(client, user)
    form = {"resource_id": str(place), "save": "yes", "next": "//evil.example/x"}
    assert (await client.post("/wishlists/save", data=form)).status_code == 403
    assert await rows(client, "SELECT 1 FROM wishlists.item") == []
    answer = await submit(client, "/wishlists", form, to="/wishlists/save")  # control: with it, it is saved
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert len(await rows(client, "SELECT 1 FROM wishlists.item")) == 1
    assert (await submit(client, "/wishlists", {"resource_id": "x"}, to="/wishlists/save")).status_code == 422


async def test_hearts_on_a_page_of_results_are_filled_with_one_question(client: httpx.AsyncClient) -> None:
    user, places = await a_world(client, "Maison Lune", "Casa Sol")
    rt = runtime_of(client)
    app = create_app(rt.settings, clock=rt.clock)  # its index holds the places
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as fresh:
            fresh.app = app  # type: ignore[attr-defined]
            visited = await fresh.get("/search")
            assert visited.text.count('aria-label="Sign in to save ') == 2
            await sign_in(fresh, user)
            await submit(fresh, "/search", {"resource_id": str(places[0]), "save": "yes"}, to="/wishlists/save")
            page = await fresh.get("/search")
    assert [pressed(page, each) for each in places] == ["true", "false"]
    async with rt.db.read() as tx:
        assert await saved_among(tx, user.id, [*places, new_id()]) == {places[0]}
        assert await saved_among(tx, new_id(), places) == frozenset()


async def test_a_list_is_named_noted_on_moved_shared_and_deleted(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    await sign_in(client, user)
    await submit(client, "/wishlists", {"resource_id": str(place), "save": "yes"}, to="/wishlists/save")
    other = (await submit(client, "/wishlists", {"name": "Rome"})).headers["location"]
    taken = await submit(client, "/wishlists", {"name": "rome"})
    assert taken.status_code == 409
    assert "You have a list called “rome”." in taken.text
    assert 'value="rome"' in taken.text
    (row,) = await rows(client, "SELECT id FROM wishlists.list WHERE name = 'Saved'")
    here = f"/wishlists/{row['id']}"
    long = await submit(client, here, {"note": "y" * 281}, to=f"{here}/items/{place}/note")
    assert long.status_code == 422
    assert "At most 280 characters." in long.text
    assert "y" * 281 in long.text
    await submit(client, here, {"note": "With <b>garden</b>"}, to=f"{here}/items/{place}/note")
    assert "With &lt;b&gt;garden&lt;/b&gt;" in (await client.get(here)).text
    renamed = await submit(client, here, {"name": "Rome"}, to=f"{here}/rename")
    assert (renamed.status_code, "You have a list called" in renamed.text) == (409, True)
    await submit(client, here, {"name": "Later"}, to=f"{here}/rename")
    await submit(client, here, {"wishlist_id": other.rsplit("/")[-1]}, to=f"{here}/items/{place}/move")
    assert "Nothing on this list yet" in (await client.get(here)).text
    shown = await client.get(other)
    assert "Maison Lune" in shown.text
    await submit(client, other, {}, to=f"{other}/share")
    link = re.search(r'value="http://test(/shared/[^"]+)"', (await client.get(other)).text)
    assert link
    assert (await client.get(link[1])).status_code == 200
    await submit(client, other, {}, to=f"{other}/share/stop")
    assert (await client.get(link[1])).status_code == 404
    asked = await client.get(f"{other}/delete")
    assert "1 place is on it" in asked.text
    assert (await submit(client, f"{other}/delete", {})).headers["location"] == "/wishlists"
    assert await rows(client, "SELECT name FROM wishlists.list") == [{"name": "Later"}]


async def test_what_is_taken_off_can_be_put_back_and_what_left_the_sale_is_shown(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    await sign_in(client, user)
    await submit(client, "/wishlists", {"resource_id": str(place), "save": "yes"}, to="/wishlists/save")
    (row,) = await rows(client, "SELECT id FROM wishlists.list")
    here = f"/wishlists/{row['id']}"
    off = await submit(client, here, {}, to=f"{here}/items/{place}/remove")
    page = await client.get(off.headers["location"])
    assert "Maison Lune is off this list." in page.text
    await submit(client, off.headers["location"], {}, to=f"{here}/items/{place}")
    page = await client.get(here)
    assert f'href="/stays/{place}"' in page.text
    assert "€100" in page.text
    async with runtime_of(client).db.write() as tx:
        await tx.run("UPDATE catalog.property SET status = 'suspended'")
    page = await client.get(f"{here}?removed=nonsense")
    assert "No longer on sale" in page.text
    assert f'href="/stays/{place}"' not in page.text


async def test_a_heart_pressed_by_mistake_is_put_back_on_the_same_lists_with_its_notes(
    client: httpx.AsyncClient,
) -> None:
    user, (place, other) = await a_world(client, "Maison Lune", "Casa Sol")
    await sign_in(client, user)
    mine = bearer(client, user)
    for name, note in (("Rome", "With a garden"), ("Paris", ""), ("Latest", None)):
        one = (await client.post(API, json={"name": name}, headers=mine)).headers["location"]
        if note is not None:
            await client.put(f"{one}/items/{place}", json={"note": note}, headers=mine)
        else:
            await client.put(f"{one}/items/{other}", json={}, headers=mine)
    here = f"/stays/{place}"
    kept = "SELECT l.name, i.note FROM wishlists.item AS i JOIN wishlists.list AS l ON l.id = i.list_id ORDER BY 1"
    before = await rows(client, kept)
    await submit(client, here, {"resource_id": str(place), "save": ""}, to="/wishlists/save")
    assert [row["name"] for row in await rows(client, kept)] == ["Latest"]
    back = await submit(client, here, {"resource_id": str(place), "save": "yes", "next": here}, to="/wishlists/save")
    assert back.status_code == 303
    assert await rows(client, kept) == before
    assert "Back on “Rome” and “Paris”." in (await client.get(here)).text
    # Control: another place, and a place after the undo is spent, goes on the list used last.
    await submit(client, here, {"resource_id": str(place), "save": ""}, to="/wishlists/save")
    client.cookies.delete("hospes_wish")
    await submit(client, here, {"resource_id": str(place), "save": "yes"}, to="/wishlists/save")
    names = {row["name"] for row in await rows(client, kept)}
    assert len(await rows(client, kept)) == 2
    assert names < {"Rome", "Paris", "Latest"}


async def test_a_note_comes_back_with_what_was_taken_off(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    await sign_in(client, user)
    one = (await client.post(API, json={"name": "Rome"}, headers=bearer(client, user))).json()["id"]
    await client.put(f"{API}/{one}/items/{place}", json={"note": "With a garden"}, headers=bearer(client, user))
    here = f"/wishlists/{one}"
    off = await submit(client, here, {}, to=f"{here}/items/{place}/remove")
    assert off.headers["location"] == f"{here}?removed={place}"
    await submit(client, off.headers["location"], {}, to=f"{here}/items/{place}")
    assert await rows(client, "SELECT note FROM wishlists.item") == [{"note": "With a garden"}]


async def test_a_long_list_has_pages_and_one_stays_on_the_page_one_works_on(client: httpx.AsyncClient) -> None:
    user, places = await a_world(client, *(f"Place {at:02}" for at in range(30)))
    await sign_in(client, user)
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "Rome"}, headers=mine)).json()["id"]
    for place in places:
        await client.put(f"{API}/{one}/items/{place}", json={}, headers=mine)
    here = f"/wishlists/{one}"
    first = await client.get(here)
    assert first.text.count('class="wish"') == 24
    assert (first.text.count("30 places"), "Page 1 of 2" in first.text, "Previous" in first.text) == (1, True, False)
    second = await client.get(f"{here}?page=2")
    assert [f"Place {at:02}" in second.text for at in (6, 5, 0)] == [False, True, True]
    noted = await submit(client, f"{here}?page=2", {"note": "Hm"}, to=f"{here}/items/{places[0]}/note?page=2")
    assert noted.headers["location"] == f"{here}?page=2#wish-{places[0]}"
    for said in ("99", "2"):
        assert "Page 2 of 2" in (await client.get(f"{here}?page={said}")).text
    for said in ("0", "-1", "x", "²", ""):
        assert "Page 1 of 2" in (await client.get(f"{here}?page={said}")).text
    link = (await client.post(f"{API}/{one}/share", headers=mine)).json()["link"].removeprefix("http://test")
    assert (await client.get(f"{link}?page=2")).text.count('class="wish"') == 6
    for at in range(25):
        await client.post(API, json={"name": f"List {at}"}, headers=mine)
    lists = await client.get("/wishlists?page=2")
    assert (lists.text.count('class="wishlist"'), "Page 2 of 2" in lists.text) == (2, True)


async def test_places_on_shelves_have_hearts_too(client: httpx.AsyncClient) -> None:
    user, places = await a_world(client, "Maison Lune", "Casa Sol")
    await sign_in(client, user)
    await submit(client, "/wishlists", {"resource_id": str(places[0]), "save": "yes"}, to="/wishlists/save")
    async with runtime_of(client).db.write() as tx:
        for place in places:
            await tx.run(
                "INSERT INTO recommendations.seen (person, resource_id, day, visitor, times, last_at)"
                " VALUES (%s, %s, current_date, false, 1, now())",
                (user.id, place),
            )
    page = await client.get("/recently-viewed")
    assert [pressed(page, each) for each in places] == ["true", "false"]
    home = await client.get("/")
    marks = re.findall(r'id="heart-press-recent-([0-9a-f-]+)"[^>]*aria-pressed="(\w+)"', home.text)
    assert dict(marks) == {str(places[0]): "true", str(places[1]): "false"}
    token = csrf_in(home)
    form = {"resource_id": str(places[1]), "save": "yes", "next": "/", "spot": "recent-", "csrf_token": token}
    alone = await client.post("/wishlists/save", data=form, headers={"HX-Request": "true"})
    assert f'id="heart-recent-{places[1]}"' in alone.text
    assert 'name="spot" value="recent-"' in alone.text
    bad = await client.post("/wishlists/save", data={**form, "spot": '"><b>'}, headers={"HX-Request": "true"})
    assert bad.status_code == 422


def test_what_can_be_put_back_is_that_of_the_same_person_and_place() -> None:
    user, place, lists = new_id(), new_id(), [(new_id(), "With a garden"), (new_id(), "")]
    text = packed(user, place, lists)
    assert unpacked(text, user, place) == lists
    assert unpacked(text, new_id(), place) == unpacked(text, user, new_id()) == []
    for edited in ("", "é", text[:-4], "W10", "bnVsbA", "W1tbW1tbW1tbW1tb", text + "A", "MQ"):
        assert unpacked(edited, user, place) == []
    many = packed(user, place, [(new_id(), "y" * 280) for _ in range(50)])
    assert len(many) <= 3_500
    assert [note for _, note in unpacked(many, user, place)] == [""] * 50


async def test_a_stranger_finds_no_page_of_somebody_elses_list(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    async with runtime_of(client).db.write() as tx:
        stranger = await a_user(tx)
    await sign_in(client, user)
    here = (await submit(client, "/wishlists", {"name": "Rome"})).headers["location"]
    assert (await client.get(here)).status_code == 200
    client.cookies.clear()
    await sign_in(client, stranger)
    for path in (here, f"{here}/delete"):
        assert (await client.get(path)).status_code == 404
    ways = ("rename", "delete", "share", "share/stop", f"items/{place}", f"items/{place}/note", f"items/{place}/remove")
    for way in ways:
        answer = await submit(client, "/wishlists", {"name": "x", "note": "x"}, to=f"{here}/{way}")
        assert (way, answer.status_code) == (way, 404)
    assert "Rome" not in (await client.get("/wishlists")).text
