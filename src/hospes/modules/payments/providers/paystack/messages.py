"""Paystack's webhooks: HMAC-SHA512 of the raw body with the secret key (paystack.com/docs/payments/webhooks).

They carry neither an id nor a time: the id is made of the body, so that a repeated one is seen to be one, and an old
one does no harm because it only says where to look.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256, sha512
from uuid import UUID

from hospes.modules.payments.providers.paystack.reading import read_dispute
from hospes.modules.payments.providers.port import ProviderEvent, SignatureRefused
from hospes.modules.payments.providers.reading import at, read_message, text, uuid_or_none

SIGNATURE = "x-paystack-signature"


def sign(secret_key: str, raw: bytes) -> str:
    """The header's value."""
    return hmac.new(secret_key.encode(), raw, sha512).hexdigest()


def parse_paystack_webhook(secret_key: str, headers: Mapping[str, str], raw: bytes) -> ProviderEvent:
    """The event, its signature checked."""
    given = headers.get(SIGNATURE, "")
    if not secret_key or not given:
        raise SignatureRefused("The signature is missing." if secret_key else "No secret is set for these messages.")
    if not hmac.compare_digest(sign(secret_key, raw).encode(), given.strip().lower().encode()):
        raise SignatureRefused("The signature does not fit the body.")
    payload = read_message(raw)
    kind, data = text(payload, "event"), at(payload, "data")
    if not kind or not isinstance(data, dict):
        raise SignatureRefused("The message is no event.")
    dispute = read_dispute(data) if kind.startswith("charge.dispute.") else None
    event_id = f"{kind[:80]}:{sha256(raw).hexdigest()}"
    return ProviderEvent(event_id, kind, _key(kind, data), payload, dispute)


def _key(kind: str, data: dict[str, object]) -> UUID | None:
    if kind.startswith("refund."):
        return uuid_or_none(text(data, "merchant_note")) or uuid_or_none(text(data, "refund_reference"))
    return uuid_or_none(text(data, "reference"))
