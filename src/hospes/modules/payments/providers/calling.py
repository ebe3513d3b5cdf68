"""Calling a vendor's JSON API; what goes wrong is told apart by whether anything can have happened there."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from hospes.modules.payments.providers.port import ProviderDown

TIMEOUT = 20.0
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_LARGEST = 4_000_000


class Refused(Exception):
    """The vendor did not do it, for certain. `code` is the vendor's, `ref` its name of what it is about."""

    def __init__(self, code: str, ref: str | None = None, message: str = "", body: Any = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.ref = ref
        self.body = body


class Lost(Exception):
    """Whether the vendor did it is not known."""


@contextmanager
def nothing_ordered() -> Iterator[None]:
    """Around calls that move nothing: whatever goes wrong, the vendor did not say, and may be asked again."""
    try:
        yield
    except (Lost, Refused) as fault:
        raise ProviderDown(str(fault)) from fault


def plain_code(said: str) -> str:
    """A vendor's code as it may be logged; a sentence of theirs is not, for it may repeat what somebody typed."""
    return said if re.fullmatch(r"[A-Za-z0-9_-]{1,64}", said) and not re.search(r"[0-9]{12}", said) else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and decoded body (None when there is none)."""

    status: int
    body: Any


class JsonApi:
    """One vendor's API; `timeout` is how many seconds it is waited for."""

    def __init__(self, name: str, base: str, *, timeout: float = TIMEOUT) -> None:
        self._name = name
        self.timeout = timeout
        self._http = httpx.AsyncClient(base_url=base, follow_redirects=False)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def send(self, method: str, path: str, *, headers: Mapping[str, str], **given: Any) -> Answer:
        """The answer, whatever its status below 500. Raises `ProviderDown` and `Lost`."""
        try:
            response = await self._http.request(method, path, headers=dict(headers), timeout=self.timeout, **given)
        except UNSENT as fault:
            raise ProviderDown(f"{self._name} cannot be reached") from fault
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise Lost(f"no answer from {self._name}: {type(fault).__name__}") from fault
        if response.status_code == 429:
            raise ProviderDown(f"{self._name} asks for patience")
        if response.status_code >= 500 or response.is_redirect:
            raise Lost(f"{self._name} answered {response.status_code}")
        return Answer(response.status_code, self._decoded(response))

    def _decoded(self, response: httpx.Response) -> Any:
        raw = response.content
        if not raw:
            return None
        try:
            return orjson.loads(raw) if len(raw) <= _LARGEST else None
        except orjson.JSONDecodeError as fault:
            raise Lost(f"the answer of {self._name} makes no sense") from fault
