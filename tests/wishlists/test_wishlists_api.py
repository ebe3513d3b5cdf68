"""Lists over the API: whose they are, what is on them, limits, links."""

from uuid import UUID

import httpx

from hospes.modules.wishlists.contracts import MOST_ITEMS, MOST_LISTS
from hospes.platform import paging
from hospes.platform.ids import new_id
from tests.builders.identity import a_user
from tests.catalog.signed_in import bearer, runtime_of
from tests.wishlists.builders import API, a_world, rows


async def test_a_list_is_made_filled_noted_on_and_read(client: httpx.AsyncClient) -> None:
    user, (first, second) = await a_world(client, "Maison Lune", "Casa Sol")
    mine = bearer(client, user)
    made = await client.post(API, json={"name": "  Summer \n by the sea "}, headers=mine)
    assert (made.status_code, made.json()["name"]) == (201, "Summer by the sea")
    assert made.headers["location"] == f"{API}/{made.json()['id']}"
    one = made.headers["location"]
    for place in (first, second):
        assert (await client.put(f"{one}/items/{place}", json={}, headers=mine)).status_code == 200
    noted = await client.put(f"{one}/items/{first}", json={"note": "With a garden"}, headers=mine)
    assert noted.json()["note"] == "With a garden"
    read = (await client.get(one, headers=mine)).json()
    assert [each["title"] for each in read["listings"]] == ["Casa Sol", "Maison Lune"]
    assert read["listings"][1]["price"] == {"amount": 10_000, "currency": "EUR"}
    assert (read["items"], read["shared"], read["link"]) == (2, False, None)
    listed = (await client.get(API, headers=mine)).json()["items"]
    assert [(each["name"], each["items"]) for each in listed] == [("Summer by the sea", 2)]


async def test_saved_twice_is_once_and_told_once(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "A"}, headers=mine)).headers["location"]
    for _ in range(2):
        assert (await client.put(f"{one}/items/{place}", json={}, headers=mine)).status_code == 200
    for _ in range(2):
        assert (await client.delete(f"{one}/items/{place}", headers=mine)).status_code == 204
    told = await rows(
        client, "SELECT type, data FROM platform.outbox WHERE starts_with(type, 'wishlist.') ORDER BY type"
    )
    said = {"user_id": str(user.id), "resource_id": str(place)}
    assert told == [{"type": "wishlist.removed", "data": said}, {"type": "wishlist.saved", "data": said}]


async def test_a_stranger_finds_nothing(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    async with runtime_of(client).db.write() as tx:
        stranger = await a_user(tx)
    mine, theirs = bearer(client, user), bearer(client, stranger)
    one = (await client.post(API, json={"name": "A"}, headers=mine)).headers["location"]
    other = (await client.post(API, json={"name": "A"}, headers=theirs)).json()["id"]
    await client.put(f"{one}/items/{place}", json={}, headers=mine)
    asked: tuple[tuple[str, str, dict[str, str] | None], ...] = (
        ("GET", one, None),
        ("PATCH", one, {"name": "B"}),
        ("DELETE", one, None),
        ("PUT", f"{one}/items/{place}", {}),
        ("DELETE", f"{one}/items/{place}", None),
        ("POST", f"{one}/items/{place}/move", {"wishlist_id": other}),
        ("POST", f"{one}/share", None),
        ("DELETE", f"{one}/share", None),
    )
    for method, path, body in asked:
        answer = await client.request(method, path, json=body, headers=theirs)
        assert (method, path, answer.status_code, answer.json()["code"]) == (method, path, 404, "wishlist_not_found")
        assert (await client.request(method, path, json=body)).status_code == 401
    moved = await client.post(f"{one}/items/{place}/move", json={"wishlist_id": other}, headers=mine)
    assert moved.status_code == 404  # nor is one's own place moved to a list of somebody else
    assert (await client.get(one, headers=mine)).json()["items"] == 1  # control: whose it is finds it as it was


async def test_only_what_is_on_sale_is_saved_and_what_leaves_the_sale_stays(client: httpx.AsyncClient) -> None:
    user, (sold, hidden) = await a_world(client, "Sold", "Hidden")
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "A"}, headers=mine)).headers["location"]
    await client.put(f"{one}/items/{sold}", json={}, headers=mine)
    async with runtime_of(client).db.write() as tx:
        await tx.run("UPDATE catalog.resource SET active = false")
    refused = await client.put(f"{one}/items/{hidden}", json={}, headers=mine)
    assert (refused.status_code, refused.json()["code"]) == (404, "resource_not_found")
    assert (await client.put(f"{one}/items/{new_id()}", json={}, headers=mine)).status_code == 404
    read = (await client.get(one, headers=mine)).json()["listings"]
    assert [(each["title"], each["on_sale"]) for each in read] == [("Sold", False)]


async def test_names_are_once_for_each_person(client: httpx.AsyncClient) -> None:
    user, _ = await a_world(client)
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "Rome"}, headers=mine)).headers["location"]
    await client.post(API, json={"name": "Oslo"}, headers=mine)
    again = await client.post(API, json={"name": "ROME"}, headers=mine)
    assert (again.status_code, again.json()["code"]) == (409, "wishlist_name_taken")
    taken = await client.patch(one, json={"name": "oslo"}, headers=mine)
    assert (taken.status_code, taken.json()["code"]) == (409, "wishlist_name_taken")
    assert (await client.patch(one, json={"name": "ROME"}, headers=mine)).json()["name"] == "ROME"
    assert (await client.post(API, json={"name": " \t"}, headers=mine)).status_code == 422
    assert (await client.post(API, json={"name": "x" * 81}, headers=mine)).status_code == 422


async def test_a_repeat_with_its_key_makes_no_other_list(client: httpx.AsyncClient) -> None:
    user, _ = await a_world(client)
    keyed = {**bearer(client, user), "Idempotency-Key": "k1"}
    first = await client.post(API, json={"name": "Rome"}, headers=keyed)
    again = await client.post(API, json={"name": "Rome"}, headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"


async def test_there_are_limits(client: httpx.AsyncClient) -> None:
    user, (place, other) = await a_world(client, "One", "Two")
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "Full"}, headers=mine)).headers["location"]
    await client.put(f"{one}/items/{place}", json={}, headers=mine)
    async with runtime_of(client).db.write() as tx:
        await tx.run(
            "INSERT INTO catalog.resource (id, property_id, kind, mode, name, created_at, updated_at)"
            " SELECT gen_random_uuid(), r.property_id, 'HOME', 'nightly', 'x', now(), now() FROM catalog.resource AS r"
            " CROSS JOIN generate_series(1, %s::integer) WHERE r.id = %s",
            (MOST_ITEMS - 1, place),
        )
        await tx.run(
            "INSERT INTO wishlists.item (list_id, user_id, resource_id, saved_at)"
            " SELECT %s, %s, r.id, now() FROM catalog.resource AS r WHERE r.name = 'x'",
            (UUID(one.rsplit("/")[-1]), user.id),
        )
        await tx.run(
            "INSERT INTO wishlists.list (id, user_id, name, created_at, updated_at)"
            " SELECT gen_random_uuid(), %s, 'list ' || n, now(), now() FROM generate_series(2, %s::integer) AS n",
            (user.id, MOST_LISTS),
        )
    full = await client.put(f"{one}/items/{other}", json={}, headers=mine)
    assert (full.status_code, full.json()["code"]) == (409, "wishlist_full")
    assert (await client.put(f"{one}/items/{place}", json={"note": "x"}, headers=mine)).status_code == 200
    many = await client.post(API, json={"name": "One more"}, headers=mine)
    assert (many.status_code, many.json()["code"]) == (409, "too_many_wishlists")
    await client.delete(f"{one}/items/{place}", headers=mine)  # control: with room it goes
    assert (await client.put(f"{one}/items/{other}", json={}, headers=mine)).status_code == 200


async def test_a_note_is_short_and_moves_along(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    mine = bearer(client, user)
    one, two = [(await client.post(API, json={"name": n}, headers=mine)).headers["location"] for n in "AB"]
    assert (await client.put(f"{one}/items/{place}", json={"note": "x" * 281}, headers=mine)).status_code == 422
    await client.put(f"{one}/items/{place}", json={"note": "Near\nthe market"}, headers=mine)
    target = {"wishlist_id": two.rsplit("/")[-1]}
    moved = await client.post(f"{one}/items/{place}/move", json=target, headers=mine)
    assert (moved.status_code, moved.json()["note"]) == (200, "Near the market")
    counts = [(await client.get(each, headers=mine)).json()["items"] for each in (one, two)]
    assert counts == [0, 1]
    gone = await client.post(f"{one}/items/{place}/move", json=target, headers=mine)
    assert (gone.status_code, gone.json()["code"]) == (404, "listing_not_saved")
    await client.put(f"{one}/items/{place}", json={"note": "Other"}, headers=mine)
    await client.post(f"{one}/items/{place}/move", json=target, headers=mine)  # it is there: it stays as it is there
    counts = [(await client.get(each, headers=mine)).json()["items"] for each in (one, two)]
    assert counts == [0, 1]


async def test_a_link_shows_name_and_places_alone_until_it_is_taken_back(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "Rome"}, headers=mine)).headers["location"]
    await client.put(f"{one}/items/{place}", json={"note": "Ask about the dog"}, headers=mine)
    first = (await client.post(f"{one}/share", headers=mine)).json()["link"]
    assert first.startswith("http://test/shared/")
    token = first.rsplit("/")[-1]
    assert len(token) == 32
    shown = await client.get(f"{API}/shared/{token}")
    assert (shown.status_code, shown.headers["x-robots-tag"]) == (200, "noindex")
    assert shown.json().keys() == {"name", "listings", "next_cursor"}
    assert "note" not in shown.json()["listings"][0]
    assert "saved_at" not in shown.json()["listings"][0]
    page = await client.get(f"/shared/{token}")
    assert (page.status_code, page.headers["x-robots-tag"]) == (200, "noindex")
    assert '<meta name="robots" content="noindex">' in page.text
    for text in (shown.text, page.text):
        assert "Rome" in text
        assert "Maison Lune" in text
        for said in (str(user.id), user.email, user.first_name, "Ask about the dog"):
            assert said not in text
    second = (await client.post(f"{one}/share", headers=mine)).json()["link"]
    assert second != first
    assert (await client.get(f"{API}/shared/{token}")).status_code == 404
    token = second.rsplit("/")[-1]
    assert (await client.get(f"{API}/shared/{token}")).status_code == 200
    assert (await client.delete(f"{one}/share", headers=mine)).status_code == 204
    for path in (f"{API}/shared/{token}", f"/shared/{token}", "/shared/None", "/shared/%00", f"{API}/shared/%00"):
        assert (await client.get(path)).status_code == 404


async def test_a_deleted_list_is_gone_with_its_link(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "Rome"}, headers=mine)).headers["location"]
    await client.put(f"{one}/items/{place}", json={}, headers=mine)
    link = (await client.post(f"{one}/share", headers=mine)).json()["link"]
    assert (await client.delete(one, headers=mine)).status_code == 204
    assert (await client.get(one, headers=mine)).status_code == 404
    assert (await client.get(link)).status_code == 404
    assert await rows(client, "SELECT 1 FROM wishlists.item") == []


async def test_what_cannot_be_written_is_left_out(client: httpx.AsyncClient) -> None:
    user, (place,) = await a_world(client)
    mine = bearer(client, user)
    mine["Content-Type"] = "application/json"
    one = await client.post(API, content=b'{"name": "A\\u0000B\\ud800"}', headers=mine)
    assert (one.status_code, one.json()["name"]) == (201, "A B")
    path = f"{one.headers['location']}/items/{place}"
    noted = await client.put(path, content=b'{"note": "C\\u0000D"}', headers=mine)
    assert (noted.status_code, noted.json()["note"]) == (200, "C D")


async def test_a_long_list_is_read_page_after_page_while_it_changes(client: httpx.AsyncClient) -> None:
    user, places = await a_world(client, *(f"Place {at}" for at in range(7)))
    mine = bearer(client, user)
    one = (await client.post(API, json={"name": "A"}, headers=mine)).headers["location"]
    for place in places[:6]:
        await client.put(f"{one}/items/{place}", json={}, headers=mine)
    first = (await client.get(f"{one}?limit=2", headers=mine)).json()
    assert [each["title"] for each in first["listings"]] == ["Place 5", "Place 4"]
    assert first["items"] == 6
    await client.put(f"{one}/items/{places[6]}", json={}, headers=mine)  # before what was read
    await client.delete(f"{one}/items/{places[4]}", headers=mine)  # the last one that was read
    link = (await client.post(f"{one}/share", headers=mine)).json()["link"].rsplit("/")[-1]
    for address in (one, f"{API}/shared/{link}"):
        titles, cursor = [], first["next_cursor"]
        while cursor:
            page = (await client.get(address, params={"limit": 3, "cursor": cursor}, headers=mine)).json()
            titles += [each["title"] for each in page["listings"]]
            cursor = page["next_cursor"]
        assert titles == ["Place 3", "Place 2", "Place 1", "Place 0"]
    for wrong in ("x", "W10", paging.encode(["2026-01-01", str(user.id)]), paging.encode([1, 2])):
        answer = await client.get(one, params={"cursor": wrong}, headers=mine)
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")
