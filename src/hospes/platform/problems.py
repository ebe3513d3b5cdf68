"""Every refusal as an RFC 9457 problem document, or as a page for a browser."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout, TooManyRequests
from redis.exceptions import RedisError
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import RedirectResponse, Response

from hospes.platform.errors import HospesError, Invalid, NotFound, Unauthorized, Unavailable
from hospes.platform.kept_forms import NAME, keep_form
from hospes.platform.validation import fields_of

log = structlog.get_logger(__name__)
Page = Callable[[Request, dict[str, Any]], Response]
MEDIA_TYPE = "application/problem+json"
STEP_UP = "step_up_needed"
SECOND_FACTOR = "second_factor_required"
# What every operation of the OpenAPI document promises about refusals; FastAPI's own words for 422 are not ours.
IN_THE_DOCUMENT: dict[int | str, dict[str, Any]] = {
    status: {
        "description": f"{when}: a problem document (RFC 9457); its `code` is explained under /problems/",
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail", "code"],
                    "properties": {
                        **{name: {"type": "string"} for name in ("type", "title", "detail", "code")},
                        "status": {"type": "integer"},
                    },
                }
            }
        },
    }
    for status, when in (("4XX", "Refused"), ("503", "Out of service for a moment"))
}
MACHINE_PATHS = ("/api/", "/healthz", "/readyz", "/metrics")

# The database cannot be reached, is shutting down, or a lock was not to be had: operational, to be tried again.
OPERATIONAL = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, TooManyRequests, RedisError)


class Busy(Unavailable):
    """A server behind us is away or overloaded; nothing was changed, so the request can be repeated."""

    code = "busy"
    title = "We are busy for a moment"


class CannotBeStored(Invalid):
    """The request holds something no field can hold: a NUL character, half a character, or a number out of range."""

    code = "cannot_be_stored"
    title = "Something in this request cannot be stored"


class MethodNotAllowed(HospesError):
    """This address exists but does not take this method."""

    status = 405
    code = "method_not_allowed"
    title = "This cannot be done here"


class TooLarge(HospesError):
    """The body is larger than 1 MB, or than 12 MB for an upload."""

    status = 413
    code = "too_large"
    title = "This is too large"


class Malformed(HospesError):
    """The request could not be read at all."""

    status = 400
    code = "malformed"
    title = "This request cannot be read"


class Internal(HospesError):
    """A fault of ours. It was logged under the request id."""


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
    return error.extra | document


def answer(request: Request, document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """The problem as a response to this request."""
    document = document | {"instance": request.url.path, "request_id": getattr(request.state, "request_id", None)}
    return Response(orjson.dumps(document, default=str), document["status"], headers, MEDIA_TYPE)


def install(app: FastAPI, page: Page) -> None:
    """Map every error of the application; `page` renders one for a browser."""

    async def refused(request: Request, error: Exception) -> Response:
        if request.method == "POST" and getattr(error, "code", "") == STEP_UP:
            request.state.kept_as = await keep_form(request)
        return refuse(request, error, page)

    kinds: tuple[type[Exception], ...] = (HospesError, RequestValidationError, HTTPException, ClientDisconnect)
    for kind in (*kinds, *OPERATIONAL, psycopg.DataError, UnicodeEncodeError, Exception):
        app.add_exception_handler(kind, refused)


def refuse(request: Request, error: Exception, page: Page) -> Response:
    """The answer to an error: a document for a program, a page for a browser; with `Retry-After` where it helps."""
    refusal = _refusal(error)
    headers = dict(getattr(error, "headers", None) or {})
    wait = getattr(refusal, "retry_after", None)
    if wait is not None:
        headers["Retry-After"] = str(wait)
    return _respond(request, refusal, headers, page)


def _refusal(error: Exception) -> HospesError:
    if isinstance(error, HospesError):
        return error
    if isinstance(error, RequestValidationError):
        if any(each["loc"][:1] == ("path",) for each in error.errors()):
            return NotFound("There is nothing at this address.")  # an id that cannot be one
        return Invalid("Some of what was sent cannot be right.", fields=fields_of(error.errors()))
    if isinstance(error, HTTPException):
        return _of_status(error)
    if isinstance(error, OPERATIONAL):
        log.warning("operational", error=type(error).__name__, detail=str(error)[:200])
        return Busy("We are busy for a moment. Please try again.")
    if isinstance(error, psycopg.DataError | UnicodeEncodeError):
        log.info("cannot_be_stored", error=str(error)[:200])
        return CannotBeStored("There is a character or a number in this request that cannot be stored.")
    if isinstance(error, ClientDisconnect):
        return Malformed("The request ended before it was complete.")
    return Internal("This is our fault and has been noted. Please try again, or tell us the request id.")


def _of_status(error: HTTPException) -> HospesError:
    known: dict[int, HospesError] = {
        400: Malformed("The request cannot be read: its body is not what its content type says."),
        404: NotFound("There is nothing at this address."),
        405: MethodNotAllowed("This address does not take this method."),
        413: TooLarge(str(error.detail)),
    }
    if error.status_code in known:
        return known[error.status_code]
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    refusal = HospesError(str(error.detail))
    refusal.status, refusal.code, refusal.title = error.status_code, code, phrase  # type: ignore[misc]
    return refusal


def _respond(request: Request, error: HospesError, headers: dict[str, str], page: Page) -> Response:
    document = problem_of(error)
    wants = request.headers.get("accept", "")
    if request.url.path.startswith(MACHINE_PATHS) or ("json" in wants and "html" not in wants):
        return answer(request, document, headers)
    if isinstance(error, Unauthorized) and error.code == Unauthorized.code:
        return _to_sign_in(request)
    if error.code == STEP_UP:
        return _to_confirm(request)
    if error.code == SECOND_FACTOR:
        return _sent(request, "/account/security?needed=1")
    document["request_id"] = getattr(request.state, "request_id", None)
    response = page(request, document)
    response.headers.update(headers)
    return response


def _to_sign_in(request: Request) -> Response:
    target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return _sent(request, f"/login?next={quote(target if request.method == 'GET' else '/', safe='/')}")


def _to_confirm(request: Request) -> Response:
    """To give the password again, then back to the page itself, or to the one whose form was sent."""
    back = request.url if request.method == "GET" else URL(request.headers.get("referer", "/"))
    here = request.method == "GET" or back.netloc == request.url.netloc
    kept = getattr(request.state, "kept_as", "")
    if kept:
        back = back.include_query_params(**{NAME: kept})
    target = (back.path or "/") + (f"?{back.query}" if back.query else "") if here else "/"
    return _sent(request, f"/confirm?next={quote(target, safe='/')}")


def _sent(request: Request, address: str) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)
