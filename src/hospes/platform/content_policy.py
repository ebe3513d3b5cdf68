"""What a page may load, as a Content-Security-Policy. Nearly every page has the base; one may ask for more."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

BASE: dict[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "object-src": ("'none'",),
    "worker-src": ("'none'",),
    "base-uri": ("'none'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
}


def content_policy(more: Mapping[str, Sequence[str]] | None = None) -> str:
    """The header's value, with these sources added to their directives; a directive the base lacks starts at 'self'."""
    directives = dict(BASE)
    for name, sources in (more or {}).items():
        directives[name] = tuple(dict.fromkeys((*directives.get(name, ("'self'",)), *sources)))
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def tiles_source(url: str) -> tuple[str, ...]:
    """Where the pictures of a map come from, as a source; none for the built-in map or an address of ours."""
    parts = urlsplit(url.replace("{s}", "*"))
    return (f"{parts.scheme}://{parts.netloc}",) if parts.scheme and parts.netloc else ()
