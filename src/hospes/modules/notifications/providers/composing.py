"""A message as it travels: headers that cannot be injected into, plain text and HTML, and what is attached."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from hospes.modules.notifications.providers.port import Mail, MailRefused
from hospes.platform.clock import Clock

LONGEST = 200


def compose(mail: Mail, clock: Clock) -> EmailMessage:
    """The message, by RFC 5322; raises `MailRefused` for an address that is none."""
    sender_name, sender = parseaddr(mail.sender)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(mail.subject)
    message["From"] = _address(sender_name, sender)
    message["To"] = _address(mail.name, mail.address)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2] or 'hospes'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.plain)
    message.add_alternative(mail.html, subtype="html")
    for each in mail.attachments:
        main, _, sub = each.type.partition("/")
        if main == "text":
            params = {"method": "PUBLISH"} if sub == "calendar" else {}
            message.add_attachment(
                each.data.decode(), subtype=sub, filename=each.name, cte="base64", params={"charset": "utf-8", **params}
            )
        else:
            message.add_attachment(each.data, maintype=main, subtype=sub, filename=each.name)
    return message


def one_line(text: str) -> str:
    """The text without line breaks and control characters, at most 200 characters: fit for a header."""
    said = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def _address(name: str, address: str) -> Address:
    try:
        return Address(one_line(name), addr_spec=address)
    except (ValueError, IndexError) as fault:
        raise MailRefused(f"{one_line(address)} is not an address.") from fault
