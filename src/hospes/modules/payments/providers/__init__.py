"""The providers this installation can use, by name."""

import hmac
from hashlib import sha256
from typing import Any

from hospes.modules.payments.providers.sandbox import SandboxProvider
from hospes.modules.payments.providers.sandbox_books import SandboxBooks
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings


def make_providers(rt: Runtime) -> dict[str, Any]:
    """Those that have keys. Called once by the entry point that puts a process together."""
    made: dict[str, Any] = {}
    if "sandbox" in configured(rt.settings):
        books = SandboxBooks(rt.db, rt.clock.now)
        made[SandboxProvider.name] = SandboxProvider(books, webhook_secret=sandbox_secret(rt.settings))
    for name, make in (("stripe", _stripe), ("paystack", _paystack), ("paypal", _paypal)):
        if name in configured(rt.settings):
            made[name] = make(rt.settings)
    return made


def configured(settings: Settings) -> tuple[str, ...]:
    """The names of those that have keys."""
    payment = settings.payment
    asked = payment.sandbox.enabled
    default = settings.environment == "development" or settings.payment_provider == "sandbox"
    having = {
        "sandbox": default if asked is None else asked,
        "stripe": bool(payment.stripe.api_key.get_secret_value()),
        "paystack": bool(payment.paystack.secret_key.get_secret_value()),
        "paypal": bool(payment.paypal.client_id and payment.paypal.client_secret.get_secret_value()),
    }
    return tuple(name for name, has in having.items() if has)


def missing_keys(settings: Settings) -> list[str]:
    """Keys that a configured provider can do without, but not well."""
    payment, names = settings.payment, configured(settings)
    wanted = {
        "payment.stripe.publishable_key": "stripe" in names and not payment.stripe.publishable_key,
        "payment.stripe.webhook_secret": "stripe" in names and not payment.stripe.webhook_secret.get_secret_value(),
        "payment.paypal.webhook_id": "paypal" in names and not payment.paypal.webhook_id,
    }
    return [name for name, missing in wanted.items() if missing]


def sandbox_secret(settings: Settings) -> str:
    """`payment.sandbox.webhook_secret`, else one derived from the installation's secret; empty when there is none."""
    given = settings.payment.sandbox.webhook_secret.get_secret_value()
    if given:
        return given
    secret = settings.auth.secret
    return hmac.new(secret.encode(), b"sandbox webhook", sha256).hexdigest() if secret else ""


# A vendor's client is imported only where it is used: Stripe's alone takes a second to import on a slow machine.


def _stripe(settings: Settings) -> Any:
    from hospes.modules.payments.providers.stripe.api import StripeApi
    from hospes.modules.payments.providers.stripe.provider import StripeProvider

    keys = settings.payment.stripe
    secrets = (keys.webhook_secret.get_secret_value(), keys.connect_webhook_secret.get_secret_value())
    api = StripeApi(keys.api_key.get_secret_value(), base=keys.api_base)
    return StripeProvider(api, publishable_key=keys.publishable_key, webhook_secrets=secrets)


def _paystack(settings: Settings) -> Any:
    from hospes.modules.payments.providers.paystack.api import PaystackApi
    from hospes.modules.payments.providers.paystack.provider import PaystackProvider

    keys = settings.payment.paystack
    secret = keys.secret_key.get_secret_value()
    return PaystackProvider(PaystackApi(secret, base=keys.api_base), secret_key=secret)


def _paypal(settings: Settings) -> Any:
    from hospes.modules.payments.providers.paypal.api import PayPalApi
    from hospes.modules.payments.providers.paypal.provider import PayPalProvider

    keys = settings.payment.paypal
    secret = keys.client_secret.get_secret_value()
    api = PayPalApi(keys.client_id, secret, mode=keys.mode, base=keys.api_base)
    return PayPalProvider(api, webhook_id=keys.webhook_id)
