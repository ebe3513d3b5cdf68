"""Whatever a client sends, the API answers with something better than a server error."""

import httpx
import pytest
import schemathesis
from tests.builders.booking import a_stay
from tests.builders.identity import an_admin
from tests.contract.generated import cases_of, send

from hospes.modules.identity.tokens import sign_access_token
from hospes.platform.runtime import Runtime

EXAMPLES = 8


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
        for case in cases_of(operation, EXAMPLES):
            answer = await send(client, case, admin_headers)
            sent += 1
            if answer is not None and answer.status_code >= 500:
                failures.append(
                    f"{operation.method.upper()} {operation.path}: {answer.status_code} {answer.text[:300]}"
                )
    assert sent > 300
    assert failures == []
