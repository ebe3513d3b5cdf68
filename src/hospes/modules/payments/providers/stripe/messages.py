"""Stripe's webhooks (docs.stripe.com/webhooks): `Stripe-Signature: t=…,v1=…`, HMAC-SHA256 over `<t>.<raw body>`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.payments.providers.port import ProviderEvent, SignatureRefused
from hospes.modules.payments.providers.reading import at, read_message, text, uuid_or_none
from hospes.modules.payments.providers.signature import verify
from hospes.modules.payments.providers.stripe.reading import key_of, read_dispute


def parse_stripe_webhook(
    secrets: Sequence[str], headers: Mapping[str, str], raw: bytes, *, now: datetime
) -> ProviderEvent:
    """The event; `secrets` are those of the account's endpoint and of the endpoint for connected accounts."""
    _verify_any([secret for secret in secrets if secret], headers.get("stripe-signature", ""), raw, now)
    payload = read_message(raw)
    event_id, kind = text(payload, "id"), text(payload, "type")
    if text(payload, "object") != "event" or not event_id or len(event_id) > 255:
        raise SignatureRefused("The message is no event.")
    thing = at(payload, "data", "object")
    what = text(thing, "object")
    dispute = read_dispute(thing) if what == "dispute" and isinstance(thing, dict) else None
    return ProviderEvent(event_id, kind, _key(thing), payload, dispute, _account(kind, payload, thing) or None)


def _key(thing: object) -> UUID | None:
    taken = text(thing, "object") == "payment_intent" and text(thing, "status") == "succeeded"
    captured = uuid_or_none(at(thing, "metadata", "capture_key")) if taken else None
    return captured or key_of(thing)


def _account(kind: str, payload: object, thing: object) -> str:
    """The connected account whose state may have changed: itself, or with what it can do, its bank or its consent."""
    if kind == "account.updated":
        return text(thing, "id")
    about = kind == "capability.updated" or kind.startswith(("account.external_account.", "account.application."))
    return text(payload, "account") or text(thing, "account") if about else ""


def _verify_any(secrets: Sequence[str], header: str, raw: bytes, now: datetime) -> None:
    refusal = SignatureRefused("No secret is set for these messages.")
    for secret in secrets:
        try:
            verify(secret, header, raw, now=now)
        except SignatureRefused as fault:
            refusal = fault
        else:
            return
    raise refusal
