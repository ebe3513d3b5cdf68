"""Which providers are offered follows from the keys in the settings; secrets are never shown."""

import subprocess
import sys
from pathlib import Path

import pytest

from hospes.entrypoints.doctor import _payments
from hospes.modules.payments.providers import configured, make_providers, missing_keys
from hospes.modules.payments.providers.browser import policy_of
from hospes.platform.content_policy import content_policy
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings, SettingsError, load_settings

KEYS = {
    "HOSPES_PAYMENT__STRIPE__API_KEY": "sk_test_x",
    "HOSPES_PAYMENT__PAYSTACK__SECRET_KEY": "sk_test_y",
    "HOSPES_PAYMENT__PAYPAL__CLIENT_ID": "id",
    "HOSPES_PAYMENT__PAYPAL__CLIENT_SECRET": "secret_z",
}


def test_without_keys_only_the_sandbox_is_offered() -> None:
    assert configured(load_settings(environ={})) == ("sandbox",)


def test_each_vendor_is_offered_with_its_keys(runtime: Runtime) -> None:
    settings = load_settings(environ=KEYS)
    assert configured(settings) == ("sandbox", "stripe", "paystack", "paypal")
    object.__setattr__(runtime, "settings", settings)
    assert tuple(make_providers(runtime)) == ("sandbox", "stripe", "paystack", "paypal")


def test_half_a_key_offers_nothing() -> None:
    assert configured(load_settings(environ={"HOSPES_PAYMENT__PAYPAL__CLIENT_ID": "id"})) == ("sandbox",)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOSPES_ENVIRONMENT": "production"}, ("sandbox",)),
        ({"HOSPES_ENVIRONMENT": "production", "HOSPES_PAYMENT_PROVIDER": "stripe"}, ()),
        ({"HOSPES_PAYMENT__SANDBOX__ENABLED": "false"}, ()),
        (
            {
                "HOSPES_ENVIRONMENT": "production",
                "HOSPES_PAYMENT_PROVIDER": "stripe",
                "HOSPES_PAYMENT__SANDBOX__ENABLED": "1",
            },
            ("sandbox",),
        ),
    ],
)
def test_the_sandbox_is_not_offered_beside_real_money_unless_it_is_asked_for(
    environ: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert configured(load_settings(environ=environ)) == expected


def test_the_file_may_have_the_shape_of_the_requirements(tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    file.write_text(
        "payment:\n  stripe:\n    api_key: sk_test_x\n    webhook_secret: whsec_x\n    connect_client_id: ca_x\n"
    )
    settings = load_settings(file, environ={})
    assert settings.payment.stripe.api_key.get_secret_value() == "sk_test_x"
    file.write_text("payment:\n  stripe:\n    apikey: sk_test_x\n")
    with pytest.raises(SettingsError, match=r"payment\.stripe\.apikey"):
        load_settings(file, environ={})


def test_no_secret_is_shown_when_the_settings_are_printed() -> None:
    said = f"{load_settings(environ=KEYS)!r} {load_settings(environ=KEYS)}"
    assert not any(secret in said for secret in ("sk_test_x", "sk_test_y", "secret_z"))


async def test_the_doctor_says_what_is_set_up_and_what_is_missing() -> None:
    settings = load_settings(environ=KEYS)
    assert missing_keys(settings) == [
        "payment.stripe.publishable_key",
        "payment.stripe.webhook_secret",
        "payment.paypal.webhook_id",
    ]
    found = await _payments(settings)
    assert (found.state, found.said) == ("note", "sandbox, stripe, paystack, paypal")
    wrong = await _payments(load_settings(environ={"HOSPES_PAYMENT_PROVIDER": "paypal"}))
    assert (wrong.state, wrong.mend) == ("wrong", "Set payment.paypal (docs/payments/providers.md).")
    assert (await _payments(Settings())).state == "ok"


def test_pages_of_paying_may_load_stripes_script_only_when_stripe_is_set_up() -> None:
    assert policy_of(load_settings(environ={})) == content_policy()
    widened = policy_of(load_settings(environ=KEYS))
    assert "script-src 'self' https://js.stripe.com https://*.js.stripe.com;" in widened
    assert "connect-src 'self' https://api.stripe.com;" in widened
    assert "form-action 'self' https://hooks.stripe.com https://checkout.paystack.com" in widened
    only_paystack = policy_of(load_settings(environ={"HOSPES_PAYMENT__PAYSTACK__SECRET_KEY": "y"}))
    assert "stripe" not in only_paystack
    assert "unsafe-inline" not in widened


def test_a_vendors_client_is_loaded_only_where_it_is_set_up() -> None:
    script = "import sys, hospes.entrypoints.app, hospes.modules.payments.providers; print('stripe' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
