"""Similar, popular and personal places: over the API and on the pages."""

from datetime import date, timedelta

import httpx
import pytest

from hospes.modules.booking.contracts import BookingStatus
from hospes.modules.recommendations import privacy, queries
from hospes.modules.recommendations.contracts import Person
from hospes.modules.recommendations.use_cases.clear_recent import clear_recent
from hospes.modules.recommendations.use_cases.train import train
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.booking import Stay, a_booking
from tests.builders.catalog import a_resource
from tests.builders.identity import a_user
from tests.builders.pricing import a_rate
from tests.catalog.signed_in import bearer, runtime_of, sign_in
from tests.conftest import NOW
from tests.recommendations.builders import a_crowd, a_place, look

HTML = {"Accept": "text/html"}
DAY = timedelta(days=1)


async def reload(client: httpx.AsyncClient) -> Runtime:
    """The index has what the test has put in."""
    rt = runtime_of(client)
    await rt.ports.index.reload()
    return rt


def titles(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_the_most_alike_comes_first_and_the_same_property_never(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        home = await a_place(tx, name="Home")
        await a_place(tx, name="Dear", price=90_000, latitude=48.9)
        await a_place(tx, name="Twin", latitude=48.8742)
        await a_place(tx, name="Far", latitude=43.3)
        await a_place(tx, name="Garage", latitude=48.8742, resource={"kind": "PARKING"})
        await a_place(tx, name="Hotel", latitude=48.95, resource={"kind": "HOTEL_ROOM"})
        await a_place(tx, name="Waiting", status="submitted")
        other = await a_resource(tx, property_id=home.property_id, name="The attic")
        await a_rate(tx, other.resource_id)
    await reload(client)
    assert titles(await client.get(f"/api/v1/listings/{home.resource_id}/similar")) == ["Twin", "Dear", "Hotel"]
    assert titles(await client.get(f"/api/v1/listings/{home.resource_id}/similar?limit=1")) == ["Twin"]
    assert titles(await client.get(f"/api/v1/listings/{new_id()}/similar")) == []


async def test_with_dates_only_what_is_free_then_is_similar(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        home, taken, free = [await a_place(tx, name=name) for name in ("Home", "Taken", "Free")]
        guest = await a_user(tx)
        await a_booking(tx, Stay(taken, guest.id), status=BookingStatus.CONFIRMED)
    await reload(client)
    here = f"/api/v1/listings/{home.resource_id}/similar"
    assert titles(await client.get(f"{here}?check_in=2026-07-02&check_out=2026-07-04")) == ["Free"]
    assert sorted(titles(await client.get(f"{here}?check_in=2026-07-04&check_out=2026-07-06"))) == ["Free", "Taken"]
    page = await client.get(f"/stays/{home.resource_id}?arrival=2026-07-02&departure=2026-07-04", headers=HTML)
    assert "Similar places, free on your dates" in page.text
    assert f"/stays/{free.resource_id}?arrival=2026-07-02" in page.text
    assert f"/stays/{taken.resource_id}" not in page.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("check_in=2026-07-02", "check_out"), ("check_in=2026-07-04&check_out=2026-07-02", "check_out"),
        ("check_in=2020-07-04&check_out=2020-07-05", "check_in"), ("adults=0", "adults"), ("limit=99", "limit"),
    ],
)  # fmt: skip
async def test_a_stay_that_cannot_be_is_refused_by_field(client: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/listings/{new_id()}/similar?{query}")
    assert answer.status_code == 422
    assert field in str(answer.json())


async def test_what_enough_people_looked_at_is_popular_there_and_what_two_did_is_not(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        known, better, quiet = [await a_place(tx, name=name) for name in ("Known", "Better", "Quiet")]
        await a_crowd(tx, [known.resource_id, better.resource_id], at=NOW - DAY)
        await a_crowd(tx, [better.resource_id], at=NOW - DAY, people=2)
        await a_crowd(tx, [quiet.resource_id], at=NOW - DAY, people=2)
    rt = await reload(client)
    await train(rt)
    answer = await client.get("/api/v1/recommendations/popular?city=paris")
    assert (titles(answer), answer.json()["city"]) == (["Better", "Known"], "Paris")
    assert titles(await client.get("/api/v1/recommendations/popular")) == ["Better", "Known"]
    assert titles(await client.get("/api/v1/recommendations/popular?city=Atlantis")) == []
    assert titles(await client.get("/api/v1/recommendations/popular?city=Paris&country=US")) == []
    answer = await client.get("/api/v1/recommendations")
    assert (answer.json()["reason"], titles(answer)) == ("popular", ["Better", "Known"])
    assert "Popular in Paris" in (await client.get("/", headers=HTML)).text


async def test_somebody_is_shown_what_others_like_them_turned_to(client: httpx.AsyncClient) -> None:
    async with runtime_of(client).db.write() as tx:
        seen, also, rest, last, more = [
            await a_place(tx, name=name) for name in ("Seen", "Also", "Rest", "Last", "More")
        ]
        await a_crowd(tx, [each.resource_id for each in (seen, also, last, more)], at=NOW - DAY, people=4)
        await a_crowd(tx, [rest.resource_id], at=NOW - DAY, people=4)
        guest = await a_user(tx)
        await look(tx, guest.id, seen.resource_id, at=NOW - DAY)
    rt = await reload(client)
    mine = bearer(client, guest)
    first = await client.get("/api/v1/recommendations", headers=mine)  # nothing is learned yet
    assert (first.json()["reason"], first.json()["about"], len(titles(first))) == ("like_last", "Seen", 4)
    await train(rt)
    answer = await client.get("/api/v1/recommendations", headers=mine)
    assert answer.json()["reason"] == "for_you"
    assert titles(answer)[-1] == "Rest"
    assert set(titles(answer)) == {"Also", "Last", "More", "Rest"}
    await sign_in(client, guest)
    home = await client.get("/", headers=HTML)
    assert "Recently viewed" in home.text
    assert "Suggested for you" in home.text


async def test_who_cleared_what_they_looked_at_while_it_was_learned_gets_no_suggestions(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        homes = [(await a_place(tx)).resource_id for _ in range(4)]
        crowd = await a_crowd(tx, homes, at=NOW - DAY, people=4)
        person = Person(new_id(), visitor=True)
        await look(tx, person.id, homes[0], at=NOW - DAY)
    await train(runtime)
    async with runtime.db.write() as tx:
        assert len((await queries.known_of(tx, person.id, limit=5))[1]) == 3  # control
        await tx.run("DELETE FROM recommendations.suggested")
        await tx.run("INSERT INTO recommendations.choice VALUES (%s, true, %s, %s)", (person.id, NOW, NOW))
    await train(runtime)
    async with runtime.db.read() as tx:
        assert (await queries.known_of(tx, person.id, limit=5))[1] == []
        assert await queries.find_wanted(tx, crowd[0]) is None


async def test_what_nobody_does_any_more_is_not_popular_any_more(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        homes = [(await a_place(tx)).resource_id for _ in range(2)]
        crowd = await a_crowd(tx, homes, at=NOW - DAY)
    await train(runtime)
    async with runtime.db.write() as tx:
        assert await queries.most_popular(tx) is not None
        for person in crowd:
            await clear_recent(tx, person=Person(person, visitor=False), now=NOW)
    runtime.clock.at = NOW + DAY  # type: ignore[attr-defined]
    await train(runtime)
    async with runtime.db.read() as tx:
        assert await queries.most_popular(tx) is None


async def test_bookings_count_without_any_view_unless_somebody_wants_none_of_it(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        home = await a_place(tx)
        guests = [await a_user(tx) for _ in range(3)]
        for number, guest in enumerate(guests):
            first = date(2026, 7, 1) + 5 * number * DAY
            stay = Stay(home, guest.id)
            await a_booking(tx, stay, status=BookingStatus.CONFIRMED, arrival=first, departure=first + DAY)
    await train(runtime)
    async with runtime.db.write() as tx:
        row = await queries.find_popular(tx, "Paris", "FR")
        assert row is not None
        assert row["property_ids"] == [home.property_id]
        await clear_recent(tx, person=Person(guests[0].id, visitor=False), wanted=False, now=NOW)
    runtime.clock.at = NOW + DAY  # type: ignore[attr-defined]
    await train(runtime)
    async with runtime.db.read() as tx:
        assert await queries.find_popular(tx, "Paris", "FR") is None


async def test_the_copy_of_a_persons_data_has_it_all_and_deletion_leaves_nothing(runtime: Runtime) -> None:
    async with runtime.db.write() as tx:
        homes = [(await a_place(tx, name=f"Home {number}")).resource_id for number in range(3)]
        await a_crowd(tx, homes, at=NOW - DAY)
        guest = await a_user(tx)
        await look(tx, guest.id, homes[0], at=NOW - DAY)
    await train(runtime)
    async with runtime.db.write() as tx:
        seen, suggested, _ = (await privacy.export(tx, guest.id)).sheets
        assert [(row["place"], row["times"]) for row in seen.rows] == [("Home 0", 1)]
        assert {row["place"] for row in suggested.rows} == {"Home 1", "Home 2"}
        assert await privacy.erase(tx, guest.id, NOW) == ()
        after = (await privacy.export(tx, guest.id)).sheets
        assert [len(sheet.rows) for sheet in after] == [0, 0, 1]


async def test_pages_are_shown_without_their_shelves_when_nothing_can_be_said(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        home, guest = await a_place(tx), await a_user(tx)
        await tx.run("ALTER TABLE recommendations.seen RENAME TO away")
    await sign_in(client, guest)
    for page in ("/", f"/stays/{home.resource_id}"):
        answer = await client.get(page, headers=HTML)
        assert answer.status_code == 200
        assert "shelf-row" not in answer.text
