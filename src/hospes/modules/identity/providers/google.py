"""Signing in with Google, an OpenID provider with two ways of writing its name."""

from hospes.modules.identity.providers.oidc import OpenIdProvider
from hospes.platform.settings import GoogleSignIn


class Google(OpenIdProvider):
    """https://developers.google.com/identity/openid-connect/openid-connect"""

    def __init__(self, said: GoogleSignIn) -> None:
        super().__init__(
            "google",
            "Google",
            issuer=said.issuer,
            client_id=said.client_id,
            secret=said.client_secret.get_secret_value(),
        )
        # As documented, `iss` may come without its scheme.
        self._issuers = {said.issuer, said.issuer.removeprefix("https://")}

    def _asked(self) -> dict[str, str]:
        return {"prompt": "select_account"}
