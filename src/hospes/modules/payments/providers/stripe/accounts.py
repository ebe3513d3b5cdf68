"""Connected accounts (docs.stripe.com/connect): Stripe asks their owners on its own pages, and pays them out."""

from typing import Any

from hospes.modules.payments.providers.calling import Lost, Refused, nothing_ordered
from hospes.modules.payments.providers.port import (
    AccountLink,
    AccountOrder,
    AccountRefused,
    AccountState,
    ProviderDown,
)
from hospes.modules.payments.providers.reading import at, text
from hospes.modules.payments.providers.stripe.api import StripeApi

_DUE = {
    "external_account": "A bank account to be paid to.",
    "tos_acceptance": "Your agreement to the payment service's terms.",
    "business_profile": "What you offer and how guests reach you.",
    "individual": "Who you are.",
    "representative": "Who represents your company.",
    "owners": "Who owns your company.",
    "company": "Your company's details.",
    "person": "Details of a person of your company.",
    "business_type": "Whether you are a company or a person.",
    "settings": "A setting of your account.",
}


async def open_account(api: StripeApi, order: AccountOrder) -> AccountLink:
    """The account of this key, and a fresh link to its onboarding."""
    params: dict[str, Any] = {
        "country": order.country.upper(),
        "email": order.email,
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"key": str(order.key), "business_id": str(order.business_id), "page": order.page[:500]},
    }
    if order.name:
        params["business_profile"] = {"name": order.name[:100]}
    try:
        ref = text(await api.call(api.v1.accounts.create_async, params, key=str(order.key)), "id")
        if not ref:
            raise Lost("the answer is no account")
        return AccountLink(ref, await _link(api, ref, order.page))
    except Refused as refusal:
        raise AccountRefused(str(refusal)) from refusal
    except Lost as lost:
        raise ProviderDown(str(lost)) from lost


async def account_state(api: StripeApi, ref: str) -> AccountState:
    """Whether it can be paid to, what Stripe still asks for, and where to give it."""
    with nothing_ordered():
        try:
            account = await api.call(api.v1.accounts.retrieve_async, ref, {})
        except Refused:
            return AccountState(False, ("This account is not known.",))
    ready = at(account, "payouts_enabled") is True and text(account, "capabilities", "transfers") == "active"
    due = at(account, "requirements", "currently_due")
    names = [name.split(".")[0] for name in due if isinstance(name, str)] if isinstance(due, list) else []
    words = dict.fromkeys(_DUE.get("person" if name.startswith("person_") else name, "A detail.") for name in names)
    page = text(account, "metadata", "page")
    try:
        return AccountState(ready, tuple(words), await _link(api, ref, page) if page and not ready else "")
    except (Refused, Lost):
        return AccountState(ready, tuple(words))


async def _link(api: StripeApi, ref: str, page: str) -> str:
    params = {"account": ref, "type": "account_onboarding", "refresh_url": page, "return_url": page}
    return text(await api.call(api.v1.account_links.create_async, params), "url")
