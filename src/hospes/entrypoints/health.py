"""Is the process alive, is it ready, what does it count, and what do the error codes mean."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError
from starlette.responses import JSONResponse, Response

from hospes.platform.errors import HospesError, NotFound
from hospes.platform.pages import render
from hospes.platform.runtime import runtime

router = APIRouter(include_in_schema=False)
PAGES = Path(__file__).parents[3] / "docs" / "problems"


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request) -> Response:
    """Ready to serve: the database answers and the index is loaded. Without Valkey it is degraded, not down."""
    rt = runtime(request)
    checks: dict[str, str] = {"index": "ok" if rt.ports.index is not None else "loading"}
    try:
        async with rt.db.read() as tx:
            await tx.find("SELECT 1")
        checks["database"] = "ok"
    except (DatabaseError, PoolTimeout) as error:
        checks["database"] = type(error).__name__
    try:
        await rt.valkey.ping()
        checks["valkey"] = "ok"
    except RedisError as error:
        checks["valkey"] = f"degraded: {type(error).__name__}"
    ready = checks["database"] == "ok" and checks["index"] == "ok"
    return JSONResponse({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/problems/{code}")
async def problem(request: Request, code: str) -> Response:
    """What an error code means, and what to do."""
    for kind in every_refusal():
        if kind.code == code:
            detail = _explained(code) or kind.__doc__ or kind.title
            document: dict[str, Any] = {"title": kind.title, "code": code, "status": kind.status, "detail": detail}
            return render(request, "problem.html", {"problem": document})
    raise NotFound("There is no such problem code.")


def _explained(code: str) -> str:
    """The text of the code's page in docs/problems, where the documentation is at hand."""
    page = PAGES / f"{code}.md"
    if not page.is_file():
        return ""
    _, _, text = page.read_text(encoding="utf-8").partition("\n\n")
    return " ".join(text.replace("**", "").replace("`", "").split())


def every_refusal(kind: type[HospesError] = HospesError) -> list[type[HospesError]]:
    """Every class of refusal that is loaded."""
    return [kind, *(found for child in kind.__subclasses__() for found in every_refusal(child))]
