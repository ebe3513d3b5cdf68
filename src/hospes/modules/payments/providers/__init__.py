"""The providers this installation can use, by name."""

import hmac
from hashlib import sha256
from typing import Any

from hospes.modules.payments.providers.sandbox import SandboxProvider
from hospes.modules.payments.providers.sandbox_books import SandboxBooks
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings


def make_providers(rt: Runtime) -> dict[str, Any]:
    """Called once by the entry point that puts a process together."""
    return {
        SandboxProvider.name: SandboxProvider(
            SandboxBooks(rt.db, rt.clock.now), webhook_secret=sandbox_secret(rt.settings)
        )
    }


def sandbox_secret(settings: Settings) -> str:
    """`payment.sandbox.webhook_secret`, else one derived from the installation's secret; empty when there is none."""
    section = settings.payment.get("sandbox")
    given = section.get("webhook_secret") if isinstance(section, dict) else None
    if given:
        return str(given)
    secret = settings.auth.secret
    return hmac.new(secret.encode(), b"sandbox webhook", sha256).hexdigest() if secret else ""
