"""What a host can do in a browser without JavaScript."""

import html
import re
from typing import Any

import httpx
import pytest

from hospes.modules.catalog import facade, queries
from hospes.modules.catalog.contracts import BusinessStatus, Property, PropertyStatus, Resource, Sellable
from hospes.modules.identity.contracts import User
from tests.builders.catalog import a_picture, a_property, a_resource
from tests.builders.identity import a_host, a_user
from tests.catalog.samples import a_jpeg
from tests.catalog.signed_in import runtime_of, sign_in, submit

FORM: dict[str, Any] = {
    "business.name": "Sea & Sons",
    "business.type": "HOME",
    "property.name": "Casa Azul",
    "property.description": "A blue house above the harbour.",
    "property.city": "Lisbon",
    "property.country": "PT",
    "property.check_in_from": "16:00",
    "property.check_out_until": "10:30",
    "property.cancellation_policy": "strict",
    "property.amenities": ["wifi", "sea_view"],
    "resource.kind": "HOME",
    "resource.name": "The whole house",
    "resource.units": "1",
    "resource.max_guests": "5",
    "resource.min_nights": "2",
    "resource.instant": "on",
}


@pytest.fixture
async def host(client: httpx.AsyncClient) -> User:
    async with runtime_of(client).db.write() as tx:
        user = await a_host(tx)
    await sign_in(client, user)
    return user


@pytest.fixture
async def sold(client: httpx.AsyncClient, host: User) -> Sellable:
    async with runtime_of(client).db.write() as tx:
        return await a_resource(tx, owner_id=host.id)


async def stored(client: httpx.AsyncClient, resource_id: Any) -> tuple[Resource, Property]:
    async with runtime_of(client).db.read() as tx:
        resource = await queries.find_resource(tx, resource_id)
        assert resource is not None
        place = await queries.find_property(tx, resource.property_id)
        assert place is not None
        return resource, place


def shown_form(page: httpx.Response) -> dict[str, Any]:
    """Every field of the page's first long form, as a browser would send it unchanged."""
    form: dict[str, Any] = {}
    body = re.search(r"<form[^>]*novalidate>(.*?)</form>", page.text, re.S)
    assert body is not None
    for tag in re.findall(r"<input[^>]*>", body[1], re.S):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and value and ("checkbox" not in tag or " checked" in tag):
            form.setdefault(name[1], []).append(html.unescape(value[1]))
    for name_, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', body[1], re.S):
        form[name_] = html.unescape(text)
    for name_, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body[1], re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[name_] = chosen[1] if chosen else ""
    return form


async def test_a_visitor_is_sent_to_sign_in(client: httpx.AsyncClient) -> None:
    for path in ("/host", "/host/listings/new", "/admin"):
        answer = await client.get(path, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}")


async def test_a_newcomer_is_led_to_a_first_listing_and_through_it(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        person = await a_user(tx)
    await sign_in(client, person)
    empty = await client.get("/host")
    assert "Create your first listing" in empty.text
    assert 'href="/host/listings/new"' in empty.text
    made = await submit(client, "/host/listings/new", FORM)
    assert made.status_code == 303, made.text
    found = re.fullmatch(r"/host/listings/([0-9a-f-]{36})/photos", made.headers["location"])
    assert found is not None
    resource, place = await stored(client, found[1])
    assert (place.name, place.zone, place.country) == ("Casa Azul", "Europe/Lisbon", "PT")
    assert (place.latitude, place.longitude) == pytest.approx((38.72, -9.13), abs=0.05)
    assert (str(place.check_in_from), str(place.check_out_until)) == ("16:00:00", "10:30:00")
    assert (place.amenities, place.cancellation_policy) == (("wifi", "sea_view"), "strict")
    assert (resource.max_guests, resource.min_nights, resource.instant, resource.pets_allowed) == (5, 2, True, False)
    photos = made.headers["location"]
    early = await submit(client, photos, {}, to=f"/host/listings/{resource.id}/submit")
    assert early.headers["location"] == "/host"
    assert "Not yet: Add at least one photo." in (await client.get("/host")).text
    sent = await submit(
        client, photos, {"alt": "The door"}, files=[("file", ("a.jpg", a_jpeg(900, 600), "image/jpeg"))]
    )
    assert sent.status_code == 303, sent.text
    page = await client.get(photos)
    assert 'alt="The door"' in page.text
    assert f'href="/host/listings/{resource.id}/price"' in page.text
    await submit(client, photos, {}, to=f"/host/listings/{resource.id}/submit")
    assert (await stored(client, resource.id))[1].status is PropertyStatus.SUBMITTED
    overview = await client.get("/host")
    assert "Casa Azul" in overview.text
    assert "Waiting for approval" in overview.text
    assert "Sea &amp; Sons" in overview.text


async def test_a_faulty_form_names_each_fault_and_keeps_what_was_typed(client: httpx.AsyncClient, host: User) -> None:
    bad = {
        **FORM,
        "property.name": "",
        "property.city": "Nowhere-by-the-Sea",
        "resource.max_guests": "many",
        "resource.min_nights": "0",
        "property.house_rules": '</textarea><script>alert("1")</script>',
        "resource.name": '"><img src=x onerror=alert(1)>',
    }
    answer = await submit(client, "/host/listings/new", bad)
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert "We do not know where this city lies" in answer.text
    assert "Enter a whole number." in answer.text
    assert "At least 1." in answer.text
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    kept = shown_form(answer)
    assert kept["resource.name"] == ['"><img src=x onerror=alert(1)>']
    assert kept["property.house_rules"] == '</textarea><script>alert("1")</script>'
    assert kept["resource.max_guests"] == ["many"]
    assert kept["property.amenities"] == ["wifi", "sea_view"]
    assert kept["property.country"] == "PT"
    async with runtime_of(client).db.read() as tx:
        assert await facade.business_of(tx, host.id) is None


async def test_a_fault_only_the_rules_know_leaves_nothing_behind(client: httpx.AsyncClient, host: User) -> None:
    for change, sentence in [
        ({"property.zone": "Mars/Olympus"}, "Give an IANA time zone"),
        ({"resource.mode": "timed"}, "A home is sold as nightly."),
        ({"resource.max_nights": "1"}, "The longest stay cannot be shorter than the shortest."),
        ({"property.country": ""}, "Please fill this in."),
    ]:
        answer = await submit(client, "/host/listings/new", {**FORM, **change})
        assert answer.status_code == 422
        assert sentence in answer.text
    async with runtime_of(client).db.read() as tx:
        assert await facade.business_of(tx, host.id) is None


async def test_something_more_is_added_at_the_same_place(client: httpx.AsyncClient, sold: Sellable) -> None:
    page = f"/host/listings/new?property_id={sold.property_id}"
    assert "property.city" not in (await client.get(page)).text
    form = {"resource.kind": "HOTEL_ROOM", "resource.name": "Double room", "resource.units": "12"}
    made = await submit(client, page, form)
    assert made.status_code == 303, made.text
    async with runtime_of(client).db.read() as tx:
        room = await facade.get_sellable(tx, made.headers["location"].split("/")[3])
    assert (room.property_id, room.pooled, room.capacity, room.instant) == (sold.property_id, True, 12, False)


async def test_saving_an_untouched_form_changes_nothing(client: httpx.AsyncClient, sold: Sellable) -> None:
    before = await stored(client, sold.resource_id)
    path = f"/host/listings/{sold.resource_id}/edit"
    page = await client.get(path)
    answer = await client.post(path, data=shown_form(page))
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert await stored(client, sold.resource_id) == before


async def test_a_listing_is_edited_and_texts_can_be_emptied(client: httpx.AsyncClient, host: User) -> None:
    async with runtime_of(client).db.write() as tx:
        house = await a_property(tx, owner_id=host.id, house_rules="No shoes.")
        sold = await a_resource(tx, property_id=house.id, amenities=["tv"])
    path = f"/host/listings/{sold.resource_id}/edit"
    form = shown_form(await client.get(path))
    form |= {"property.house_rules": "", "property.amenities": ["pool"], "resource.max_guests": "7"}
    del form["resource.active"]
    assert (await client.post(path, data=form)).status_code == 303
    resource, place = await stored(client, sold.resource_id)
    assert (place.house_rules, place.amenities, place.version) == ("", ("pool",), 2)
    assert (resource.max_guests, resource.active, resource.amenities) == (7, False, ("tv",))
    late = await client.post(path, data={**form, "resource.max_guests": "9"})
    assert late.status_code == 422
    assert "Someone has changed this since you opened it" in late.text
    assert shown_form(late)["resource.max_guests"] == ["9"]


async def test_what_is_anothers_is_not_there(client: httpx.AsyncClient, host: User) -> None:
    async with runtime_of(client).db.write() as tx:
        other = await a_resource(tx)
        photo = await a_picture(tx, other.property_id)
    token = {"csrf_token": shown_form(await client.get("/host/listings/new"))["csrf_token"]}
    base = f"/host/listings/{other.resource_id}"
    for path in (
        f"{base}/edit",
        f"{base}/photos",
        f"{base}/units",
        f"/host/listings/new?property_id={other.property_id}",
    ):
        assert (path, (await client.get(path)).status_code) == (path, 404)
    for path in (
        f"{base}/edit",
        f"{base}/submit",
        f"{base}/photos",
        f"{base}/photos/{photo.id}/delete",
        f"{base}/photos/{photo.id}/describe",
        f"{base}/photos/{photo.id}/first",
        f"{base}/units",
        f"{base}/units/{other.unit_ids[0]}",
        f"/host/listings/new?property_id={other.property_id}",
    ):
        answer = await client.post(path, data={**FORM, **token, "names": "9", "active": "no"})
        assert (path, answer.status_code) == (path, 404)


async def test_a_form_from_another_site_is_refused(client: httpx.AsyncClient, sold: Sellable) -> None:
    path = f"/host/listings/{sold.resource_id}"
    assert (await client.post(f"{path}/submit", data={"csrf_token": "guessed"})).status_code == 403
    files = [("file", ("a.jpg", a_jpeg(20, 20), "image/jpeg"))]
    assert (await client.post(f"{path}/photos", data={"csrf_token": "guessed"}, files=files)).status_code == 403


async def test_photos_are_described_moved_and_removed(client: httpx.AsyncClient, sold: Sellable) -> None:
    page = f"/host/listings/{sold.resource_id}/photos"
    files = [("file", (f"{n}.jpg", a_jpeg(20 + n, 20), "image/jpeg")) for n in range(3)]
    assert (await submit(client, page, {}, files=files)).status_code == 303

    async def ids() -> list[tuple[Any, str]]:
        async with runtime_of(client).db.read() as tx:
            return [(each.id, each.alt) for each in await queries.list_media(tx, sold.property_id)]

    (one, alt), (two, _), (three, _) = await ids()
    assert alt == "Maison Lune"
    await submit(client, page, {}, to=f"{page}/{three}/earlier")
    assert [each for each, _ in await ids()] == [one, three, two]
    await submit(client, page, {}, to=f"{page}/{two}/first")
    assert [each for each, _ in await ids()] == [two, one, three]
    await submit(client, page, {"alt": "The stairs"}, to=f"{page}/{one}/describe")
    await submit(client, page, {}, to=f"{page}/{two}/delete")
    assert await ids() == [(one, "The stairs"), (three, "Maison Lune")]


async def test_a_photo_that_cannot_be_used_is_told_beside_the_field(client: httpx.AsyncClient, sold: Sellable) -> None:
    page = f"/host/listings/{sold.resource_id}/photos"
    bad = await submit(client, page, {"alt": "The sea"}, files=[("file", ("a.jpg", b"no picture", "image/jpeg"))])
    assert bad.status_code == 422
    assert "This is not a JPEG, PNG or WebP picture that can be read." in bad.text
    assert 'value="The sea"' in bad.text
    none = await submit(client, page, {}, files=[("file", ("", b"", "application/octet-stream"))])
    assert none.status_code == 422
    assert "Choose a picture to upload." in none.text


async def test_units_are_added_renamed_and_taken_out_of_use(client: httpx.AsyncClient, sold: Sellable) -> None:
    page = f"/host/listings/{sold.resource_id}/units"
    await submit(client, page, {"names": "Attic\n\n Cellar \n"})
    async with runtime_of(client).db.read() as tx:
        first, attic, cellar = await queries.list_units(tx, sold.resource_id)
    assert (attic.name, cellar.name) == ("Attic", "Cellar")
    taken = await submit(client, page, {"names": "Attic"})
    assert taken.status_code == 422
    assert "Another unit has this name." in taken.text
    renamed = await submit(client, page, {"name": "Cellar"}, to=f"{page}/{attic.id}")
    assert renamed.status_code == 422
    await submit(client, page, {"name": "1", "active": "no"}, to=f"{page}/{first.id}")
    shown = await client.get(page)
    assert "Put back into use" in shown.text
    async with runtime_of(client).db.read() as tx:
        assert (await facade.get_sellable(tx, sold.resource_id)).unit_ids == (attic.id, cellar.id)


async def test_a_business_is_edited_paused_and_resumed(client: httpx.AsyncClient, host: User, sold: Sellable) -> None:
    page = "/host/business"
    form = {"business.name": "Sea & Daughters", "business.type": "HOTEL", "business.version": "1"}
    assert (await submit(client, page, form)).status_code == 303
    late = await submit(client, page, {**form, "business.name": "Late"})
    assert late.status_code == 422
    assert "Someone has changed this" in late.text
    bad = await submit(client, page, {**form, "business.name": ""})
    assert bad.status_code == 422
    assert "Please fill this in." in bad.text
    await submit(client, page, {}, to=f"{page}/deactivate")
    async with runtime_of(client).db.read() as tx:
        business = await facade.business_of(tx, host.id)
        assert business is not None
        assert (business.name, business.status) == ("Sea & Daughters", BusinessStatus.INACTIVE)
        assert not (await facade.get_sellable(tx, sold.resource_id)).live
    await submit(client, page, {}, to=f"{page}/reactivate")
    assert (await submit(client, page, {}, to=f"{page}/activate")).status_code == 403
    async with runtime_of(client).db.read() as tx:
        assert (await facade.get_sellable(tx, sold.resource_id)).live
