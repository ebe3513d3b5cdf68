"""Whatever a client sends, the API answers with something better than a server error."""

import asyncio
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from tests.builders.booking import a_stay
from tests.builders.identity import an_admin

from hospes.modules.identity.tokens import sign_access_token
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime

EXAMPLES = 8
TWO_MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
async def admin_headers(client: httpx.AsyncClient) -> dict[str, str]:
    """An admin's: they get past every door, so the code behind it is reached."""
    rt: Runtime = client.app.state.runtime  # type: ignore[attr-defined]
    async with rt.db.write() as tx:
        await a_stay(tx)
        admin = await an_admin(tx)
    return {"Authorization": f"Bearer {sign_access_token(admin, rt.ports.token_keys, now=rt.clock.now())}"}


@pytest.mark.slow
async def test_generated_requests_good_and_bad_never_make_a_server_error(
    client: httpx.AsyncClient, admin_headers: dict[str, str]
) -> None:
    document = client.app.openapi()  # type: ignore[attr-defined]
    failures: list[str] = []
    sent = 0
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        if operation.path.endswith("/events"):
            continue  # a stream does not end; tests/payments follows one
        for case in _cases(operation):
            status, text = await _send(client, case, admin_headers)
            sent += 1
            if status >= 500:
                failures.append(f"{operation.method.upper()} {operation.path}: {status} {text[:300]}")
    assert sent > 300
    assert failures == []


def _cases(operation: Any) -> list[Any]:
    found: list[Any] = []
    for mode in TWO_MODES:

        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def collect(case: Any) -> None:
            found.append(case)

        with suppress(Unsatisfiable):  # an operation without parameters has no bad request
            collect()
    return found


async def _send(client: httpx.AsyncClient, case: Any, headers: dict[str, str]) -> tuple[int, str]:
    request = case.as_transport_kwargs(base_url="http://test")
    request.pop("cookies", None)
    given_headers = {k: v for k, v in dict(request.pop("headers", None) or {}).items() if k.lower() != "authorization"}
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    request["headers"] = {"Idempotency-Key": str(new_id()), **given_headers, **headers}
    try:
        answer = await asyncio.wait_for(client.request(**request), timeout=20)
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError, TypeError):
        return 400, "cannot be sent"
    return answer.status_code, answer.text
