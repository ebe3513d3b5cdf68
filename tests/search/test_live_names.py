"""Names of properties and destinations are those of the database as soon as the tail has told of a change."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from hospes.modules.catalog.states import PropertyAction
from hospes.modules.catalog.use_cases.edit_property import edit_property
from hospes.modules.catalog.use_cases.review_property import review_property
from hospes.modules.search import facade as search
from hospes.modules.search.naming.live import LiveNames
from hospes.modules.search.naming.ranking import Asker
from hospes.modules.search.naming.suggesting import suggestions
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_stay
from tests.builders.identity import a_user
from tests.conftest import NOW


@dataclass
class Named:
    """A live property, and the names of a process."""

    rt: Runtime
    stay: Stay

    @property
    def live(self) -> LiveNames:
        names = self.rt.ports.names
        assert isinstance(names, LiveNames)
        return names

    def found(self, text: str) -> list[str]:
        asked = suggestions(self.live, text, asker=Asker(), kinds=["property"], limit=8)
        return [place.name for place in asked]

    async def catch_up(self) -> None:
        while await self.rt.ports.tail.poll():
            pass

    async def rename(self, name: str) -> None:
        async with self.rt.db.write() as tx:
            [owner] = await tx.all(
                "SELECT b.owner_id FROM catalog.property AS p JOIN catalog.business AS b ON b.id = p.business_id"
                " WHERE p.id = %s",
                (self.stay.sellable.property_id,),
            )
            await edit_property(
                tx, user_id=owner["owner_id"], property_id=self.stay.sellable.property_id, changes={"name": name},
                expected=None, now=NOW,
            )  # fmt: skip

    async def review(self, action: PropertyAction) -> None:
        async with self.rt.db.write() as tx:
            admin = await a_user(tx)
            await review_property(
                tx, property_id=self.stay.sellable.property_id, action=action, admin_id=admin.id, note="For a reason.",
                now=NOW,
            )  # fmt: skip


@pytest.fixture
async def named(runtime: Runtime) -> AsyncIterator[Named]:
    async with runtime.db.write() as tx:
        stay = await a_stay(tx)
        await tx.run("UPDATE catalog.property SET name = 'Casa do Sol' WHERE id = %s", (stay.sellable.property_id,))
    await runtime.ports.tail.mark()
    opened = runtime.ports.index = await search.open_index(runtime)
    yield Named(runtime, stay)
    await search.close_index(opened)


async def test_a_new_name_is_found_and_the_old_one_no_more(named: Named) -> None:
    assert named.found("casa do sol") == ["Casa do Sol"]
    await named.rename("Moinho Velho")
    assert named.found("casa do sol") == ["Casa do Sol"]  # the control: nothing has been told yet
    await named.catch_up()
    assert named.found("casa do sol") == []
    assert named.found("moinho") == ["Moinho Velho"]
    await named.live.reload()
    assert (named.found("casa do sol"), named.found("moinho")) == ([], ["Moinho Velho"])


async def test_what_was_missed_is_read_when_the_gap_is_seen(named: Named) -> None:
    await named.rename("Moinho Velho")
    await named.rt.ports.tail.mark()  # the process looks away
    await named.catch_up()
    assert named.found("moinho") == []  # the control: the tail goes on, and nobody has told
    assert await named.rt.ports.index.mend_gap() == 1
    assert named.found("moinho") == ["Moinho Velho"]


async def test_an_event_that_names_no_property_keeps_no_other_waiting(named: Named) -> None:
    async with named.rt.db.write() as tx:
        await publish(tx, "property.changed", named.stay.sellable.property_id, {"property_id": "none"}, now=NOW)
    await named.rename("Moinho Velho")
    await named.catch_up()
    assert named.found("moinho") == ["Moinho Velho"]


async def test_what_is_suspended_is_not_found_until_it_is_approved_again(named: Named) -> None:
    await named.review(PropertyAction.SUSPEND)
    await named.catch_up()
    assert named.found("casa do sol") == []
    await named.review(PropertyAction.APPROVE)
    await named.catch_up()
    assert named.found("casa do sol") == ["Casa do Sol"]


async def test_a_city_is_a_destination_while_it_has_listings(named: Named) -> None:
    assert [(slug, listings) for slug, _, listings in await search.destinations(named.rt)] == [("paris-fr", 1)]
    place = await search.destination_of(named.rt, "paris-fr")
    assert place is not None
    assert (place.name, place.country, place.slug) == ("Paris", "FR", "paris-fr")
    await named.review(PropertyAction.SUSPEND)
    await named.catch_up()
    await named.live.recount()
    assert await search.destinations(named.rt) == []
    assert await search.destination_of(named.rt, "paris-fr") is None


async def test_the_api_answers_typed_items_with_what_was_typed_marked(client: httpx.AsyncClient) -> None:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        stay = await a_stay(tx)
        await tx.run("UPDATE catalog.property SET name = 'Casa do Sol' WHERE id = %s", (stay.sellable.property_id,))
    await rt.ports.names.reload()
    [found] = (await client.get("/api/v1/search/suggestions", params={"q": "sol casa", "kinds": "property"})).json()[
        "items"
    ]
    assert found["property_id"] == str(stay.sellable.property_id)
    assert found["resource_id"] == str(stay.resource_id)
    assert (found["kind"], found["name"], found["detail"]) == ("property", "Casa do Sol", "Paris, France")
    assert (found["matches"], found["corrected"]) == ([[0, 4], [8, 11]], False)
    [city] = (
        await client.get("/api/v1/search/suggestions", params={"q": "Lisbao", "kinds": "city", "limit": 1})
    ).json()["items"]
    assert (city["name"], city["country"], city["slug"], city["corrected"]) == ("Lisbon", "PT", "lisbon-pt", True)
    wrong: list[tuple[dict[str, object], str]] = [
        ({"kinds": "planet"}, "kinds.0"), ({"lat": 1.0}, "lon"), ({"limit": 21}, "limit"), ({"q": "x" * 121}, "q"),
        ({"country": "PRT"}, "country"), ({"lat": "nan", "lon": 1}, "lat"),
    ]  # fmt: skip
    for refused, field in wrong:
        answer = await client.get("/api/v1/search/suggestions", params=refused)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field]), refused


async def test_who_asks_for_a_property_by_its_name_sees_it_first(client: httpx.AsyncClient) -> None:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        for _ in range(3):
            await a_stay(tx)
        stay = await a_stay(tx)
        await tx.run(
            "UPDATE catalog.property SET name = 'Casa do Sol', latitude = latitude + 0.01 WHERE id = %s",
            (stay.sellable.property_id,),
        )
    await rt.ports.names.reload()
    await rt.ports.index.reload()
    items = (await client.get("/api/v1/search", params={"q": "casa do sol"})).json()["items"]
    assert (len(items), items[0]["property_id"]) == (4, str(stay.sellable.property_id))
    page = await client.get("/search", params={"place": "Casa do Sol"})
    first = page.text.index(f"/stays/{stay.resource_id}")
    assert first == min(page.text.index(f"/stays/{item['resource_id']}") for item in items)
    slipped = await client.get("/search", params={"place": "Pariss"})
    assert "Showing results for <strong>Paris</strong>, France." in slipped.text
    assert "Showing results" not in (await client.get("/search", params={"place": "Paris"})).text


async def test_a_neighbourhood_is_found_while_something_there_is_live(client: httpx.AsyncClient) -> None:
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        stay = await a_stay(tx)
        await tx.run(
            "UPDATE catalog.property SET neighbourhood = 'Le Marais' WHERE id = %s", (stay.sellable.property_id,)
        )
    asked = {"q": "marais", "kinds": "neighbourhood"}
    assert (await client.get("/api/v1/search/suggestions", params=asked)).json()["items"] == []
    await rt.ports.names.reload()
    [found] = (await client.get("/api/v1/search/suggestions", params=asked)).json()["items"]
    assert (found["kind"], found["name"], found["detail"]) == ("neighbourhood", "Le Marais", "Paris, France")
    for text in ("le marais", "Le Marais, Paris"):
        meant = search.place_meant(rt, text)
        assert meant is not None
        assert (meant.kind, meant.name, meant.corrected) == ("neighbourhood", "Le Marais", False)
