"""Around every request: its id, who asks, size limits, headers, one log line and its metrics."""

import time
from functools import lru_cache
from typing import Any
from uuid import uuid4

import orjson
import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hospes.modules.identity import facade as identity
from hospes.platform.content_policy import content_policy

REQUESTS = Counter("hospes_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("hospes_http_request_seconds", "Time to answer.", ["method", "route"])
JSON_LIMIT = 1_000_000
UPLOAD_LIMIT = 12_000_000
QUIET = ("/assets", "/media", "/healthz", "/readyz", "/metrics")
POLICY = content_policy()
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
}
log = structlog.get_logger("http")


class TooLarge(HTTPException):
    """The body is larger than this path allows. An HTTPException, so that parsers of bodies let it through."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"At most {limit // 1_000_000} MB can be sent here.")


class Edge:
    """Pure ASGI; costs little on the hot path."""

    def __init__(self, app: ASGIApp, app_state: Any) -> None:
        self.app = app
        self.state = app_state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        request_id = _header(scope, b"x-request-id")[:64] or uuid4().hex
        state["request_id"] = request_id
        seen: dict[str, Any] = {"status": 500, "csrf": None}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Content-Security-Policy", state.get("content_policy") or POLICY)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if seen["csrf"]:
                    headers.append("Set-Cookie", seen["csrf"])
            await send(message)

        limit = UPLOAD_LIMIT if _header(scope, b"content-type").startswith("multipart/") else JSON_LIMIT
        try:
            length = _header(scope, b"content-length")
            if length.isdigit() and int(length) > limit:
                raise TooLarge(limit)
            if not scope["path"].startswith(QUIET):
                seen["csrf"] = await self._identify(scope)
            await self.app(scope, _limited(receive, limit), answer)
        except TooLarge:
            await _refuse_large(limit, scope["path"], request_id, answer)
        finally:
            self._record(scope, seen["status"], time.perf_counter() - started, request_id)

    async def _identify(self, scope: Scope) -> str | None:
        """Who asks; answers the cookie to set for a visitor without a session."""
        request = Request(scope)
        resolved = await identity.resolve_caller(request, self.state.runtime)
        scope["state"].update(
            caller=resolved.caller, csrf_token=resolved.csrf_token, session_state=resolved.session_state
        )
        if (
            scope["path"].startswith("/api/")
            or resolved.session_state == "live"
            or request.cookies.get(identity.CSRF_COOKIE) == resolved.csrf_token
        ):
            return None
        secure = "; Secure" if scope["scheme"] == "https" else ""
        return f"{identity.CSRF_COOKIE}={resolved.csrf_token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800{secure}"

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = scope.get("route")
        path = getattr(route, "path", None) or ("/assets" if scope["path"].startswith("/assets") else "other")
        requests, duration = _metrics(scope["method"], path, status)
        requests.inc()
        duration.observe(seconds)
        if not scope["path"].startswith(QUIET):
            caller = scope["state"].get("caller")
            log.info(
                "request",
                method=scope["method"],
                path=_public(scope["path"]),
                status=status,
                ms=round(seconds * 1000, 2),
                request_id=request_id,
                user_id=str(caller.user_id) if caller else None,
            )


def _public(path: str) -> str:
    """The path for the log; the address of an exported calendar is its key."""
    return "/calendars/…" if path.startswith("/calendars/") else path


@lru_cache(maxsize=4096)
def _metrics(method: str, path: str, status: int) -> tuple[Counter, Histogram]:
    """The counters of these labels; finding them costs more than counting."""
    return REQUESTS.labels(method, path, str(status)), SECONDS.labels(method, path)


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


def _limited(receive: Receive, limit: int) -> Receive:
    size = 0

    async def limited() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge(limit)
        return message

    return limited


async def _refuse_large(limit: int, path: str, request_id: str, send: Send) -> None:
    document = {
        "type": "/problems/too_large",
        "title": "This is too large",
        "status": 413,
        "code": "too_large",
        "detail": f"At most {limit // 1_000_000} MB can be sent here.",
        "instance": path,
        "request_id": request_id,
    }
    body = orjson.dumps(document)
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
