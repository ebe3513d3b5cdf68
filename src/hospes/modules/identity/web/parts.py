"""What the pages of identity share."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from babel import Locale
from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from hospes.modules.identity import throttle
from hospes.modules.identity.policies.next_page import HOME, local_path
from hospes.modules.identity.policies.person import countries, zones
from hospes.platform.addresses import client_address
from hospes.platform.errors import HospesError
from hospes.platform.pages import render
from hospes.platform.runtime import Runtime, runtime

LANGUAGES = ("en", "de", "es", "fr", "it", "ja", "nl", "pl", "pt", "pt-BR", "sv", "tr", "uk", "zh")


async def count_attempt(request: Request, rt: Runtime) -> None:
    """One more attempt of this address; raises `TooManyRequests` above the limit."""
    await throttle.count_request(rt.valkey, rt.settings.security.rateLimit, address_of(request), now=rt.clock.now())


def address_of(request: Request) -> str:
    """The network address the request came from."""
    return client_address(request)


def onwards(path: str) -> RedirectResponse:
    """See other."""
    return RedirectResponse(path, status_code=303)


def browser_language(request: Request) -> str:
    """The first language the browser asks for, if the product knows it, else English."""
    wanted = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return next((tag for tag in LANGUAGES if tag in (wanted, wanted.split("-")[0])), "en")


def filled(typed: dict[str, str], errors: dict[str, str] | None) -> dict[str, Any]:
    """What a form shows: nothing where nobody typed, no fault where there is none, never a password."""
    return {"typed": defaultdict(str, {**typed, "password": ""}), "errors": defaultdict(str, errors or {})}


def next_field(wanted: str) -> str:
    """Where to go on to, as a form carries it: empty for the home page."""
    path = local_path(wanted)
    return "" if path == HOME else path


def with_wait(response: Response, refusal: HospesError | None) -> Response:
    """The answer, saying in `Retry-After` how long to wait if the refusal does."""
    wait = getattr(refusal, "retry_after", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def choices(zone: str = "", language: str = "") -> dict[str, Any]:
    """What selects of a profile offer: countries, time zones and languages, with these among them."""
    tags = (*LANGUAGES, *([language] if language else []))
    return {
        "countries": countries(),
        "zones": [(name, name.replace("_", " ")) for name in sorted({*zones(), *([zone] if zone else [])})],
        "languages": {tag: Locale.parse(tag, sep="-").get_display_name() for tag in tags},
    }


def show_form(
    request: Request,
    page: str,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    refusal: HospesError | None = None,
    more: Mapping[str, Any] | None = None,
) -> Response:
    """A form of identity with what was typed and what is wrong with it, and what else its page shows."""
    context = {
        **filled(typed, errors),
        "next": next_field(typed.get("next", "")),
        "providers": runtime(request).ports.sign_in_providers,
        **(choices() if page == "signup" else {}),
        **(more or {}),
    }
    return with_wait(
        render(request, f"identity/{page}.html", context, status=refusal.status if refusal else 200), refusal
    )
