"""Which card or account paid, as a keyed hash of the provider's mark of it: enough to see that two are one."""

import hmac
from hashlib import sha256


def mark_of(secret: str, provider: str, fingerprint: str) -> str:
    """64 hexadecimal digits; empty where the provider says none. Never a number, nor anything one could be made of."""
    if not fingerprint:
        return ""
    return hmac.new(secret.encode(), f"card:{provider}:{fingerprint}".encode(), sha256).hexdigest()
