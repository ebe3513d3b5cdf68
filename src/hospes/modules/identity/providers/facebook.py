"""Signing in with Facebook: OAuth 2 with PKCE, and the person read from the Graph API, for this app and nobody else's.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
"""

from datetime import datetime
from typing import Any

import httpx

from hospes.modules.identity.providers.port import Errand, ProviderSilent, Vouched, VouchingRefused
from hospes.modules.identity.providers.published import TIMEOUT, fetch_json
from hospes.platform.settings import FacebookSignIn


class Facebook:
    """Facebook does not say whether it has verified an address: it is taken as one that was not."""

    name = "facebook"
    label = "Facebook"
    posts_back = False

    def __init__(self, said: FacebookSignIn) -> None:
        self._id = said.app_id
        self._secret = said.app_secret.get_secret_value()
        self._dialog = said.dialog_url
        self._graph = said.graph_url.rstrip("/")
        self._http = httpx.AsyncClient(follow_redirects=False)

    async def address(self, errand: Errand) -> str:
        """Where the browser is sent."""
        async with self._client(errand.back) as client:
            url, _ = client.create_authorization_url(
                self._dialog,
                state=errand.state,
                code_verifier=errand.verifier,
                nonce=errand.nonce,
                **({"auth_type": "reauthenticate"} if errand.again else {}),
            )
        return str(url)

    async def redeem(self, errand: Errand, code: str, *, said: str, now: datetime) -> Vouched:
        """Who came back with this code; raises `VouchingRefused` and `ProviderSilent`."""
        from authlib.integrations.base_client import OAuthError

        try:
            async with self._client(errand.back) as client:
                token = await client.fetch_token(
                    f"{self._graph}/oauth/access_token", code=code, code_verifier=errand.verifier
                )
        except OAuthError as fault:
            raise VouchingRefused(f"the code was refused: {fault.error}") from fault
        except (httpx.HTTPError, ValueError) as fault:
            raise ProviderSilent(f"the code could not be redeemed: {type(fault).__name__}") from fault
        return await self._person(str(token.get("access_token", "")))

    async def read(self, id_token: str, nonce: str, *, now: datetime) -> Vouched:
        """Not offered for apps: an access token of another app would have to be told apart."""
        raise VouchingRefused("Facebook gives apps no ID token that is checked here")

    async def aclose(self) -> None:
        """Close connections."""
        await self._http.aclose()

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        return AsyncOAuth2Client(
            client_id=self._id,
            client_secret=self._secret,
            scope="email public_profile",
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 (the name of a method)
            timeout=TIMEOUT,
        )

    async def _person(self, access_token: str) -> Vouched:
        """The token must be one of this app (`debug_token`), else an app of somebody else could sign in as anybody."""
        by_app = {"Authorization": f"Bearer {self._id}|{self._secret}"}
        checked = (
            await fetch_json(
                self._http, f"{self._graph}/debug_token", params={"input_token": access_token}, headers=by_app
            )
        ).get("data")
        if not isinstance(checked, dict) or not checked.get("is_valid") or str(checked.get("app_id")) != self._id:
            raise VouchingRefused("the access token is not of this app")
        said = await fetch_json(
            self._http,
            f"{self._graph}/me",
            params={"fields": "id,first_name,last_name,email"},
            headers={"Authorization": f"Bearer {access_token}"},
        )
        if not said.get("id") or str(said["id"]) != str(checked.get("user_id")):
            raise VouchingRefused("the access token is of somebody else")
        return Vouched(
            provider=self.name,
            subject=str(said["id"]),
            email=str(said.get("email") or ""),
            email_verified=False,
            first_name=str(said.get("first_name") or ""),
            last_name=str(said.get("last_name") or ""),
        )
