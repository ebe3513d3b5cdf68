"""The further pictures of results: asked for on demand, of what is on sale, five of each in one statement."""

from uuid import UUID, uuid4

import httpx

from hospes.platform.db import WriteTx
from tests.builders.catalog import a_picture, a_property, a_resource
from tests.catalog.signed_in import runtime_of


async def a_home(tx: WriteTx, pictures: int, **given: str) -> UUID:
    home = await a_resource(tx, property_id=(await a_property(tx, **given)).id)
    for place in range(pictures):
        await a_picture(tx, home.property_id, position=place, alt=f"View {place}")
    return home.resource_id


async def test_the_first_five_pictures_of_each_listing_in_the_order_of_its_page(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        many, one, none = [await a_home(tx, count) for count in (7, 1, 0)]
        sold = await a_resource(tx, property_id=(await a_property(tx)).id)
        await a_picture(tx, sold.property_id, position=0, alt="The house")
        await a_picture(tx, sold.property_id, resource_id=sold.resource_id, position=4, alt="The room")
    of = [many, one, none, sold.resource_id, uuid4(), many]
    answer = await client.get("/search/pictures", params={"of": [str(each) for each in of]})
    assert answer.headers["cache-control"] == "public, max-age=300"
    said = {key: [picture["alt"] for picture in pictures] for key, pictures in answer.json().items()}
    assert said == {
        str(many): [f"View {place}" for place in range(5)],
        str(one): ["View 0"],
        str(sold.resource_id): ["The room", "The house"],
    }
    assert all(each["src"].startswith("/media/") and "-640." in each["src"] for each in answer.json()[str(many)])


async def test_pictures_of_what_is_not_on_sale_are_not_shown(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        shown, hidden = await a_home(tx, 2), await a_home(tx, 2, status="submitted")
    of = {"of": [str(shown), str(hidden)]}
    assert set((await client.get("/search/pictures", params=of)).json()) == {str(shown)}
    async with runtime_of(client).db.write() as tx:
        await tx.run("UPDATE catalog.resource SET active = false")
    assert (await client.get("/search/pictures", params=of)).json() == {}


async def test_what_names_no_listing_or_too_many_is_refused(client: httpx.AsyncClient) -> None:
    for query in ("", "?of=x", "?of=%00", "?" + "&".join(f"of={uuid4()}" for _ in range(61))):
        answer = await client.get(f"/search/pictures{query}", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), query
