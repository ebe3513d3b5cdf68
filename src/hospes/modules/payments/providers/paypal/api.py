"""Calls to PayPal (developer.paypal.com/api/rest): OAuth token, `PayPal-Request-Id`, and errors with an `issue`."""

import asyncio
import time
from typing import Any

import structlog

from hospes.modules.payments.providers.calling import TIMEOUT, Answer, JsonApi, Lost, Refused, plain_code
from hospes.modules.payments.providers.port import ProviderDown
from hospes.modules.payments.providers.reading import text, whole

log = structlog.get_logger(__name__)
BASES = {"live": "https://api-m.paypal.com", "sandbox": "https://api-m.sandbox.paypal.com"}
_EARLY = 60.0  # seconds before its end that a token is renewed


class PayPalApi:
    """One REST application's API; the token is fetched once for many calls."""

    def __init__(
        self, client_id: str, client_secret: str, *, mode: str = "sandbox", base: str = "", timeout: float = TIMEOUT
    ) -> None:
        self.http = JsonApi("PayPal", base or BASES[mode], timeout=timeout)
        self._login = (client_id, client_secret)
        self._token = ""
        self._ends_at = 0.0
        self._lock = asyncio.Lock()

    async def aclose(self) -> None:
        """Close its connections."""
        await self.http.aclose()

    async def get(self, path: str, **params: str | int) -> Any:
        """What is asked for; None when PayPal does not know it."""
        answer = await self._send("GET", path, {}, params=params)
        if answer.status == 404:
            return None
        return self._checked(answer)

    async def post(self, path: str, body: Any, *, key: str = "") -> Any:
        """What was made; None when PayPal answers with nothing. Raises `Refused` with PayPal's issue."""
        headers = {"prefer": "return=representation", **({"paypal-request-id": key} if key else {})}
        given: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        answer = await self._send("POST", path, {**headers, "content-type": "application/json"}, **given)
        return self._checked(answer)

    async def upload(self, path: str, parts: list[tuple[str, tuple[str, bytes, str]]], *, key: str) -> Any:
        """What was made of documents and JSON: (field, (file name, content, type)). Raises `Refused`."""
        return self._checked(await self._send("POST", path, {"paypal-request-id": key}, files=parts))

    async def delete(self, path: str) -> None:
        """Delete it; what is not there is deleted already."""
        answer = await self._send("DELETE", path, {})
        if answer.status != 404:
            self._checked(answer)

    def _checked(self, answer: Answer) -> Any:
        if answer.status < 400:
            return answer.body
        issue = text(answer.body, "details", 0, "issue") or text(answer.body, "name") or str(answer.status)
        debug_id = plain_code(text(answer.body, "debug_id"))
        log.warning("paypal_refused", issue=plain_code(issue), status=answer.status, debug_id=debug_id)
        if answer.status == 409:
            raise Lost("the same order is being worked on")
        if answer.status == 403:
            raise ProviderDown("PayPal does not allow this to our application")
        raise Refused(issue, body=answer.body, message=text(answer.body, "message"))

    async def _send(self, method: str, path: str, headers: dict[str, str], **given: Any) -> Answer:
        token = await self._authorised()
        answer = await self.http.send(method, path, headers={**headers, "authorization": f"Bearer {token}"}, **given)
        if answer.status != 401:
            return answer
        self._token = "" if self._token == token else self._token
        token = await self._authorised()
        answer = await self.http.send(method, path, headers={**headers, "authorization": f"Bearer {token}"}, **given)
        if answer.status == 401:
            raise ProviderDown("PayPal refuses our token")
        return answer

    async def _authorised(self) -> str:
        async with self._lock:
            if not self._token or time.monotonic() >= self._ends_at:
                await self._sign_in()
            return self._token

    async def _sign_in(self) -> None:
        """Nothing was ordered yet, so whatever goes wrong is `ProviderDown`."""
        try:
            answer = await self.http.send(
                "POST",
                "/v1/oauth2/token",
                headers={"accept": "application/json"},
                data={"grant_type": "client_credentials"},
                auth=self._login,
            )
        except Lost as lost:
            raise ProviderDown(str(lost)) from lost
        token, lasts = text(answer.body, "access_token"), whole(answer.body, "expires_in")
        if answer.status != 200 or not token or lasts is None:
            log.error("paypal_key_refused", status=answer.status, error=plain_code(text(answer.body, "error")))
            raise ProviderDown("PayPal refuses our keys")
        self._token, self._ends_at = token, time.monotonic() + lasts - _EARLY
