"""What moves money asks who is signed in to confirm it; a form is shown only to who has just done so."""

from datetime import timedelta
from urllib.parse import unquote

import httpx
import pytest

from hospes.modules.payouts import queries
from tests.builders.identity import PASSWORD
from tests.catalog.signed_in import bearer, csrf_in, sign_in, submit
from tests.payouts.test_payouts_api import World
from tests.payouts.test_payouts_api import world as world

LATE = timedelta(minutes=10)


def later(world: World, by: timedelta) -> None:
    world.rt.clock.at += by  # type: ignore[attr-defined]


async def confirm(client: httpx.AsyncClient, next: str) -> httpx.Response:
    page = await client.get("/confirm", params={"next": next})
    form = {"password": PASSWORD, "next": next, "csrf_token": csrf_in(page)}
    return await client.post("/confirm", data=form)


async def holds(world: World) -> list[str]:
    async with world.rt.db.read() as tx:
        return [str(each.id) for each in await queries.list_holds(tx)]


async def a_hold(world: World) -> str:
    body = {"business_id": str(world.booking.business_id), "booking_id": None, "reason": "A complaint"}
    held = await world.ask("POST", "/admin/payouts/holds", world.admin, json=body)
    assert held.status_code == 201, held.text
    return str(held.json()["id"])


async def test_an_admin_releases_a_hold_only_within_ten_minutes_of_the_password(world: World) -> None:
    hold, admin = await a_hold(world), bearer(world.client, world.admin)
    path = f"/api/v1/admin/payouts/holds/{hold}/release"
    later(world, LATE)
    stale = await world.client.put(path, headers=admin)
    assert (stale.status_code, stale.json()["code"]) == (403, "step_up_needed")
    assert await holds(world) == [hold]
    stranger = await world.client.put(path, headers=bearer(world.client, world.stranger))
    assert (stranger.status_code, stranger.json()["code"]) == (403, "forbidden")
    assert (await world.client.put(path, headers=bearer(world.client, world.admin))).status_code == 204
    assert await holds(world) == []


async def test_a_commission_is_changed_only_within_ten_minutes_of_the_password(world: World) -> None:
    admin, path = bearer(world.client, world.admin), f"/api/v1/admin{world.business}/commission"
    later(world, LATE - timedelta(seconds=1))
    assert (await world.client.put(path, json={"commission_bp": 500}, headers=admin)).status_code == 204
    later(world, timedelta(seconds=1))
    stale = await world.client.put(path, json={"commission_bp": 0}, headers=admin)
    assert (stale.status_code, stale.json()["code"]) == (403, "step_up_needed")
    async with world.rt.db.read() as tx:
        terms = await tx.find("SELECT commission_bp FROM payouts.terms")
    assert terms is not None
    assert terms["commission_bp"] == 500


async def test_the_admins_page_leads_to_the_password_and_back(world: World) -> None:
    hold = await a_hold(world)
    await sign_in(world.client, world.admin)
    later(world, LATE)
    page, path = "/admin/payouts", f"/admin/payouts/holds/{hold}/release"
    csrf = csrf_in(await world.client.get(page))
    came_from = {"referer": f"{world.client.base_url}{page}"}
    asked = await world.client.post(path, data={"csrf_token": csrf}, headers=came_from)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/confirm?next={page}")
    assert await holds(world) == [hold]
    assert (await confirm(world.client, page)).headers["location"] == page
    assert (await submit(world.client, page, {}, to=path)).status_code == 303
    assert await holds(world) == []


async def test_where_a_host_is_paid_is_asked_only_of_who_has_just_confirmed(world: World) -> None:
    async with world.rt.db.write() as tx:
        await tx.run("DELETE FROM payouts.account")
    await sign_in(world.client, world.owner)
    path = f"/host/{world.booking.business_id}/payouts"
    assert 'name="email"' in (await world.client.get(path)).text
    later(world, LATE / 2)
    page = (await world.client.get(path)).text
    assert 'name="email"' not in page
    assert f'href="/confirm?next={path}"' in page
    assert (await confirm(world.client, path)).headers["location"] == path
    for shown in (path, f"{path}/account"):  # the address of a form that was refused shows it, too
        answer = await world.client.get(shown)
        assert (answer.status_code, 'name="email"' in answer.text) == (200, True)


@pytest.mark.parametrize("deed", ["refund", "goodwill"])
async def test_the_forms_of_a_bookings_money_are_shown_to_who_has_just_confirmed(world: World, deed: str) -> None:
    await sign_in(world.client, world.owner)
    path = f"/host/bookings/{world.booking.id}/money"
    assert f'id="{deed}-amount"' in (await world.client.get(path)).text
    later(world, LATE / 2)
    page = (await world.client.get(path)).text
    assert f'id="{deed}-amount"' not in page
    assert f'href="/confirm?next={path}"' in page
    later(world, LATE / 2)
    typed = {"amount": "5", "reason": "cold rooms", "do": "look", "csrf_token": csrf_in(await world.client.get(path))}
    came_from = {"referer": f"{world.client.base_url}{path}/{deed}"}
    asked = await world.client.post(f"{path}/{deed}", data=typed, headers=came_from)
    assert (asked.status_code, asked.headers["location"][:-24]) == (303, f"/confirm?next={path}/{deed}%3Fkept%3D")
    await confirm(world.client, path)
    shown = await world.client.get(unquote(asked.headers["location"].partition("next=")[2]))
    assert f'id="{deed}-amount"' in shown.text
    assert "cold rooms" in shown.text  # what was typed has waited
