"""Where a person may be sent after signing in."""

from urllib.parse import urlsplit

HOME = "/"
_NEVER = ("/login", "/signup", "/logout", "/api/")


def local_path(text: str | None) -> str:
    """The path when it stays on this site, else the home page."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return HOME
    if any(ord(c) < 33 or ord(c) == 127 for c in text) or len(text) > 2000:
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc or parts.path.startswith(_NEVER):
        return HOME
    return text
