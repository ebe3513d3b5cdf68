"""What a page may load, as a Content-Security-Policy. Nearly every page has the base; one may ask for more."""

from collections.abc import Mapping, Sequence

BASE: dict[str, tuple[str, ...]] = {
    "default-src": ("'self'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "style-src-attr": ("'unsafe-inline'",),
    "img-src": ("'self'", "data:", "https:"),
    "font-src": ("'self'",),
    "connect-src": ("'self'",),
    "object-src": ("'none'",),
    "base-uri": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
}


def content_policy(more: Mapping[str, Sequence[str]] | None = None) -> str:
    """The header's value, with these sources added to their directives; a directive the base lacks starts at 'self'."""
    directives = dict(BASE)
    for name, sources in (more or {}).items():
        directives[name] = tuple(dict.fromkeys((*directives.get(name, ("'self'",)), *sources)))
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
