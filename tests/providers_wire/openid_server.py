"""A small OpenID provider that can be told to lie, and one that behaves like Apple's; written from their documents."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CLIENT_ID = "hospes-of-tests"
SECRET = "a secret between two"


@dataclass
class OpenIdServer:
    """What it signs is right unless `claims` or `header` say otherwise; `apple` has the public key of a client."""

    issuer: str = ""
    apple: ECKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked_for_keys: int = 0
    broken: bool = False
    name: str = ""  # another issuer in the metadata

    def app(self) -> Starlette:
        """What is served."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._metadata),
                Route("/keys", self._keys),
                Route("/token", self._token, methods=["POST"]),
            ]
        )

    def approve(self, address: str, **claims: Any) -> dict[str, str]:
        """The person says yes at the address the browser was sent to: the parameters it comes back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        self.claims.update(claims)
        return {"code": code, "state": asked["state"]}

    def id_token(self, asked: str, **claims: Any) -> str:
        """What an app would be given."""
        at = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "someone-1", "iat": at, "exp": at + 600, "nonce": asked}
        said |= {"email": "ada@example.com", "email_verified": True, "given_name": "Ada", "family_name": "Lovelace"}
        said |= self.claims | claims
        said = {name: value for name, value in said.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        if self.algorithm != "RS256":
            return self._forged(said)
        return jwt.encode(header, said, self.key)

    def _forged(self, said: dict[str, Any]) -> str:
        """Signed by nobody, or with the public key taken for a shared secret."""
        head = orjson.dumps({"alg": self.algorithm, "kid": self.key.kid, "typ": "JWT"})
        signed = f"{_b64(head)}.{_b64(orjson.dumps(said))}"
        if self.algorithm == "none":
            return f"{signed}."
        public = self.key.as_pem(private=False)
        return f"{signed}.{_b64(hmac.digest(public, signed.encode(), 'sha256'))}"

    async def _metadata(self, _: Request) -> JSONResponse:
        if self.broken:
            return JSONResponse({"error": "later"}, 503)
        where = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "keys")}
        return JSONResponse(
            {
                "issuer": self.name or self.issuer,
                "authorization_endpoint": where["authorize"],
                "token_endpoint": where["token"],
                "jwks_uri": where["keys"],
            }
        )

    async def _keys(self, _: Request) -> JSONResponse:
        self.asked_for_keys += 1
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def _token(self, request: Request) -> JSONResponse:
        said = dict(await request.form())
        asked = self.codes.pop(str(said.get("code")), None)
        challenge = _b64(hashlib.sha256(str(said.get("code_verifier")).encode()).digest())
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != said.get("redirect_uri")
            or not self._is_client(str(said.get("client_secret")))
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = self.id_token(asked["nonce"])
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _is_client(self, secret: str) -> bool:
        if self.apple is None:
            return secret == SECRET
        claims = jwt.decode(secret, self.apple, algorithms=["ES256"]).claims
        return bool(
            claims["iss"] == "TEAM"
            and claims["sub"] == CLIENT_ID
            and claims["aud"] == self.issuer
            and claims["exp"] - claims["iat"] <= 15_777_000
        )


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
