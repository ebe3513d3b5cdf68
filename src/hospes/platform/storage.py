"""Files of the product (pictures): a local folder by default, any store obstore knows by URL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from hospes.platform.errors import NotFound, Unavailable


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An open file: its length, entity tag and content in chunks."""

    size: int
    etag: str | None
    chunks: AsyncIterator[bytes]


class Storage:
    """Bytes by key (`ab/abc.webp`). `get` raises `NotFound`; a store out of reach raises `Unavailable`."""

    def __init__(self, url: str, folder: Path) -> None:
        if url:
            self._store: Any = from_url(url)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(prefix=folder.absolute())

    async def put(self, key: str, data: bytes) -> None:
        """Store, replacing what was there."""
        try:
            await obstore.put_async(self._store, key, data)
        except (BaseError, OSError) as fault:
            raise Unavailable("Files cannot be stored at the moment.") from fault

    async def get(self, key: str) -> bytes:
        """The whole content."""
        try:
            result = await obstore.get_async(self._store, key)
            return bytes(await result.bytes_async())
        except FileNotFoundError as fault:
            raise NotFound("There is no such file.") from fault
        except (BaseError, OSError) as fault:
            raise Unavailable("Files cannot be read at the moment.") from fault

    async def open(self, key: str) -> StoredFile:
        """For streaming."""
        try:
            result = await obstore.get_async(self._store, key)
        except FileNotFoundError as fault:
            raise NotFound("There is no such file.") from fault
        except (BaseError, OSError) as fault:
            raise Unavailable("Files cannot be read at the moment.") from fault
        return StoredFile(int(result.meta["size"]), result.meta.get("e_tag"), _chunks(result))

    async def delete(self, key: str) -> None:
        """Nothing happens when it is not there."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as fault:
            raise Unavailable("Files cannot be deleted at the moment.") from fault


async def _chunks(result: Any) -> AsyncIterator[bytes]:
    async for chunk in result.stream(min_chunk_size=256 * 1024):
        yield bytes(chunk)
