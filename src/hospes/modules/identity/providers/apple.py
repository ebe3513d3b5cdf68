"""Signing in with Apple: a client secret signed for each call, an answer by form, a name told once, relayed addresses.

https://developer.apple.com/documentation/signinwithapple
"""

from dataclasses import replace
from datetime import datetime

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey

from hospes.modules.identity.providers.oidc import OpenIdProvider
from hospes.modules.identity.providers.port import Errand, Vouched
from hospes.platform.settings import AppleSignIn

_SECRET_LASTS = 300


class Apple(OpenIdProvider):
    """`email` may be an address that Apple relays; it is verified like any other, and mail reaches the person."""

    posts_back = True
    scope = "openid email name"

    def __init__(self, said: AppleSignIn) -> None:
        super().__init__("apple", "Apple", issuer=said.issuer, client_id=said.client_id, secret="")
        self._issuer = said.issuer
        self._team, self._key_id = said.team_id, said.key_id
        self._key = ECKey.import_key(said.private_key.get_secret_value())

    async def redeem(self, errand: Errand, code: str, *, said: str, now: datetime) -> Vouched:
        """Who came back; their name is in the form, and only the first time."""
        vouched = await super().redeem(errand, code, said=said, now=now)
        first_name, last_name = _name_in(said)
        return replace(vouched, first_name=first_name, last_name=last_name)

    def _asked(self) -> dict[str, str]:
        return {"response_mode": "form_post"}

    def _secret_of(self, now: datetime) -> str:
        """A JWT signed with the team's key, good for five minutes."""
        issued = int(now.timestamp())
        claims = {
            "iss": self._team,
            "iat": issued,
            "exp": issued + _SECRET_LASTS,
            "aud": self._issuer,
            "sub": self._client_id,
        }
        return jwt.encode({"alg": "ES256", "kid": self._key_id}, claims, self._key)


def _name_in(said: str) -> tuple[str, str]:
    """`{"name": {"firstName": …, "lastName": …}, …}`, as Apple's form has it; anything else names nobody."""
    try:
        name = orjson.loads(said)["name"]
        return str(name.get("firstName") or "")[:100], str(name.get("lastName") or "")[:100]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return "", ""
