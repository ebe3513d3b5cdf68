"""What is looked at is kept behind the request, once a person, listing and day, and only of who may be remembered."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from psycopg import Error as DatabaseError

from hospes.modules.recommendations import queries, store
from hospes.modules.recommendations.contracts import Person, View
from hospes.modules.recommendations.jobs import sweep
from hospes.modules.recommendations.noting import Noting
from hospes.modules.recommendations.use_cases.clear_recent import clear_recent
from hospes.modules.recommendations.visitors import COOKIE
from hospes.platform.db import Database, WriteTx
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from tests.builders.identity import a_user
from tests.catalog.signed_in import bearer, runtime_of, sign_in, submit
from tests.conftest import NOW, FixedClock
from tests.recommendations.builders import a_place, look

HTML = {"Accept": "text/html"}


async def kept(tx: WriteTx) -> list[tuple[UUID, UUID, int]]:
    rows = await tx.all("SELECT person, resource_id, times FROM recommendations.seen ORDER BY person, day, resource_id")
    return [(row["person"], row["resource_id"], row["times"]) for row in rows]


async def all_of(rt: Runtime) -> list[tuple[UUID, UUID, int]]:
    await rt.ports.shelves.noting.flush()
    async with rt.db.write() as tx:
        return await kept(tx)


async def test_one_row_counts_all_looks_of_a_person_on_a_day(tx: WriteTx) -> None:
    home, person = await a_place(tx), new_id()
    for hours in (0, 1, 20):
        await look(tx, person, home.resource_id, at=NOW + timedelta(hours=hours))
    rows = await tx.all("SELECT day, times, last_at FROM recommendations.seen ORDER BY day")
    assert [(row["day"], row["times"]) for row in rows] == [(NOW.date(), 2), (NOW.date() + timedelta(days=1), 1)]
    assert rows[0]["last_at"] == NOW + timedelta(hours=1)


async def test_a_member_of_the_business_is_no_guest_and_what_is_gone_is_not_kept(tx: WriteTx) -> None:
    home = await a_place(tx)
    await look(tx, home.owner_id, home.resource_id, at=NOW)
    await look(tx, new_id(), new_id(), at=NOW)
    assert await kept(tx) == []


async def test_views_noted_before_a_clearing_do_not_come_back(tx: WriteTx) -> None:
    home, person = await a_place(tx), Person(new_id(), visitor=False)
    await look(tx, person.id, home.resource_id, at=NOW)
    assert await clear_recent(tx, person=person, now=NOW + timedelta(minutes=1)) == 1
    late = View(person.id, home.resource_id, False, NOW + timedelta(seconds=59))
    assert await store.add_views(tx, [late]) == 0
    await tx.run("DELETE FROM recommendations.choice")  # control: without the moment of clearing they would
    assert await store.add_views(tx, [late]) == 1


async def test_of_who_wants_nothing_kept_nothing_is(tx: WriteTx) -> None:
    home, person = await a_place(tx), Person(new_id(), visitor=False)
    await clear_recent(tx, person=person, wanted=False, now=NOW)
    await look(tx, person.id, home.resource_id, at=NOW + timedelta(days=3))
    assert await kept(tx) == []


async def test_noted_views_of_one_day_become_one_and_wait_while_the_database_is_away(db: Database) -> None:
    async with db.write() as tx:
        home = await a_place(tx)
    noting, person = Noting(db), Person(new_id(), visitor=True)
    for minutes in range(3):
        noting.note(person, home.resource_id, now=NOW + timedelta(minutes=minutes))
    assert len(noting) == 1
    async with db.write() as tx:
        await tx.run("ALTER TABLE recommendations.seen RENAME TO away")
    with pytest.raises(DatabaseError):
        await noting.flush()
    assert len(noting) == 1
    async with db.write() as tx:
        await tx.run("ALTER TABLE recommendations.away RENAME TO seen")
    noting.note(person, home.resource_id, now=NOW + timedelta(minutes=5))
    assert await noting.flush() == 1
    async with db.write() as tx:
        assert await kept(tx) == [(person.id, home.resource_id, 4)]
    assert await noting.flush() == 0


async def test_no_more_are_noted_than_there_is_room_for(db: Database) -> None:
    noting = Noting(db, most=2)
    for _ in range(5):
        noting.note(Person(new_id(), visitor=True), new_id(), now=NOW)
    assert len(noting) == 2


async def test_a_visitor_is_remembered_only_after_saying_yes(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        home = await a_place(tx)
    page = f"/stays/{home.resource_id}"
    await client.get(page, headers=HTML)
    assert COOKIE not in client.cookies
    assert await all_of(rt) == []
    said = await submit(client, "/recently-viewed", {"next": page}, to="/recently-viewed/keep")
    assert (said.status_code, said.headers["location"]) == (303, page)
    cookie = said.headers["set-cookie"]
    assert COOKIE in cookie
    assert "HttpOnly" in cookie
    await client.get(page, headers=HTML)
    ((person, resource, times),) = await all_of(rt)
    assert (resource, times) == (home.resource_id, 1)
    assert client.cookies[COOKIE] not in str(person)
    shown = await client.get("/recently-viewed", headers=HTML)
    assert "Maison Lune" in shown.text
    stopped = await submit(client, "/recently-viewed", {}, to="/recently-viewed/stop")
    assert stopped.status_code == 303
    assert COOKIE not in client.cookies
    assert await all_of(rt) == []


@pytest.mark.parametrize("headers", [{"hx-request": "true"}, {"sec-purpose": "prefetch"}, {"purpose": "prefetch"}])
async def test_parts_of_a_page_and_pages_loaded_ahead_are_not_looked_at(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        home, guest = await a_place(tx), await a_user(tx)
    await sign_in(client, guest)
    await client.get(f"/stays/{home.resource_id}", headers={**HTML, **headers})
    assert await all_of(rt) == []
    await client.get(f"/stays/{home.resource_id}", headers=HTML)  # control
    assert await all_of(rt) == [(guest.id, home.resource_id, 1)]


async def test_the_latest_come_first_and_can_be_cleared(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        homes = [await a_place(tx, name=name) for name in ("One", "Two", "Three")]
        guest, other = await a_user(tx), await a_user(tx)
        await look(tx, guest.id, *(home.resource_id for home in homes), at=NOW - timedelta(days=1))
        await look(tx, guest.id, homes[0].resource_id, at=NOW)
        await look(tx, other.id, homes[1].resource_id, at=NOW)
    mine, here = bearer(client, guest), "/api/v1/users/me/recently-viewed"
    answer = (await client.get(here, headers=mine)).json()
    assert ([item["title"] for item in answer["items"]], answer["kept"]) == (["One", "Three", "Two"], True)
    assert answer["items"][0]["price"] == {"amount": 10_000, "currency": "EUR"}
    assert (await client.delete(here, headers=mine)).status_code == 204
    assert (await client.get(here, headers=mine)).json() == {"kept": True, "items": []}
    assert len((await client.get(here, headers=bearer(client, other))).json()["items"]) == 1
    assert (await client.get(here)).status_code == 401


async def test_who_switches_it_off_is_not_remembered_until_they_switch_it_on(client: httpx.AsyncClient) -> None:
    rt = runtime_of(client)
    async with rt.db.write() as tx:
        home, guest = await a_place(tx), await a_user(tx)
        await look(tx, guest.id, home.resource_id, at=NOW)
    await sign_in(client, guest)
    await submit(client, "/recently-viewed", {}, to="/recently-viewed/stop")
    await client.get(f"/stays/{home.resource_id}", headers=HTML)
    assert await all_of(rt) == []
    assert "We keep nothing" in (await client.get("/recently-viewed", headers=HTML)).text
    answer = await client.put("/api/v1/users/me/recently-viewed", json={"kept": True}, headers=bearer(client, guest))
    assert answer.json() == {"kept": True, "items": []}


async def test_after_half_a_year_views_are_forgotten(runtime: Runtime, clock: FixedClock) -> None:
    async with runtime.db.write() as tx:
        home, person = await a_place(tx), new_id()
        await look(tx, person, home.resource_id, at=NOW)
    clock.at = NOW + timedelta(days=180)
    await sweep(runtime)
    async with runtime.db.read() as tx:
        assert len(await queries.latest_views(tx, person, limit=5)) == 1
    clock.at = NOW + timedelta(days=181)
    await sweep(runtime)
    async with runtime.db.read() as tx:
        assert await queries.latest_views(tx, person, limit=5) == []
