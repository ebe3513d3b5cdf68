"""Delivers by SMTP: smtps://… at once encrypted, smtp://… with STARTTLS where the server offers it."""

from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from hospes.modules.notifications.providers.composing import compose
from hospes.modules.notifications.providers.port import Mail, MailDown, MailRefused
from hospes.platform.clock import Clock

SECONDS = 20.0
PERMANENT = 500


class SmtpMailer:
    """One connection a message. `url` as in the setting mail.url; its password is never logged."""

    name = "smtp"

    def __init__(self, url: str, clock: Clock) -> None:
        parts = urlsplit(url)
        self._clock = clock
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._tls else 587)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, mail: Mail) -> None:
        """Deliver it. A server that says 5xx to this message refuses it for good; anything else may pass."""
        message = compose(mail, self._clock)
        server = aiosmtplib.SMTP(hostname=self._host, port=self._port, use_tls=self._tls, timeout=SECONDS)
        try:
            async with server:
                if self._user:
                    await server.login(self._user, self._password or "")
                await server.send_message(message, sender=parseaddr(mail.sender)[1], recipients=[mail.address])
        except aiosmtplib.SMTPRecipientsRefused as fault:
            raise _told(fault.recipients[0].code) from fault
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPSenderRefused) as fault:
            raise _told(fault.code) from fault
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise MailDown(f"The mail server could not be used ({type(fault).__name__}).") from fault


def _told(code: int) -> MailDown | MailRefused:
    """By the server's code; its words are not kept, they may hold anything."""
    said = f"The mail server answered {code}."
    return MailRefused(said) if code >= PERMANENT else MailDown(said)
