"""Calls to Stripe through the official client; what goes wrong is told apart by whether anything can have happened.

Sources: docs.stripe.com/api/errors, /api/idempotent_requests and /error-low-level.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import httpx
import stripe
import structlog

from hospes.modules.payments.providers.calling import TIMEOUT, UNSENT, Lost, Refused, plain_code
from hospes.modules.payments.providers.port import ProviderDown

log = structlog.get_logger(__name__)
API_VERSION = "2026-10-28.endive"  # what the adapter was written against; the account's default does not matter
_NO_ANSWER: Any = stripe.APIConnectionError
_SAME_UNDER_WAY = (0.2, 0.5, 1.0, 2.0)  # seconds between tries while the same key is being worked on


class _Http(stripe.HTTPClient):
    """How the client reaches the network: like its own one for httpx, which sends forms in a way httpx warns of."""

    name = "httpx"

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self.timeout = timeout
        self._client = httpx.AsyncClient()

    def sleep_async(self, secs: float) -> Awaitable[None]:
        return asyncio.sleep(secs)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            response = await self._client.request(
                method, url, headers=headers, content=post_data or None, timeout=self.timeout
            )
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise _NO_ANSWER(f"no answer: {type(fault).__name__}") from fault
        return response.content, response.status_code, response.headers

    async def close_async(self) -> None:
        await self._client.aclose()


class StripeApi:
    """One client; answers are plain dictionaries."""

    def __init__(self, api_key: str, *, base: str = "", timeout: float = TIMEOUT) -> None:
        stripe.enable_telemetry = False
        self.http = _Http(timeout)
        client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": base, "files": base} if base else None,
            max_network_retries=0,
            http_client=self.http,
        )
        self.v1: Any = client.v1

    async def aclose(self) -> None:
        """Close its connections."""
        await self.http.close_async()

    async def call(self, method: Any, *args: Any, key: str = "") -> dict[str, Any]:
        """Call one method of the client, with this idempotency key.

        Raises `Refused`, `Lost` or `ProviderDown`."""
        options = {"idempotency_key": key} if key else {}
        for pause in (*_SAME_UNDER_WAY, None):
            try:
                found = await method(*args, options)
                said = found.to_dict(for_json=True)
            except stripe.StripeError as fault:
                if fault.http_status == 409 and pause is not None:
                    await asyncio.sleep(pause)
                    continue
                raise _told(fault) from fault
            except (ValueError, TypeError, AttributeError, KeyError) as fault:  # the client stumbles over nonsense
                raise Lost(f"the answer makes no sense: {type(fault).__name__}") from fault
            if not isinstance(said, dict):
                raise Lost("the answer is not an object")
            return said
        raise AssertionError


def _told(fault: stripe.StripeError) -> Exception:
    error = getattr(fault, "error", None)
    code = str(fault.code or getattr(error, "type", "") or type(fault).__name__)
    if isinstance(fault, stripe.APIConnectionError):
        if isinstance(fault.__cause__, UNSENT):
            return ProviderDown("Stripe cannot be reached")
        return Lost(f"no answer from Stripe: {type(fault.__cause__).__name__}")
    if isinstance(fault, stripe.AuthenticationError | stripe.PermissionError):
        log.error("stripe_key_refused", status=fault.http_status)
        return ProviderDown("Stripe refuses our key")
    if isinstance(fault, stripe.RateLimitError) or fault.http_status == 429:
        return ProviderDown("Stripe asks for patience")
    if isinstance(fault, stripe.IdempotencyError) or fault.http_status == 409:
        return Lost("the key was used for another order, or is being worked on")
    if isinstance(fault, stripe.CardError):
        body: Any = fault.json_body if isinstance(fault.json_body, dict) else {}
        inner = body.get("error", {})
        intent = inner.get("payment_intent") or inner.get("setup_intent") or {}
        return Refused(str(inner.get("decline_code") or code), intent.get("id") if isinstance(intent, dict) else None)
    if isinstance(fault, stripe.InvalidRequestError) and fault.http_status in (400, 402, 404):
        request_id = plain_code(str(fault.request_id or ""))
        log.warning("stripe_refused", code=plain_code(code), status=fault.http_status, request_id=request_id)
        return Refused(code, message=str(fault.user_message or ""))
    return Lost(f"Stripe answered {fault.http_status}")
