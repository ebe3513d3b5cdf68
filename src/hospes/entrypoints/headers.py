"""The headers every answer carries, whatever made it: a page, a file, a refusal or a fault."""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import MutableHeaders

from hospes.platform.content_policy import content_policy, tiles_source
from hospes.platform.settings import Settings

# Nothing in an answer to a program is shown, run or framed, should a browser be led to it.
MACHINE_POLICY = "default-src 'none'; frame-ancestors 'none'"
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",  # a bank's page may open beside ours
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(self), gyroscope=(), hid=(),"
        ' magnetometer=(), microphone=(), midi=(), payment=(self "https://js.stripe.com"), serial=(), usb=()'
    ),
    "Cache-Control": "no-store",  # but for what says otherwise: assets and pictures
}


def is_https(settings: Settings, scheme: str) -> bool:
    """Whether the browser reaches us by https, directly or through a proxy."""
    return scheme == "https" or settings.secure_cookies or settings.public_url.startswith("https://")


def header_setter(settings: Settings) -> Callable[[MutableHeaders, Mapping[str, Any], str], None]:
    """A function `(headers, state, scheme)` that adds what an answer does not have yet. A page may have put a
    wider `content_policy` into the state of its request."""
    page_policy = content_policy({"img-src": tiles_source(settings.map.tiles)})

    def complete(headers: MutableHeaders, state: Mapping[str, Any], scheme: str) -> None:
        kind = headers.get("content-type", "")
        policy = state.get("content_policy") or (page_policy if kind.startswith("text/html") else MACHINE_POLICY)
        headers.setdefault("Content-Security-Policy", policy)
        for name, value in COMMON.items():
            headers.setdefault(name, value)
        if settings.security.hsts and is_https(settings, scheme):
            headers.setdefault("Strict-Transport-Security", f"max-age={settings.security.hsts}")

    return complete
