"""Every refusal as an RFC 9457 problem document, or as a page for a browser."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import errors as pg
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from hospes.platform.errors import HospesError, Invalid, Unauthorized, Unavailable

log = structlog.get_logger(__name__)
Page = Callable[[Request, dict[str, Any]], Response]
MEDIA_TYPE = "application/problem+json"


def problem_of(error: HospesError) -> dict[str, Any]:
    """The document's members, without those of the request."""
    document: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    if error.fields:
        document["errors"] = [{"field": name, "message": message} for name, message in error.fields.items()]
    return document | error.extra


def answer(request: Request, document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """The problem as a response to this request."""
    document = document | {
        "instance": request.url.path,
        "request_id": getattr(request.state, "request_id", None),
    }
    return Response(orjson.dumps(document), document["status"], headers, MEDIA_TYPE)


def install(app: FastAPI, page: Page) -> None:
    """Map every error of the application; `page` renders one for a browser."""

    def respond(request: Request, error: HospesError, headers: dict[str, str] | None = None) -> Response:
        if request.url.path.startswith(("/api/", "/healthz", "/readyz")):
            return answer(request, problem_of(error), headers)
        if isinstance(error, Unauthorized) and error.code == "unauthorized":
            target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/login?next={quote(target if request.method == 'GET' else '/', safe='/')}", 303)
        response = page(request, problem_of(error))
        response.headers.update(headers or {})
        return response

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HospesError)
        headers = {"Retry-After": str(error.retry_after)} if hasattr(error, "retry_after") else None
        return respond(request, error, headers)

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        fields = {_field(fault["loc"]): _sentence(fault) for fault in error.errors()}
        return respond(request, Invalid("Some of what was sent cannot be right.", fields=fields))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(request, _of_status(error), dict(error.headers or {}))

    async def away(request: Request, error: Exception) -> Response:
        log.warning("operational", error=type(error).__name__, detail=str(error)[:200])
        return respond(request, Unavailable("We are busy for a moment. Please try again."), {"Retry-After": "2"})

    async def unstorable(request: Request, error: Exception) -> Response:
        log.info("unstorable_input", error=str(error)[:200])
        return respond(
            request, Invalid("Something in this request cannot be stored, such as a character or a number too large.")
        )

    app.add_exception_handler(HospesError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http)
    for operational in (pg.OperationalError, PoolTimeout, RedisError):
        app.add_exception_handler(operational, away)
    app.add_exception_handler(pg.DataError, unstorable)


def _of_status(error: HTTPException) -> HospesError:
    refusal = HospesError(str(error.detail))
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    values = {"status": error.status_code, "code": code, "title": phrase}
    return type("HttpRefusal", (HospesError,), values)(str(error.detail)) if values else refusal


def _field(location: tuple[Any, ...]) -> str:
    parts = [str(part) for part in location if part not in ("body", "query", "path", "header")]
    return ".".join(parts) or "body"


def _sentence(fault: dict[str, Any]) -> str:
    if fault["type"] == "missing":
        return "This is needed."
    text = str(fault["msg"]).removeprefix("Value error, ")
    return text if text.endswith(".") else f"{text}."
