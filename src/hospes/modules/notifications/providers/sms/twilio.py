"""Delivers by Twilio's Messages resource (www.twilio.com/docs/messaging/api/message-resource)."""

from typing import Any

import httpx
import orjson

from hospes.modules.notifications.providers.port import MailDown, MailRefused
from hospes.modules.notifications.providers.sms.port import Sms
from hospes.platform.settings import Twilio

BASE = "https://api.twilio.com"
SECONDS = 20.0
# Numbers that can never be reached from here: none, no mobile, in a country that is switched off, unsubscribed.
_NEVER = frozenset({21211, 21212, 21214, 21408, 21610, 21612, 21614, 60200})


class TwilioTexter:
    """One request a text. Twilio has no key against repeats: a text whose answer was lost is sent once more."""

    name = "twilio"

    def __init__(self, account: Twilio) -> None:
        self._account = account
        self._user = account.api_key or account.account_sid
        by = "MessagingServiceSid" if account.sender.startswith("MG") else "From"
        self._sender = {by: account.sender}
        self._path = f"/2010-04-01/Accounts/{account.account_sid}/Messages.json"

    async def send(self, sms: Sms) -> None:
        """Hand it over. A number that cannot be reached is refused for good; anything else may pass."""
        form = {"To": sms.number, "Body": sms.text, **self._sender}
        try:
            async with httpx.AsyncClient(base_url=self._account.api_base or BASE, timeout=SECONDS) as http:
                login = (self._user, self._account.auth_token.get_secret_value())
                answer = await http.post(self._path, data=form, auth=login)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise MailDown(f"Twilio could not be reached ({type(fault).__name__}).") from fault
        if answer.status_code == httpx.codes.CREATED:
            if _said(answer).get("status") == "failed":
                raise MailRefused("Twilio took the text but could not send it.")
            return
        code = _said(answer).get("code")
        said = f"Twilio answered {answer.status_code}{f' (error {code})' if isinstance(code, int) else ''}."
        raise MailRefused(said) if code in _NEVER else MailDown(said)


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = orjson.loads(answer.content)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
