"""Around every request: its id, whose it is, how often they may ask, size limits, headers, a log line, its metrics."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hospes.entrypoints.headers import header_setter, is_https
from hospes.entrypoints.parts import parts_of
from hospes.entrypoints.rate_rules import rate_rules
from hospes.modules.identity import facade as identity
from hospes.platform.addresses import believe_proxies, counted_as
from hospes.platform.db import LIMITED_TO
from hospes.platform.errors import HospesError, TooMany
from hospes.platform.kept_forms import find_form
from hospes.platform.limits import Limits, Rule, Standing
from hospes.platform.settings import Settings

REQUESTS = Counter("hospes_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("hospes_http_request_seconds", "Time to answer.", ["method", "route"])
REFUSED = Counter("hospes_http_limited_total", "Requests refused for being too many.", ["rule"])
JSON_LIMIT = 1_000_000
UPLOAD_LIMIT = 12_000_000
DOCUMENTS_LIMIT = 31_500_000  # three pictures of 10 MB at once
DOCUMENTS = ("/account/identity", "/api/v1/users/me/identity-checks")
SECRET_PATHS = ("/calendars/", "/invitations/", "/api/v1/invitations/")
QUIET = ("/assets", "/media", "/healthz", "/readyz", "/metrics")
Refuse = Callable[[Request, Exception], Response]
log = structlog.get_logger("http")


class TooLarge(HTTPException):
    """The body is larger than this path allows. An HTTPException, so that parsers of bodies let it through."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"At most {limit // 1_000_000} MB can be sent here.")


class Edge:
    """Pure ASGI, outside of everything else; costs little on the hot path. `refuse` makes the answer to an error."""

    def __init__(self, app: ASGIApp, site: FastAPI, settings: Settings, refuse: Refuse) -> None:
        self.app = app
        self._state = site.state
        self._settings = settings
        self._refuse = refuse
        self._rules = rate_rules(site, settings.security.rateLimit)
        self._complete = header_setter(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        security = self._settings.security
        believe_proxies(scope, security.trustedProxies, security.proxyHeader)
        state = scope.setdefault("state", {})
        request_id = _header(scope, b"x-request-id")[:64] or uuid4().hex
        state["request_id"] = request_id
        seen: dict[str, Any] = {"status": 500, "csrf": None, "standing": None}

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                self._complete(headers, state, scope["scheme"])
                if seen["csrf"]:
                    headers.append("Set-Cookie", seen["csrf"])
                if seen["standing"]:
                    headers.update(seen["standing"].headers)
            await send(message)

        limit = JSON_LIMIT
        if _header(scope, b"content-type").startswith("multipart/"):
            limit = DOCUMENTS_LIMIT if scope["path"] in DOCUMENTS else UPLOAD_LIMIT
        try:
            length = _header(scope, b"content-length")
            if length.isdigit() and int(length) > limit:
                raise TooLarge(limit)
            if not scope["path"].startswith(QUIET):
                seen["csrf"] = await self._identify(scope)
                standing = await self._count(scope)
                if scope["path"].startswith("/api/"):
                    seen["standing"] = standing
                _refuse_above(standing)
                caller = state["caller"]
                if caller is not None and caller.key is not None:
                    LIMITED_TO.set(str(caller.key.limited_to or ""))
                    template = self._rules.find(scope["path"]).template
                    identity.require_scope(caller, method=scope["method"], template=template)
                if caller is not None and "admin" in caller.roles:
                    state["caller"] = await identity.as_admin(self._state.runtime, caller, path=scope["path"])
                if caller is not None and caller.admin_id is not None:
                    await identity.watch_acting(self._state.runtime, caller, method=scope["method"], path=scope["path"])
                if caller is not None and b"kept=" in scope["query_string"] and scope["method"] == "GET":
                    state["kept_form"] = await find_form(self._state.runtime, caller, scope["query_string"])
                if caller is not None and scope["path"].startswith("/host"):
                    state["parts"] = await parts_of(self._state.runtime, caller, scope["path"])
            await self.app(scope, _limited(receive, limit), answer)
        except (TooLarge, HospesError) as refusal:
            await self._refuse(Request(scope), refusal)(scope, receive, answer)
        finally:
            LIMITED_TO.set("")
            self._record(scope, seen["status"], time.perf_counter() - started, request_id)

    async def _identify(self, scope: Scope) -> str | None:
        """Who asks; answers the cookie to set for a visitor without a session."""
        request = Request(scope)
        resolved = await identity.resolve_caller(request, self._state.runtime)
        scope["state"].update(
            caller=resolved.caller, csrf_token=resolved.csrf_token, session_state=resolved.session_state
        )
        if (
            scope["path"].startswith("/api/")
            or resolved.session_state == "live"
            or request.cookies.get(identity.CSRF_COOKIE) == resolved.csrf_token
        ):
            return None
        secure = "; Secure" if is_https(self._settings, scope["scheme"]) else ""
        return f"{identity.CSRF_COOKIE}={resolved.csrf_token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800{secure}"

    async def _count(self, scope: Scope) -> Standing:
        """How whoever asks stands by the rule of this route, or by what they may ask altogether if that is less."""
        limits: Limits = self._state.limits
        at = self._state.runtime.clock.now().timestamp()
        rule, what = self._rules.find(scope["path"]).rule(scope["method"])
        caller = scope["state"].get("caller")
        address = counted_as(scope["client"][0] if scope.get("client") else "")
        person = caller.counted_as if caller else address
        key = f"rate_limit:{person if rule.each == 'person' else address}:{what}"
        standing = await limits.take_strictly(key, rule, at) if rule.strict else limits.take(key, rule, at)
        if standing.refused or rule.apart:
            return standing
        altogether = self._rules.person if caller else self._rules.address
        if caller is not None and caller.key is not None:
            altogether = Rule("key", caller.key.per_minute)
        whole = limits.take(f"rate_limit:{person}", altogether, at)
        return whole if whole.refused or whole.left < standing.left else standing

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        path = "/assets" if scope["path"].startswith("/assets") else self._rules.find(scope["path"]).route
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


def _refuse_above(standing: Standing) -> None:
    if not standing.refused:
        return
    REFUSED.labels(standing.rule.name).inc()
    wait = f"{standing.wait} second{'s' if standing.wait != 1 else ''}"
    raise TooMany(f"This was done too often in a short time. Try again in {wait}.", retry_after=standing.wait)


def _public(path: str) -> str:
    """The path for the log; the address of an exported calendar is its key, and that of an invitation, too."""
    return next((f"{start}…" for start in SECRET_PATHS if path.startswith(start)), path)


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
