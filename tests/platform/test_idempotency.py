"""Same key, same answer; checked with real commits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from hospes.platform import idempotency, problems
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict, Unavailable
from hospes.platform.idempotency import Answer, once
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish
from hospes.platform.runtime import Runtime
from tests.conftest import FixedClock

Handle = Callable[[WriteTx], Awaitable[Answer]]


class Shop:
    """An application with one guarded address, whose work is to publish one event."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.calls = 0
        self.pause = asyncio.Event()
        self.pause.set()
        self.refusal: Exception | None = None
        app = FastAPI()
        app.state.runtime = rt
        problems.install(app, lambda request, document: problems.answer(request, document))
        app.post("/api/v1/things")(self.create)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://test")

    async def create(self, request: Request) -> Response:
        return await once(request, self.rt, self.work)

    async def work(self, tx: WriteTx) -> Answer:
        thing = new_id()
        await publish(tx, "thing.made", thing, {}, now=self.rt.clock.now())
        await tx.flush()
        self.calls += 1
        await self.pause.wait()
        if self.refusal:
            raise self.refusal
        return Answer(201, {"id": str(thing)}, {"Location": f"/things/{thing}"})

    async def post(self, key: str = "k", body: bytes = b'{"a": 1}', **headers: str) -> httpx.Response:
        return await self.client.post("/api/v1/things", content=body, headers={"Idempotency-Key": key, **headers})

    async def made(self) -> int:
        async with self.rt.db.read() as tx:
            row = await tx.find("SELECT count(*) AS made FROM platform.outbox WHERE type = 'thing.made'")
        assert row is not None
        return int(row["made"])


@pytest.fixture
async def shop(runtime: Runtime) -> AsyncIterator[Shop]:
    shop = Shop(runtime)
    async with shop.client:
        yield shop


async def test_a_repeat_gets_the_stored_answer_and_does_nothing(shop: Shop) -> None:
    first, second = await shop.post(), await shop.post()
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert (shop.calls, await shop.made()) == (1, 1)


async def test_another_body_under_the_same_key_is_refused(shop: Shop) -> None:
    await shop.post()
    other = await shop.post(body=b'{"a": 2}')
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await shop.made() == 1


async def test_without_a_key_nothing_is_done(shop: Shop) -> None:
    answer = await shop.client.post("/api/v1/things", json={})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert shop.calls == 0


async def test_while_the_first_is_in_flight_a_second_is_refused(shop: Shop) -> None:
    shop.pause.clear()
    first = asyncio.create_task(shop.post())
    while shop.calls == 0:
        await asyncio.sleep(0.01)
    second = await shop.post()
    assert (second.status_code, second.json()["code"]) == (409, "idempotency_in_flight")
    shop.pause.set()
    assert (await first).status_code == 201
    assert (await shop.post()).headers["idempotency-replayed"] == "true"
    assert await shop.made() == 1


async def test_keys_of_different_callers_are_different(shop: Shop) -> None:
    await shop.post()
    app: Any = shop.client._transport
    other = httpx.ASGITransport(app=app.app, client=("198.51.100.7", 1))
    async with httpx.AsyncClient(transport=other, base_url="http://test") as client:
        answer = await client.post("/api/v1/things", content=b'{"a": 1}', headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    assert "idempotency-replayed" not in answer.headers
    assert await shop.made() == 2


async def test_a_refusal_is_an_answer_too(shop: Shop) -> None:
    shop.refusal = Conflict("Somebody was faster.")
    first = await shop.post()
    shop.refusal = None
    second = await shop.post()
    assert first.status_code == second.status_code == 409
    assert first.json() == second.json()
    assert second.headers["content-type"] == "application/problem+json"
    assert second.headers["idempotency-replayed"] == "true"
    assert (shop.calls, await shop.made()) == (1, 0)


async def test_a_refusal_after_something_was_written_undoes_it_and_is_an_answer_too(shop: Shop) -> None:
    async def write_and_refuse(tx: WriteTx) -> Answer:
        await publish(tx, "thing.made", new_id(), {}, now=shop.rt.clock.now())
        await tx.flush()
        shop.calls += 1
        raise Conflict("Somebody was faster.")

    shop.work = write_and_refuse  # type: ignore[method-assign]
    first, second = await shop.post(), await shop.post()
    assert first.json() == second.json()
    assert (first.status_code, second.headers["idempotency-replayed"]) == (409, "true")
    assert (shop.calls, await shop.made()) == (1, 0)


async def test_a_refusal_without_a_single_statement_is_an_answer_too(shop: Shop) -> None:
    async def refuse(tx: WriteTx) -> Answer:
        raise Conflict("Somebody was faster.")

    shop.work = refuse  # type: ignore[method-assign]
    assert (await shop.post()).json() == (await shop.post()).json()
    assert (await shop.post(body=b'{"a": 2}')).json()["code"] == "idempotency_key_reused"


async def test_what_is_worth_repeating_is_not_stored(shop: Shop) -> None:
    shop.refusal = Unavailable("Later.")
    assert (await shop.post()).status_code == 503
    shop.refusal = None
    assert (await shop.post()).status_code == 201
    assert await shop.made() == 1


async def test_a_key_is_free_again_after_a_day(shop: Shop, clock: FixedClock) -> None:
    await shop.post()
    clock.at += timedelta(hours=24)
    assert "idempotency-replayed" not in (await shop.post(body=b'{"a": 2}')).headers
    assert (await shop.post(body=b'{"a": 2}')).headers["idempotency-replayed"] == "true"
    assert await shop.made() == 2


async def _rivals(shop: Shop, number: int = 12) -> list[httpx.Response]:
    return list(await asyncio.gather(*(shop.post("one") for _ in range(number))))


@pytest.mark.race
async def test_of_many_at_once_with_one_key_one_works(shop: Shop) -> None:
    answers = await _rivals(shop)
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert all(answer.json()["code"] == "idempotency_in_flight" for answer in answers if answer.status_code == 409)
    assert await shop.made() == 1


@pytest.mark.race
async def test_control_without_the_claim_on_the_key_and_its_store_many_work(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(*_: Any) -> None:
        return None

    async def stored(*_: Any) -> bool:
        return True

    monkeypatch.setattr(idempotency, "_ask_for_key", unguarded)
    monkeypatch.setattr(idempotency, "_store", stored)
    assert {answer.status_code for answer in await _rivals(shop)} == {201}
    assert await shop.made() == 12


@pytest.mark.race
async def test_without_the_lock_the_primary_key_still_lets_only_one_commit(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(*_: Any) -> None:
        return None

    monkeypatch.setattr(idempotency, "_ask_for_key", unguarded)
    answers = await _rivals(shop)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert shop.calls > 1
    assert await shop.made() == 1
