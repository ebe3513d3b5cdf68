"""Runs the HTTP application under uvicorn."""

import os

import uvicorn
from fastapi import FastAPI

from hospes.platform.logs import configure_logs
from hospes.platform.settings import Settings, load_settings, with_secrets


def serve(settings: Settings, *, workers: int) -> None:
    """Serve until SIGINT or SIGTERM; several workers share the port."""
    os.environ["HOSPES_HOST"], os.environ["HOSPES_PORT"] = settings.host, str(settings.port)
    if settings.modules:
        os.environ["HOSPES_MODULES"] = ",".join(settings.modules)
    uvicorn.run(
        "hospes.entrypoints.serving:make",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
        backlog=2048,
        proxy_headers=False,  # security.trustedProxies decides, in platform/addresses.py
    )


def make() -> FastAPI:
    """The application of one worker process."""
    from hospes.entrypoints.app import create_app

    settings = with_secrets(load_settings())
    configure_logs(settings.log_level, service="api")
    return create_app(settings)
