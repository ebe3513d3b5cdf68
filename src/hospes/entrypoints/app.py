"""The HTTP application: API, pages, assets, health and metrics."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from jinja2 import TemplateError
from markupsafe import escape
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from hospes.entrypoints import health, wiring
from hospes.entrypoints.middleware import Edge
from hospes.entrypoints.short_way import ShortWay
from hospes.modules.identity import facade as identity
from hospes.modules.recommendations import facade as recommendations
from hospes.modules.search import facade as search
from hospes.modules.semantic import facade as semantic
from hospes.platform import problems
from hospes.platform.clock import Clock
from hospes.platform.limits import Limits
from hospes.platform.memory import give_back
from hospes.platform.pages import dist_folder, render
from hospes.platform.settings import Settings

log = structlog.get_logger(__name__)


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """The application; it opens its runtime when it starts and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with wiring.open_runtime(settings, clock=clock) as rt:
            app.state.runtime = rt
            app.state.limits = Limits(rt.valkey)
            app.state.limits.start()
            searching = not settings.modules or "search" in settings.modules
            suggesting = not settings.modules or "recommendations" in settings.modules
            await rt.ports.tail.mark()  # what is committed while keys and index load comes by the tail
            await identity.open_token_keys(rt)
            identity.open_partner_keys(rt)
            if searching:
                rt.ports.index = await search.open_index(rt)
                rt.ports.likeness = await semantic.open_likeness(rt)
            if suggesting:
                rt.ports.shelves = recommendations.open_shelves(rt)
            await rt.ports.tail.start()
            give_back()
            gc.freeze()  # what is loaded stays: looking through it again and again stalls requests for 100 ms
            gc.enable()
            try:
                yield
            finally:
                await app.state.limits.stop()
                await identity.close_partner_keys(rt)
                await rt.ports.tail.stop()
                if suggesting:
                    await recommendations.close_shelves(rt.ports.shelves)
                if searching:
                    await semantic.close_likeness(rt.ports.likeness)
                    await search.close_index(rt.ports.index)

    app = Site(
        settings,
        title="Hospes",
        version="1",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        description="Search, hold, book and pay for anything that can be reserved.",
        responses=problems.IN_THE_DOCUMENT,
        routes=_routes(tuple(settings.modules)),
    )
    app.mount("/assets", ImmutableFiles(directory=dist_folder(), check_dir=False), name="assets")
    problems.install(app, _problem_page)
    return app


@lru_cache
def _routes(modules: tuple[str, ...]) -> list[BaseRoute]:
    """Of these modules; applications of one process share them, because making them ready takes half a second."""
    whole = APIRouter(responses=problems.IN_THE_DOCUMENT, generate_unique_id_function=_operation_id)
    for router in wiring.routers(modules):
        whole.include_router(router)
    whole.include_router(health.router)
    return whole.routes


class Site(FastAPI):
    """The application with its edge outside of everything, so that the answer to a fault passes through it too."""

    def __init__(self, settings: Settings, **given: Any) -> None:
        super().__init__(**given)
        self._settings = settings

    def build_middleware_stack(self) -> ASGIApp:
        """As FastAPI makes it, within the edge, and with a short way to the routes."""
        self.router.middleware_stack = ShortWay(self)
        return Edge(super().build_middleware_stack(), self, self._settings, _refused)


def _refused(request: Request, error: Exception) -> Response:
    return problems.refuse(request, error, _problem_page)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _problem_page(request: Request, document: dict[str, Any]) -> HTMLResponse:
    try:
        return render(request, "problem.html", {"problem": document}, status=document["status"])
    except TemplateError as fault:  # a refusal must be shown even when the site's templates are broken
        log.error("problem_page_broken", exc_info=fault)
        words = f"<h1>{escape(document['title'])}</h1><p>{escape(document['detail'])}</p>"
        return HTMLResponse(f"<!doctype html><title>Hospes</title>{words}", document["status"])


class ImmutableFiles(StaticFiles):
    """Built assets carry a hash in their name, so a browser may keep them for ever."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
