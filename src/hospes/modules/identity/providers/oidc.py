"""Signing in with any OpenID provider: the authorization code flow with PKCE, state and nonce (OpenID Connect Core)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError

from hospes.modules.identity.providers.port import Errand, ProviderSilent, Vouched, VouchingRefused
from hospes.modules.identity.providers.published import TIMEOUT, Published

# Never `none`, never a shared secret: a public key must not be taken for one (RFC 8725 §3.1).
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
_CLOCKS_DIFFER = 60
_OLDEST = 3600
_JUST_NOW = 300


class OpenIdProvider:
    """A provider that publishes its addresses and signs what it says."""

    posts_back = False
    scope = "openid email profile"

    def __init__(self, name: str, label: str, *, issuer: str, client_id: str, secret: str) -> None:
        self.name = name
        self.label = label
        self._client_id = client_id
        self._secret = secret
        self._http = httpx.AsyncClient(follow_redirects=False)
        self._published = Published(self._http, issuer)
        self._issuers: Collection[str] = {issuer, issuer.rstrip("/")}

    async def address(self, errand: Errand) -> str:
        """Where the browser is sent; raises `ProviderSilent`."""
        said = await self._published.addresses(now=datetime.now().astimezone())
        async with self._client(errand.back, "") as client:
            url, _ = client.create_authorization_url(
                said["authorization_endpoint"],
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
                **self._asked(),
                **({"max_age": "0"} if errand.again else {}),
            )
        return str(url)

    async def redeem(self, errand: Errand, code: str, *, said: str, now: datetime) -> Vouched:
        """Who came back with this code; raises `VouchingRefused` and `ProviderSilent`."""
        token = await self._exchange(errand, code, now=now)
        claims = await self._checked(str(token.get("id_token", "")), errand.nonce, now=now)
        if errand.again and now.timestamp() - float(claims.get("auth_time", now.timestamp())) > _JUST_NOW:
            raise VouchingRefused("the person was not asked again")
        return self._vouched(claims)

    async def read(self, id_token: str, nonce: str, *, now: datetime) -> Vouched:
        """Who an ID token is about, once signature, issuer, audience, age and nonce are right."""
        return self._vouched(await self._checked(id_token, nonce, now=now))

    def _vouched(self, claims: dict[str, Any]) -> Vouched:
        return Vouched(
            provider=self.name,
            subject=str(claims["sub"]),
            email=str(claims.get("email") or ""),
            email_verified=claims.get("email_verified") in (True, "true"),
            first_name=str(claims.get("given_name") or ""),
            last_name=str(claims.get("family_name") or ""),
        )

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _asked(self) -> dict[str, str]:
        """What is asked of the provider beyond the standard's parameters."""
        return {}

    def _secret_of(self, now: datetime) -> str:
        return self._secret

    def _client(self, back: str, secret: str) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=secret,
            scope=self.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 (the name of a method)
            timeout=TIMEOUT,
        )

    async def _exchange(self, errand: Errand, code: str, *, now: datetime) -> dict[str, Any]:
        from authlib.integrations.base_client import OAuthError

        said = await self._published.addresses(now=now)
        try:
            async with self._client(errand.back, self._secret_of(now)) as client:
                return dict(await client.fetch_token(said["token_endpoint"], code=code, code_verifier=errand.verifier))
        except OAuthError as fault:
            raise VouchingRefused(f"the code was refused: {fault.error}") from fault
        except (httpx.HTTPError, ValueError) as fault:
            raise ProviderSilent(f"the code could not be redeemed: {type(fault).__name__}") from fault

    async def _checked(self, id_token: str, nonce: str, *, now: datetime) -> dict[str, Any]:
        try:
            kid = str(jws.extract_compact(id_token.encode()).headers().get("kid") or "")
            keys = await self._published.keys(now=now, kid=kid)
            claims: dict[str, Any] = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError, KeyError, TypeError) as fault:
            raise VouchingRefused(f"the ID token is not the provider's: {type(fault).__name__}") from fault
        self._check_claims(claims, nonce, now.timestamp())
        return claims

    def _check_claims(self, claims: dict[str, Any], nonce: str, at: float) -> None:
        """OpenID Connect Core §3.1.3.7."""
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") not in self._issuers:
            raise VouchingRefused("the ID token is of another issuer")
        if self._client_id not in audiences or claims.get("azp", self._client_id) != self._client_id:
            raise VouchingRefused("the ID token is for another audience")
        if len(audiences) > 1 and "azp" not in claims:
            raise VouchingRefused("the ID token does not say which audience asked")
        if not nonce or claims.get("nonce") != nonce:
            raise VouchingRefused("the ID token answers another question")
        try:
            ends, issued = float(claims["exp"]), float(claims["iat"])
        except (KeyError, TypeError, ValueError) as fault:
            raise VouchingRefused("the ID token does not say when it ends") from fault
        if not issued - _CLOCKS_DIFFER <= at < ends + _CLOCKS_DIFFER or at - issued > _OLDEST:
            raise VouchingRefused("the ID token has run out")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise VouchingRefused("the ID token names nobody")
