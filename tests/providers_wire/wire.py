"""What the vendors' servers share: a real port, and failures that can be switched on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Literal

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Mode = Literal["500", "500_after", "cut_after", "nonsense", "nonsense_after", "silent", "silent_after", "429"]
Answer = Callable[[], Awaitable[Response]]


@dataclass
class Fault:
    """The next `times` requests whose method and path fit go wrong in this way."""

    mode: Mode
    times: int = 1
    method: str = "POST"
    path: str = ""


@dataclass
class Faults:
    """Failures to come, and every request that came."""

    due: list[Fault] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)

    def next(self, mode: Mode, *, times: int = 1, method: str = "POST", path: str = "") -> None:
        """Switch a failure on. With `_after` the effect has happened when the answer goes wrong."""
        self.due.append(Fault(mode, times, method, path))

    async def around(self, request: Request, answer: Answer) -> Response:
        """The answer, or the failure that is due."""
        self.seen.append((request.method, request.url.path))
        fault = next((f for f in self.due if f.method == request.method and f.path in request.url.path), None)
        if fault is None:
            return await answer()
        fault.times -= 1
        if not fault.times:
            self.due.remove(fault)
        if fault.mode.endswith("_after"):
            await answer()
        return await _gone_wrong(fault.mode.removesuffix("_after"))


async def _gone_wrong(mode: str) -> Response:
    if mode == "500":
        return JSONResponse({"error": {"type": "api_error", "message": "Something is wrong."}}, 500)
    if mode == "429":
        return JSONResponse({"error": {"type": "invalid_request_error", "code": "rate_limit"}}, 429)
    if mode == "nonsense":
        return Response(b"<html>It works!</html>", 200, media_type="text/html")
    if mode == "cut":
        return Cut()
    await asyncio.sleep(60)
    return Response(status_code=504)


class Cut(Response):
    """The connection ends in the middle of the answer."""

    async def __call__(self, scope: object, receive: object, send: Callable[..., Awaitable[None]]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


class _Quiet(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def on_a_port(app: Starlette) -> AsyncIterator[str]:
    """Serve the application; the value is its address."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", timeout_graceful_shutdown=0
    )
    server = _Quiet(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
