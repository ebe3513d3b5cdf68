"""What the document promises holds for whoever asks: a guest, the owner of what is asked for, an admin.

Ids of things that are there stand in half of the requests, so that what lies behind them is reached too. Writes are
rolled back: every request finds the same world, and nobody is signed out by the one before.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

import httpx
import pytest
import schemathesis
from schemathesis.core.failures import Failure, FailureGroup
from tests.builders.identity import a_user
from tests.catalog.signed_in import bearer
from tests.contract.generated import cases_of, send
from tests.security.world_of_roles import UndoneDatabase, World, build

from hospes.modules.identity.contracts import User
from hospes.platform.errors import Unauthorized
from hospes.platform.runtime import Runtime

ONCE = 1  # good and bad, of each operation and for each caller; test_openapi.py sends more
LEFT_OUT = ("/auth/logout", "/auth/refresh")  # they end what is asked with, whatever the database keeps


@pytest.fixture
async def world(client: httpx.AsyncClient) -> World:
    """One of everything, and a database that forgets."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        made = await build(tx)
    client.app.state.runtime = replace(rt, db=UndoneDatabase(rt.db))  # type: ignore[attr-defined]
    return made


@pytest.mark.slow
@pytest.mark.parametrize("who", ["guest", "owner", "admin"])
async def test_every_answer_is_one_that_the_document_promises(
    client: httpx.AsyncClient, world: World, who: str
) -> None:
    headers, faults, statuses = bearer(client, world.people[who]), list[str](), Counter[int]()
    strangers = 0
    for number, operation in enumerate(_operations(client)):
        for turn, case in enumerate(cases_of(operation, ONCE)):
            if (number + turn) % 2:
                case.path_parameters = {**(case.path_parameters or {}), **_there(case, world)}
            answer = await send(client, case, headers)
            if answer is None:
                continue
            statuses[answer.status_code] += 1
            strangers += answer.status_code == 401 and answer.json().get("code") == Unauthorized.code
            if fault := _fault(case, answer):
                faults.append(f"{operation.method.upper()} {operation.path}: {answer.status_code} {fault[:300]}")
    assert faults == []
    assert sum(statuses.values()) > 400
    assert strangers == 0  # a wrong password or code is 401 too, but said by another name
    assert sum(count for status, count in statuses.items() if status < 300) > 40


def _operations(client: httpx.AsyncClient) -> list[Any]:
    document = client.app.openapi()  # type: ignore[attr-defined]
    found = [result.ok() for result in schemathesis.openapi.from_dict(document).get_all_operations()]
    return [each for each in found if not each.path.endswith(("/events", *LEFT_OUT))]  # a stream does not end


def _there(case: Any, world: World) -> dict[str, str]:
    return {name: world.ids[name] for name in case.path_parameters or {} if name in world.ids}


def _fault(case: Any, answer: httpx.Response) -> str:
    """What is not as promised: nothing, if all is."""
    if answer.status_code >= 400:
        kind = answer.headers.get("content-type", "")
        if not case.operation.path.startswith("/api/") and answer.status_code == 404:
            return ""  # what stands outside the API, such as calendars for other programs, says so on a page
        if answer.status_code >= 500 or kind != "application/problem+json" or not answer.json().get("code"):
            return answer.text
    try:
        case.operation.validate_response(answer, case=case)
    except (Failure, FailureGroup) as fault:
        # Times of a place are told as they are there, without a zone: what RFC 3339 calls a time has one.
        said = [str(each) for each in getattr(fault, "exceptions", [fault]) if ' is not a "time"' not in str(each)]
        if said:
            return " ".join(said)
    promised = case.operation.definition.raw["responses"]
    if not {str(answer.status_code), f"{answer.status_code // 100}XX"} & set(promised):
        return f"promised are {sorted(promised)}"
    return ""


async def test_the_control_an_answer_that_is_not_in_the_document_is_noticed(client: httpx.AsyncClient) -> None:
    async with client.app.state.runtime.db.write() as tx:  # type: ignore[attr-defined]
        user: User = await a_user(tx)
    operation = next(each for each in _operations(client) if each.path == "/api/v1/users/me" and each.method == "get")
    case = next(iter(cases_of(operation, ONCE)))
    good = await client.get("/api/v1/users/me", headers=bearer(client, user))
    assert _fault(case, good) == ""
    for spoiled in (
        httpx.Response(206, json=good.json(), request=good.request),
        httpx.Response(200, json={**good.json(), "email": 7}, request=good.request),
        httpx.Response(404, json={"detail": "gone"}, request=good.request),
        httpx.Response(500, text="fault", request=good.request),
    ):
        spoiled.elapsed = good.elapsed
        assert _fault(case, spoiled) != "", spoiled
