"""Server-rendered pages: Jinja2 templates of the modules and of the whole site, static files, flash messages."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from babel.dates import format_date
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from starlette.responses import Response

from hospes.platform.money import CURRENCIES, Money
from hospes.platform.refilling import refill

PACKAGE = Path(__file__).parent.parent
FLASH_COOKIE = "hospes_flash"


def dist_folder() -> Path:
    """Where the built front end lies: in the package when installed, else in the repository."""
    inside = PACKAGE / "web_dist"
    return inside if inside.is_dir() else PACKAGE.parent.parent / "web" / "dist"


def _load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
    module, _, rest = name.partition("/")
    for path in (PACKAGE / "modules" / module / "templates" / rest, PACKAGE / "entrypoints" / "templates" / name):
        if ".." not in name and path.is_file():
            changed = path.stat().st_mtime_ns
            return path.read_text(encoding="utf-8"), str(path), lambda p=path, at=changed: _same(p, at)
    return None


def _same(path: Path, changed: int) -> bool:
    return path.is_file() and path.stat().st_mtime_ns == changed


@cache
def environment() -> Environment:
    """The template environment; names are `<module>/x.html` or `x.html` of the site."""
    env = Environment(
        loader=FunctionLoader(_load),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    env.globals["asset"] = asset
    env.filters["money"] = _money
    env.filters["day"] = _day
    env.filters["shown_as"] = _shown_as
    return env


def _money(amount: int | Money, currency: str = "") -> str:
    """`{{ 1200 | money("EUR") }}`, or a `Money` as it is."""
    return (amount if isinstance(amount, Money) else Money(int(amount), currency)).text()


def _shown_as(amount: int, shown: Any, currency: str) -> str:
    """An amount about as much in another currency; `shown` knows the rate."""
    return str(shown.of(Money(amount, currency)).text())


def _day(when: date, pattern: str = "EEE d MMM y") -> str:
    """A date, or an instant already in the zone of the place, in words: Fri 12 Jun 2026."""
    return str(format_date(when, pattern, locale="en"))


def asset(name: str) -> str:
    """The address of a built file, changing with its content so that it can be cached for ever."""
    hashed = _manifest().get(name)
    return f"/assets/{hashed}" if hashed else f"/assets/{name}{_version(name)}"


def _manifest() -> Mapping[str, str]:
    path = dist_folder() / "manifest.json"
    return _manifest_at(path.stat().st_mtime_ns) if path.is_file() else {}


@cache
def _manifest_at(_changed: int) -> Mapping[str, str]:
    loaded: dict[str, str] = json.loads((dist_folder() / "manifest.json").read_text())
    return loaded


@cache
def _version(name: str) -> str:
    path = dist_folder() / name
    return f"?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}" if path.is_file() else ""


def render(request: Request, name: str, context: Mapping[str, Any] | None = None, status: int = 200) -> HTMLResponse:
    """A page; templates also know `request, caller, csrf_token, settings, flash_message, session_state, display,
    currencies_shown, currency_shown` and `may_here`: names of what the caller may do in the business of this page."""
    message = unquote(request.cookies.get(FLASH_COOKIE, ""))
    known = {
        "request": request,
        "caller": getattr(request.state, "caller", None),
        "csrf_token": getattr(request.state, "csrf_token", ""),
        "session_state": getattr(request.state, "session_state", "none"),
        "settings": request.app.state.runtime.settings,
        "may_here": getattr(request.state, "parts", None),
        "flash_message": message,
        "display": getattr(request.state, "display", None),
        "currencies_shown": CURRENCIES,
        "currency_shown": _currency_shown(request),
    }
    html = environment().get_template(name).render({**known, **(context or {})})
    kept = getattr(request.state, "kept_form", None)
    if kept is not None:
        html = refill(html, action=kept.action, here=request.url.path, fields=kept.fields)
    response = HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})
    if message:
        response.delete_cookie(FLASH_COOKIE)
    return response


def _currency_shown(request: Request) -> str:
    caller = getattr(request.state, "caller", None)
    chosen: str = getattr(caller, "currency", "") or request.cookies.get("hospes_currency", "")
    return chosen


def flash(response: Response, text: str) -> None:
    """Show this once, on the next page."""
    response.set_cookie(FLASH_COOKIE, quote(text), max_age=60, httponly=True, samesite="lax")
