"""The room plan over HTTP: shown, proposed, applied, changed by hand; for the host alone."""

import httpx

from hospes.modules.inventory import facade
from hospes.modules.inventory.contracts import ClaimKind
from hospes.platform.ids import new_id
from tests.builders.catalog import a_resource
from tests.builders.identity import a_host
from tests.builders.inventory import JULY_1, JULY_4, ask_of
from tests.catalog.signed_in import bearer, runtime_of
from tests.conftest import FixedClock

NIGHTS = {"from": "2026-07-01", "to": "2026-07-31"}


async def test_a_plan_is_shown_proposed_applied_and_changed(client: httpx.AsyncClient, clock: FixedClock) -> None:
    async with runtime_of(client).db.write() as tx:
        owner, stranger = await a_host(tx), await a_host(tx)
        hotel = await a_resource(tx, owner_id=owner.id, pooled=True, units=2, kind="HOTEL_ROOM")
        booking = new_id()
        claim = await facade.claim(tx, ask_of(hotel), kind=ClaimKind.BOOKING, owner_id=booking, now=clock.now())
    host, path = bearer(client, owner), f"/api/v1/resources/{hotel.resource_id}"
    one, two = map(str, hotel.unit_ids)
    stay = {
        "claim_id": str(claim.id),
        "place": 0,
        "kind": "booking",
        "owner_id": str(booking),
        "first_night": "2026-07-01",
        "departure": "2026-07-04",
        "unit_id": None,
        "pinned": False,
    }
    shown = (await client.get(f"{path}/room-plan", params=NIGHTS, headers=host)).json()
    assert (shown["unit_ids"], shown["stays"], shown["outages"]) == ([one, two], [stay], [])
    assert shown["nights"][0] == {"night": "2026-07-01", "capacity": 2, "overbooking": 0, "claimed": 1}

    proposal = (await client.post(f"{path}/room-plan", json=NIGHTS, headers=host)).json()
    move = {"claim_id": str(claim.id), "place": 0, "from_unit_id": None, "unit_id": one}
    assert (proposal["moves"], proposal["applied"], proposal["unassigned"]) == ([move], False, [])
    assert proposal["before"] == {"unassigned": 1, "gaps": 2, "rooms_used": 0}
    assert proposal["after"] == {"unassigned": 0, "gaps": 1, "rooms_used": 1}
    apply = {**NIGHTS, "apply": True, "stamp": proposal["stamp"]}
    assert (await client.post(f"{path}/room-plan", json=apply, headers=host)).json()["applied"] is True
    again = await client.post(f"{path}/room-plan", json=apply, headers=host)
    assert (again.status_code, again.json()["code"]) == (409, "plan_outdated")

    moved = await client.put(f"/api/v1/claims/{claim.id}/unit", json={"unit_id": two}, headers=host)
    assert moved.json() == {"claim_id": str(claim.id), "place": 0, "unit_id": two, "pinned": True}
    nights = {"first_night": str(JULY_1), "departure": str(JULY_4), "reason": "Painters"}
    taken = await client.post(f"{path}/outages", json={"unit_id": two, **nights}, headers=host)
    assert (taken.status_code, taken.json()["code"], len(taken.json()["taken"])) == (409, "unit_taken", 1)
    outage = await client.post(f"{path}/outages", json={"unit_id": one, **nights}, headers=host)
    assert outage.status_code == 201
    overbooking = await client.put(f"{path}/overbooking", json={**NIGHTS, "places": 1}, headers=host)
    assert overbooking.json()["items"][0] == {"night": "2026-07-01", "capacity": 1, "overbooking": 1, "claimed": 1}
    shown = (await client.get(f"{path}/room-plan", params=NIGHTS, headers=host)).json()
    assert shown["stays"] == [{**stay, "unit_id": two, "pinned": True}]
    assert shown["outages"] == [outage.json()]
    gone = f"{path}/outages/{outage.json()['id']}"
    assert [(await client.delete(gone, headers=host)).status_code for _ in "12"] == [204, 404]

    asked = [
        ("GET", f"{path}/room-plan?from=2026-07-01&to=2026-07-09", None),
        ("POST", f"{path}/room-plan", NIGHTS),
        ("PUT", f"/api/v1/claims/{claim.id}/unit", {"unit_id": one}),
        ("POST", f"{path}/outages", {"unit_id": one, **nights}),
        ("DELETE", gone, None),
        ("PUT", f"{path}/overbooking", {**NIGHTS, "places": 3}),
    ]
    for method, url, body in asked:
        assert (await client.request(method, url, json=body)).status_code == 401
        assert (await client.request(method, url, json=body, headers=bearer(client, stranger))).status_code == 404
