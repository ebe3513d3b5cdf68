"""Webhook signatures `t=<unix time>,v1=<hex>`: HMAC-SHA256 of `<t>.<raw body>`.

Source: Stripe, "Verify webhook signatures manually" (https://docs.stripe.com/webhooks#verify-manually).
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from hospes.modules.payments.providers.port import SignatureRefused

TOLERANCE = timedelta(minutes=5)


def sign(secret: str, raw: bytes, *, at: datetime) -> str:
    """The header's value for a body sent at this time."""
    stamp = int(at.timestamp())
    return f"t={stamp},v1={_digest(secret, stamp, raw)}"


def verify(secret: str, header: str, raw: bytes, *, now: datetime) -> None:
    """Raises `SignatureRefused` unless one `v1` fits the raw body and `t` is within five minutes of now."""
    if not secret:
        raise SignatureRefused("No secret is set for these messages.")
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    digests = [value for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()) or len(stamps[0]) > 12 or not digests:
        raise SignatureRefused("The signature header is missing or malformed.")
    expected = _digest(secret, int(stamps[0]), raw)
    if not any(hmac.compare_digest(expected.encode(), given.encode()) for given in digests):
        raise SignatureRefused("The signature does not fit the body.")
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE.total_seconds():
        raise SignatureRefused("This message was signed too long ago.")


def _digest(secret: str, stamp: int, raw: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + raw, sha256).hexdigest()
