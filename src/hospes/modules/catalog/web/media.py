"""Serves pictures by their storage key; a key's content never changes."""

import re
from contextlib import suppress

from fastapi import APIRouter, Request, Response

from hospes.modules.catalog.contracts import thumb_key
from hospes.platform.errors import NotFound
from hospes.platform.runtime import runtime
from hospes.platform.storage import Storage

router = APIRouter()

_KEY = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.(webp|jpg|jpeg|png|avif|svg)")
_LONGEST = 200
_TYPES = {
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "avif": "image/avif",
    "svg": "image/svg+xml",  # the demo world's own; uploads are never SVG
}
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/media/{key:path}")
async def picture(request: Request, key: str) -> Response:
    """The picture, to be cached for ever; a missing thumbnail is answered by the picture itself."""
    matched = _KEY.fullmatch(key)
    if matched is None or len(key) > _LONGEST or key.startswith("private/"):
        return Response(status_code=404)
    headers = {**_HEADERS, "ETag": f'"{key}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    body = await _find(runtime(request).storage, key)
    if body is None:
        return Response(status_code=404)
    return Response(body, media_type=_TYPES[matched[2]], headers=headers)


async def _find(storage: Storage, key: str) -> bytes | None:
    full = key.replace("-640.", ".")
    for each in (key, full) if key == thumb_key(full) else (key,):
        with suppress(NotFound):
            return await storage.get(each)
    return None
