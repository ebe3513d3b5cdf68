"""A small server in the shape of Facebook's Graph API: the token exchange, `debug_token` and `me`."""

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

APP_ID = "1234567890"
SECRET = "a secret of an app"


@dataclass
class FacebookServer:
    """`app_of_token` is whose token it gives out."""

    app_of_token: str = APP_ID
    person: dict[str, Any] = field(
        default_factory=lambda: {"id": "77", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}
    )
    checked_as: str = "77"

    def app(self) -> Starlette:
        """What is served."""
        return Starlette(
            routes=[
                Route("/oauth/access_token", self._token, methods=["POST"]),
                Route("/debug_token", self._debug),
                Route("/me", self._me),
            ]
        )

    async def _token(self, request: Request) -> JSONResponse:
        said = dict(await request.form())
        if (said.get("code"), said.get("client_id"), said.get("client_secret")) != ("a-code", APP_ID, SECRET):
            return JSONResponse({"error": {"message": "bad", "code": 100}, "error_description": "bad"}, 400)
        return JSONResponse({"access_token": "token-1", "token_type": "bearer", "expires_in": 5_000_000})

    async def _debug(self, request: Request) -> JSONResponse:
        if request.headers["authorization"] != f"Bearer {APP_ID}|{SECRET}":
            return JSONResponse({"error": {"code": 190}}, 400)
        known = request.query_params["input_token"] == "token-1"
        return JSONResponse({"data": {"is_valid": known, "app_id": self.app_of_token, "user_id": self.checked_as}})

    async def _me(self, request: Request) -> JSONResponse:
        if request.headers["authorization"] != "Bearer token-1":
            return JSONResponse({"error": {"code": 190}}, 401)
        return JSONResponse(self.person)
