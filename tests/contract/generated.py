"""Requests made from the document, good and bad ones, and how they are sent."""

import asyncio
from contextlib import suppress
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from hospes.platform.ids import new_id

TWO_MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def cases_of(operation: Any, examples: int) -> list[Any]:
    """At most so many good requests for it, and as many bad ones; the same ones every time."""
    found: list[Any] = []
    for mode in TWO_MODES:

        @settings(
            max_examples=examples,
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


async def send(client: httpx.AsyncClient, case: Any, headers: dict[str, str]) -> httpx.Response | None:
    """The answer to it for who is named by these headers; None when no client could send such a thing."""
    request = case.as_transport_kwargs(base_url="http://test")
    request.pop("cookies", None)
    made = {k: v for k, v in dict(request.pop("headers", None) or {}).items() if k.lower() != "authorization"}
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    request["headers"] = {"Idempotency-Key": str(new_id()), **made, **headers}
    try:
        made_ready = client.build_request(**request)
        made_ready.read()  # whoever compares the answer with the document wants the body that was sent
        return await asyncio.wait_for(client.send(made_ready), timeout=20)
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError, TypeError, AttributeError):
        return None
