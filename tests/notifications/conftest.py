"""A mail server on this machine that keeps what it is given, and can be told to refuse."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from hospes.platform.runtime import Runtime
from hospes.platform.settings import Mail


@dataclass
class Inbox:
    """What arrived; `refusals` are answered first, one a message."""

    arrived: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        assert isinstance(envelope.content, bytes)
        self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 taken"


@dataclass
class Post:
    """The server, and where it is."""

    inbox: Inbox
    url: str


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    inbox = Inbox()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(inbox, hostname="localhost"), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    yield Post(inbox, f"smtp://{host}:{port}")
    server.close()
    await server.wait_closed()


@pytest.fixture
def rt(runtime: Runtime, post: Post) -> Runtime:
    """A runtime that mails to that server."""
    return with_mail(runtime, post.url)


def with_mail(runtime: Runtime, url: str) -> Runtime:
    mail = Mail(url=url, sender="Hospes <no-reply@hospes.example>")
    return replace(runtime, settings=runtime.settings.model_copy(update={"mail": mail}))
