"""Services outside, and what the operator's own business is like."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from hospes.platform.settings.base import NO_SECRET, Section


class Mail(Section):
    """`url` is smtp://user:password@host:587 or smtps://…; empty: messages go into `mail` in data_dir."""

    url: str = ""
    sender: str = "Hospes <no-reply@hospes.example>"


class Twilio(Section):
    """An account that sends SMS; `sender` is a number (+1…) or a messaging service (MG…). With an `api_key` (SK…),
    `auth_token` is its secret. `api_base` is for tests."""

    account_sid: str = ""
    api_key: str = ""
    auth_token: SecretStr = NO_SECRET
    sender: str = ""
    api_base: str = ""


class Sms(Section):
    """Without an account texts go into `sms` in data_dir."""

    twilio: Twilio = Twilio()


class Map(Section):
    """`tiles` is a tile address with {z}, {x}, {y}; empty: the built-in vector base map."""

    tiles: str = ""
    attribution: str = ""


class Location(Section):
    """Where people are and how long the way is. `ip_database`: a file in MaxMind's format that tells about where a
    network address is. `travel`: whom to ask for the way by road, "google" (with `google_key`) or "osrm" (a server at
    `osrm_url`); empty: the great circle. `google_base` is for tests."""

    ip_database: Path | None = None
    travel: Literal["", "google", "osrm"] = ""
    google_key: SecretStr = NO_SECRET
    google_base: str = ""
    osrm_url: str = ""

    @model_validator(mode="after")
    def _has_what_it_asks_with(self) -> Self:
        if self.travel == "google" and not self.google_key.get_secret_value():
            raise ValueError("travel is google, so google_key is needed")
        if self.travel == "osrm" and not self.osrm_url.startswith(("http://", "https://")):
            raise ValueError("travel is osrm, so osrm_url is needed, beginning with http:// or https://")
        return self


class Sandbox(Section):
    """The shipped payment provider; `enabled` left out: on in development, and while it is `payment_provider`."""

    enabled: bool | None = None
    webhook_secret: SecretStr = NO_SECRET


class Stripe(Section):
    """Keys of a Stripe account; offered once `api_key` is set. `api_base` is for tests."""

    api_key: SecretStr = NO_SECRET
    publishable_key: str = ""
    webhook_secret: SecretStr = NO_SECRET
    connect_webhook_secret: SecretStr = NO_SECRET
    connect_client_id: str = ""  # accepted, not used: accounts are opened by API
    script: str = "https://js.stripe.com/v3/"  # where the browser fetches Stripe.js
    api_base: str = ""


class Paystack(Section):
    """Keys of a Paystack account; offered once `secret_key` is set. `api_base` is for tests."""

    secret_key: SecretStr = NO_SECRET
    public_key: str = ""
    api_base: str = ""


class PayPal(Section):
    """Keys of a PayPal REST application; offered once both are set. `api_base` is for tests."""

    client_id: str = ""
    client_secret: SecretStr = NO_SECRET
    webhook_id: str = ""
    mode: Literal["sandbox", "live"] = "sandbox"
    api_base: str = ""


class Payment(Section):
    """Where payments can be made; a provider without keys is not offered."""

    sandbox: Sandbox = Sandbox()
    stripe: Stripe = Stripe()
    paystack: Paystack = Paystack()
    paypal: PayPal = PayPal()


class Payouts(Section):
    """What hosts are paid. `commission_bp` of what they get is the platform's, unless a business has its own;
    `minimum` by currency in minor units, `minimum_otherwise` for the rest."""

    commission_bp: int = Field(default=300, ge=0, le=10_000)
    delay_hours: int = Field(default=24, ge=0, le=24 * 60)  # after check-in
    minimum: dict[str, int] = Field(default={"NGN": 100_000, "JPY": 500})
    minimum_otherwise: int = Field(default=500, ge=1)
    chargebacks: Literal["host", "platform"] = "host"  # who bears those lost once the service was given


class Hosts(Section):
    """What hosts must show. `identity_required`: before their first payout, or never; pictures of documents are
    deleted `identity_files_days` after the decision."""

    identity_required: Literal["payout", "never"] = "payout"
    identity_files_days: int = Field(default=30, ge=0, le=3650)


class Fees(Section):
    """Who the platform is on its invoices to hosts; `tax_bp` of tax is contained in its fees."""

    name: str = "Hospes"
    lines: list[str] = Field(default=[])  # street, town, country, tax number
    footer: str = ""
    tax_name: str = "VAT"
    tax_bp: int = Field(default=0, ge=0, le=10_000)


class Legal(Section):
    """Addresses of the operator's own terms of use and privacy notice; without them short ones of ours are shown."""

    terms_url: str = ""
    privacy_url: str = ""
