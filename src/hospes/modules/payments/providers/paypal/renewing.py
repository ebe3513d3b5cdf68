"""PayPal's renewed authorisations: POST /v2/payments/authorizations/{id}/reauthorize.

PayPal is sure of authorised money for three days; it can authorise it again between then and the 29th day, under a
new name and with three more days (developer.paypal.com/docs/api/payments/v2). Money is taken of the new one, released
by the first. `ref` is therefore `<order>/<authorisation>`.
"""

from typing import Any

from hospes.modules.payments.providers.calling import Lost, Refused
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.paypal.reading import amount_of, payments_of, read_authorisation, reason_of
from hospes.modules.payments.providers.port import Declined, Outcome, RenewOrder, Unknown
from hospes.modules.payments.providers.reading import text

_HELD = "/v2/payments/authorizations"


def order_in(ref: str) -> str:
    """The order's name."""
    return ref.partition("/")[0]


def held_in(ref: str | None) -> str:
    """The renewed authorisation's name; empty in the name of a mere order."""
    return (ref or "").partition("/")[2]


async def renew(api: PayPalApi, order: RenewOrder) -> Outcome:
    """The authorisation that takes the place of the one before."""
    amount = amount_of(order.amount)
    if amount is None:
        return Declined("amount_not_supported", order.charge_ref)
    try:
        held = held_in(order.charge_ref)
        if not held:
            found = await api.get(f"/v2/checkout/orders/{order_in(order.charge_ref)}")
            held = text(next(iter(payments_of(found, "authorizations")), None), "id")
        if not held:
            return Declined("authorisation_expired", order.charge_ref)
        made = await api.post(f"{_HELD}/{held}/reauthorize", {"amount": amount}, key=str(order.key))
    except Refused as refusal:
        if "REAUTHORIZATION" in refusal.code:  # too soon, too often, not for this kind of payment
            return Declined("renewal_not_possible", order.charge_ref)
        return Declined(reason_of(refusal.code), order.charge_ref)
    except Lost as lost:
        return Unknown(str(lost))
    return _read(made, order_in(order.charge_ref))


async def look_up(api: PayPalApi, ref: str | None) -> Outcome | None:
    """By the new one's name; without it None: the same order again is answered with what the first one did."""
    held = held_in(ref)
    found = await api.get(f"{_HELD}/{held}") if held else None
    return _read(found, order_in(ref or "")) if found is not None else None


def _read(held: Any, order: str) -> Outcome:
    name = text(held, "id")
    return read_authorisation(held, f"{order}/{name}") if name else Unknown("the answer is no authorisation")
