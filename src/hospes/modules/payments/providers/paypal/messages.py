"""PayPal's webhooks: PayPal itself is asked whether it signed them (verify-webhook-signature).

Checking the certificate ourselves would mean to fetch and trust one from an address the message names; the call costs
one round trip per message and leaves the keys where they belong. The body goes along byte by byte, for the signature is
over a checksum of it. Source: developer.paypal.com/api/rest/webhooks/rest.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import orjson

from hospes.modules.payments.providers.calling import Lost, Refused
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.paypal.reading import key_of, read_dispute
from hospes.modules.payments.providers.port import ProviderDown, ProviderEvent, SignatureRefused
from hospes.modules.payments.providers.reading import at, instant, read_message, text

OLDEST = timedelta(days=4)  # PayPal repeats a message for three days
AHEAD = timedelta(minutes=5)
_HEADERS = ("auth-algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time")


async def parse_paypal_webhook(
    api: PayPalApi, webhook_id: str, headers: Mapping[str, str], raw: bytes, *, now: datetime
) -> ProviderEvent:
    """The event, once PayPal says that it is theirs."""
    if not webhook_id:
        raise SignatureRefused("No webhook id is set for these messages.")
    said = {name.replace("-", "_"): headers.get(f"paypal-{name}", "") for name in _HEADERS}
    if not all(said.values()) or any(len(value) > 2_000 for value in said.values()):
        raise SignatureRefused("The signature is missing.")
    _check(said["cert_url"], said["transmission_time"], now)
    payload = read_message(raw)
    event_id, kind = text(payload, "id"), text(payload, "event_type")
    if not event_id or len(event_id) > 255:
        raise SignatureRefused("The message is no event.")
    body = orjson.dumps({**said, "webhook_id": webhook_id})[:-1] + b',"webhook_event":' + raw + b"}"
    try:
        answer = await api.post("/v1/notifications/verify-webhook-signature", body)
    except Refused as refusal:
        raise SignatureRefused("PayPal does not know this signature.") from refusal
    except Lost as lost:
        raise ProviderDown(str(lost)) from lost
    if text(answer, "verification_status") != "SUCCESS":
        raise SignatureRefused("The signature does not fit the body.")
    resource = at(payload, "resource")
    dispute = read_dispute(resource) if kind.startswith("CUSTOMER.DISPUTE.") and isinstance(resource, dict) else None
    return ProviderEvent(event_id, kind, key_of(kind, resource), payload, dispute)


def _check(cert_url: str, sent_at: str, now: datetime) -> None:
    parts = urlsplit(cert_url)
    if parts.scheme != "https" or not (parts.hostname or "").endswith(".paypal.com"):
        raise SignatureRefused("The certificate is not PayPal's.")
    sent = instant(sent_at)
    if sent is None or not now - OLDEST <= sent <= now + AHEAD:
        raise SignatureRefused("This message was signed too long ago.")
