"""PayPal's payouts (Payouts v1): a batch of one item, whose `sender_batch_id` is our key."""

from urllib.parse import urlsplit

from hospes.modules.payments.providers.calling import Lost, Refused
from hospes.modules.payments.providers.paypal.api import PayPalApi
from hospes.modules.payments.providers.paypal.reading import amount_of, read_payout, reason_of
from hospes.modules.payments.providers.port import (
    AccountLink,
    AccountOrder,
    AccountRefused,
    Declined,
    Outcome,
    Pending,
    TransferOrder,
    Unknown,
)
from hospes.modules.payments.providers.reading import items, text

_PAYOUTS = "/v1/payments/payouts"


def open_account(order: AccountOrder) -> AccountLink:
    """The address to be paid to; whether it is a PayPal account shows with the first payout."""
    address = order.details.get("paypal_email", "").strip()
    if "@" not in address or len(address) > 127 or any(letter.isspace() for letter in address):
        raise AccountRefused("Please give the e-mail address of your PayPal account.")
    return AccountLink(address, "")


async def transfer(api: PayPalApi, order: TransferOrder) -> Outcome:
    """Pay it; PayPal answers at once that it will, and later how it went."""
    amount = amount_of(order.amount)
    if amount is None:
        return Declined("amount_not_supported")
    key = str(order.key)
    item = {
        "recipient_type": "EMAIL",
        "receiver": order.account_ref,
        "amount": {"currency": amount["currency_code"], "value": amount["value"]},
        "note": order.about[:1000],
        "sender_item_id": key,
    }
    header = {"sender_batch_id": key, "email_subject": "You have been paid"}
    try:
        batch = await api.post(_PAYOUTS, {"sender_batch_header": header, "items": [item]}, key=key)
    except Refused as refusal:
        return await _existing(api, refusal)
    except Lost as lost:
        return Unknown(str(lost))
    ref = text(batch, "batch_header", "payout_batch_id")
    return Pending(ref, order.amount) if ref else Unknown("the answer is no payout")


async def look_up(api: PayPalApi, ref: str | None) -> Outcome | None:
    """How a payout went; without its name None: the same order again is answered with the name of the first."""
    found = await api.get(f"{_PAYOUTS}/{ref}") if ref else None
    return read_payout(found) if isinstance(found, dict) else None


async def _existing(api: PayPalApi, refusal: Refused) -> Outcome:
    """A second batch of one key is refused with the address of the first."""
    details = items(refusal.body, "details")
    links = [link for detail in details for name in ("link", "links") for link in items(detail, name)]
    first = next((text(link, "href") for link in links if text(link, "rel") == "self"), "")
    if first:
        try:
            return await look_up(api, urlsplit(first).path.rsplit("/", 1)[-1]) or Unknown("the first is not found")
        except (Lost, Refused) as fault:
            return Unknown(str(fault))
    known = reason_of(refusal.code)
    return Declined(known if known == "provider_balance_too_low" else "transfer_refused")
