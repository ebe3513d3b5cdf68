"""What the pages of paying may load and lead to, beyond our own: only what the configured vendors need.

Sources: docs.stripe.com/security/guide#content-security-policy; browsers hold a form's redirects to `form-action`.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from fastapi import Request

from hospes.modules.payments.providers import configured
from hospes.platform.content_policy import content_policy
from hospes.platform.runtime import runtime
from hospes.platform.settings import Settings

_PAGES = {
    "stripe": ("https://hooks.stripe.com",),
    "paystack": ("https://checkout.paystack.com", "https://standard.paystack.co"),
    "paypal": ("https://www.paypal.com", "https://www.sandbox.paypal.com"),
}


async def allow_vendors(request: Request) -> None:
    """A dependency of the pages of paying: their policy is widened for the configured vendors."""
    request.state.content_policy = policy_of(runtime(request).settings)


def policy_of(settings: Settings) -> str:
    """The policy of these pages."""
    return _policy(configured(settings), settings.payment.stripe.script)


@lru_cache(maxsize=8)
def _policy(names: tuple[str, ...], script: str) -> str:
    more: dict[str, tuple[str, ...]] = {"form-action": tuple(page for name in names for page in _PAGES.get(name, ()))}
    if "stripe" in names:
        parts = urlsplit(script)
        home = f"{parts.scheme}://{parts.netloc}"
        framed = (home, "https://*.js.stripe.com") if parts.netloc == "js.stripe.com" else (home,)
        more |= {
            "script-src": framed,
            "frame-src": (*framed, "https://hooks.stripe.com"),
            "connect-src": ("https://api.stripe.com",),
            "img-src": ("https://*.stripe.com",),
        }
    return content_policy(more)
