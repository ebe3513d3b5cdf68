"""PayPal's vault (v3): a setup token its payer approves becomes a payment token that can be charged."""

from contextlib import suppress

from hospes.modules.payments.contracts import Method
from hospes.modules.payments.providers.calling import Lost, Refused, nothing_ordered
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.paypal.reading import reason_of
from hospes.modules.payments.providers.port import (
    Declined,
    NeedsAction,
    Saved,
    SaveOrder,
    SaveOutcome,
    Unknown,
)
from hospes.modules.payments.providers.reading import items, text

_VAULT = "/v3/vault"


async def save_method(api: PayPalApi, order: SaveOrder) -> SaveOutcome:
    """Ask the payer at PayPal."""
    context = {"return_url": f"{order.page}/status", "cancel_url": order.page, "shipping_preference": "NO_SHIPPING"}
    body = {
        "payment_source": {"paypal": {"usage_type": "MERCHANT", "experience_context": context}},
        **({"customer": {"id": order.customer}} if order.customer else {}),
    }
    try:
        made = await api.post(f"{_VAULT}/setup-tokens", body, key=str(order.key))
    except Refused as refusal:
        return Declined(reason_of(refusal.code))
    except Lost as lost:
        return Unknown(str(lost))
    return _read_setup(made)


async def look_up_saved(api: PayPalApi, ref: str) -> SaveOutcome:
    """What the payer said; an approved token is turned into one that can be charged, once."""
    try:
        setup = await api.get(f"{_VAULT}/setup-tokens/{ref}")
        if setup is None:
            return Declined("unknown_method", ref)
        if text(setup, "status") not in ("APPROVED", "VAULTED", "TOKENIZED"):
            return _read_setup(setup)
        body = {"payment_source": {"token": {"id": ref, "type": "SETUP_TOKEN"}}}
        made = await api.post(f"{_VAULT}/payment-tokens", body, key=f"{ref}-token")
    except Refused as refusal:
        return Declined(reason_of(refusal.code), ref)
    except Lost as lost:
        return Unknown(str(lost))
    token = text(made, "id")
    if not token:
        return Unknown("the answer is no payment token")
    return Saved(ref, Method(token, "paypal"), text(made, "customer", "id") or None)


async def forget_method(api: PayPalApi, token: str) -> None:
    """Delete a payment token."""
    with nothing_ordered(), suppress(Refused):
        await api.delete(f"{_VAULT}/payment-tokens/{token}")


def _read_setup(setup: object) -> SaveOutcome:
    ref, status = text(setup, "id"), text(setup, "status")
    url = next((text(link, "href") for link in items(setup, "links") if text(link, "rel") == "approve"), "")
    if not ref or status not in ("CREATED", "PAYER_ACTION_REQUIRED", "APPROVED"):
        return Unknown(f"PayPal says {status[:40]!r}")
    return NeedsAction(ref, {"kind": "redirect", "url": url} if url else {})
