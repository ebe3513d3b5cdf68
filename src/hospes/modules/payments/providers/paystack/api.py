"""Calls to Paystack (paystack.com/docs/api): `{"status": true, "message": …, "data": …}`."""

from typing import Any

import structlog

from hospes.modules.payments.providers.calling import TIMEOUT, JsonApi, Lost, Refused, plain_code
from hospes.modules.payments.providers.port import ProviderDown
from hospes.modules.payments.providers.reading import at, items, text, whole

log = structlog.get_logger(__name__)
BASE = "https://api.paystack.co"
PAGE = 100
_MOST_PAGES = 200


class PaystackApi:
    """One account's API."""

    def __init__(self, secret_key: str, *, base: str = "", timeout: float = TIMEOUT) -> None:
        self.http = JsonApi("Paystack", base or BASE, timeout=timeout)
        self._headers = {"authorization": f"Bearer {secret_key}"}

    async def aclose(self) -> None:
        """Close its connections."""
        await self.http.aclose()

    async def get(self, path: str, **params: str | int) -> Any:
        """The `data` of what is asked for; None when Paystack does not know it."""
        return await self._data("GET", path, params=params)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """The `data` of what was made. Raises `Refused` with Paystack's code, or its message when it gives none."""
        return await self._data("POST", path, json=body)

    async def put(self, path: str, body: dict[str, Any]) -> Any:
        """The `data` of what was changed. Raises `Refused`."""
        return await self._data("PUT", path, json=body)

    async def put_file(self, address: str, content: bytes, kind: str) -> None:
        """Upload a document to the address that Paystack has signed for it; nothing else of ours goes along. Raises
        `Lost`: until it is named in a dispute it counts for nothing."""
        try:
            answer = await self.http.send("PUT", address, headers={"content-type": kind}, content=content)
        except ProviderDown as fault:
            raise Lost(str(fault)) from fault
        if answer.status >= 400:
            raise Lost(f"the document was not taken: {answer.status}")

    async def pages(self, path: str, **params: str | int) -> list[dict[str, Any]]:
        """Every object of a list. Raises `ProviderDown` when it cannot be read to its end."""
        found: list[dict[str, Any]] = []
        try:
            for page in range(1, _MOST_PAGES + 1):
                asked = {**params, "perPage": PAGE, "page": page}
                answer = await self.http.send("GET", path, headers=self._headers, params=asked)
                body, rows = answer.body, items(answer.body, "data")
                if answer.status != 200 or not isinstance(at(body, "data"), list):
                    raise Lost(f"Paystack answered {answer.status} without a list")
                found += rows
                if not rows or page >= (whole(body, "meta", "pageCount") or 1):
                    return found
        except Lost as lost:
            raise ProviderDown(str(lost)) from lost
        raise ProviderDown("Paystack's list does not end")

    async def _data(self, method: str, path: str, **given: Any) -> Any:
        answer = await self.http.send(method, path, headers=self._headers, **given)
        if answer.status in (401, 403):
            log.error("paystack_key_refused", status=answer.status)
            raise ProviderDown("Paystack refuses our key")
        code = text(answer.body, "code") or text(answer.body, "message")
        if answer.status >= 400:
            if method == "GET" and (answer.status == 404 or code in ("transaction_not_found", "transfer_not_found")):
                return None
            log.warning("paystack_refused", code=plain_code(code), status=answer.status)
            raise Refused(code, body=answer.body, message=text(answer.body, "message"))
        if at(answer.body, "status") is not True:
            raise Lost("the answer of Paystack makes no sense")
        return at(answer.body, "data")
