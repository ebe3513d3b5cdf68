"""Twilio's Messages resource as far as we use it, from www.twilio.com/docs/messaging/api/message-resource. Twilio's own
Python library is a client of it in the tests, so that it answers as the vendor's does."""

import base64
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.providers_wire.wire import Faults

ACCOUNT = "AC" + "0" * 32
KEY, TOKEN = "SK" + "1" * 32, "made-up-for-tests"
SENDER = "+15005550006"
# Twilio's magic numbers, and one that has asked for no more messages.
INVALID, NOT_ROUTED, NO_MOBILE, UNSUBSCRIBED = "+15005550001", "+15005550002", "+15005550009", "+15005550010"
ERRORS = {
    INVALID: (21211, "Invalid 'To' Phone Number"),
    NOT_ROUTED: (21612, "Message cannot be sent with the current combination of 'To' and/or 'From' parameters"),
    NO_MOBILE: (21614, "'To' number is not a valid mobile number"),
    UNSUBSCRIBED: (21610, "Attempt to send to unsubscribed recipient"),
}


class TwilioServer:
    """One account and what it was given to send."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.sent: list[dict[str, str]] = []
        self.app = Starlette(
            routes=[Route("/2010-04-01/Accounts/{account}/Messages.json", self._serve, methods=["POST"])]
        )

    async def _serve(self, request: Request) -> Response:
        return await self.faults.around(request, lambda: self._create(request))

    async def _create(self, request: Request) -> Response:
        if not self._signed_in(request):
            return _error(401, 20003, "Authenticate")
        form = {key: str(value) for key, value in (await request.form()).items()}
        if "To" not in form:
            return _error(400, 21604, "A 'To' phone number is required.")
        if "From" not in form and "MessagingServiceSid" not in form:
            return _error(400, 21603, "A 'From' phone number is required.")
        if not form.get("Body"):
            return _error(400, 21602, "Message body is required.")
        if form["To"] in ERRORS:
            return _error(400, *ERRORS[form["To"]])
        self.sent.append(form)
        return JSONResponse(self._message(form), 201)

    def _signed_in(self, request: Request) -> bool:
        said = request.headers.get("authorization", "")
        known = {base64.b64encode(f"{user}:{TOKEN}".encode()).decode() for user in (ACCOUNT, KEY)}
        return request.path_params["account"] == ACCOUNT and said.removeprefix("Basic ") in known

    def _message(self, form: dict[str, str]) -> dict[str, Any]:
        service = form.get("MessagingServiceSid")
        return {
            "sid": f"SM{len(self.sent):032x}",
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": form["Body"],
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": service,
            "status": "accepted" if service else "queued",
            "direction": "outbound-api",
            "num_segments": "0" if service else "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "error_code": None,
            "error_message": None,
            "date_created": "Mon, 01 Jun 2026 10:00:00 +0000",
            "date_updated": "Mon, 01 Jun 2026 10:00:00 +0000",
            "date_sent": None,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM.json",
            "subresource_uris": {},
        }


def _error(status: int, code: int, message: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)
