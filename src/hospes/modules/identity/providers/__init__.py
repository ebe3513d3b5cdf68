"""Who else vouches for people: the providers that are set up under `auth.oauth`."""

from collections.abc import Mapping

from hospes.modules.identity.providers.apple import Apple
from hospes.modules.identity.providers.facebook import Facebook
from hospes.modules.identity.providers.google import Google
from hospes.modules.identity.providers.oidc import OpenIdProvider
from hospes.modules.identity.providers.port import SignInProvider
from hospes.platform.settings import Settings, SettingsError


def open_providers(settings: Settings) -> Mapping[str, SignInProvider]:
    """By name, in the order they are shown; raises `SettingsError` for a key that is none."""
    said = settings.auth.oauth
    found: list[SignInProvider] = []
    if said.google.client_id:
        found.append(Google(said.google))
    if said.apple.client_id:
        try:
            found.append(Apple(said.apple))
        except ValueError as fault:
            raise SettingsError("auth.oauth.apple.private_key: not a private key in PEM form") from fault
    if said.facebook.app_id:
        found.append(Facebook(said.facebook))
    if said.oidc.client_id:
        found.append(
            OpenIdProvider(
                "oidc",
                said.oidc.name,
                issuer=said.oidc.issuer,
                client_id=said.oidc.client_id,
                secret=said.oidc.client_secret.get_secret_value(),
            )
        )
    return {provider.name: provider for provider in found}
