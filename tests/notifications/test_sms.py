"""Texts: by Twilio over a real port, or into a folder; codes that are opened only when they leave."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from hospes.modules.identity.contracts import Channel, Purpose
from hospes.modules.identity.use_cases.send_code import send_code
from hospes.modules.notifications import jobs, queries
from hospes.modules.notifications.contracts import CODE, Kind, Message, MessageStatus
from hospes.modules.notifications.providers.port import MailDown, MailRefused
from hospes.modules.notifications.providers.sms import Sms, Texter, make_texter
from hospes.modules.notifications.providers.sms.folder import FolderTexter
from hospes.modules.notifications.providers.sms.twilio import TwilioTexter
from hospes.platform.ids import new_id
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Sms as SmsSettings
from hospes.platform.settings import Twilio
from tests.builders.codes import react, sent_to
from tests.builders.identity import a_user
from tests.conftest import FixedClock
from tests.providers_wire import twilio_server as vendor
from tests.providers_wire.twilio_server import TwilioServer
from tests.providers_wire.wire import on_a_port

NUMBER = "+34612345678"


@pytest.fixture
async def server() -> AsyncIterator[tuple[TwilioServer, Twilio]]:
    twilio = TwilioServer()
    async with on_a_port(twilio.app) as base:
        yield (
            twilio,
            Twilio(account_sid=vendor.ACCOUNT, auth_token=SecretStr(vendor.TOKEN), sender=vendor.SENDER, api_base=base),
        )


class ToOurServer(TwilioHttpClient):
    """Twilio's library, talking to the server of the tests."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, url.replace("https://api.twilio.com", self.base), *args, **kwargs)


def text(number: str = NUMBER, said: str = "123456 is your code") -> Sms:
    return Sms(new_id(), number, said)


async def test_the_server_answers_twilios_own_library_as_twilio_does(server: tuple[TwilioServer, Twilio]) -> None:
    twilio, account = server

    def by_the_vendors_library() -> tuple[Any, list[int]]:
        client = Client(vendor.ACCOUNT, vendor.TOKEN, http_client=ToOurServer(account.api_base))
        made = client.messages.create(to=NUMBER, from_=vendor.SENDER, body="hello")
        codes = []
        for number in vendor.ERRORS:
            with pytest.raises(TwilioRestException) as refused:
                client.messages.create(to=number, from_=vendor.SENDER, body="hello")
            codes.append(refused.value.code)
        wrong = Client(vendor.ACCOUNT, "wrong", http_client=ToOurServer(account.api_base))
        with pytest.raises(TwilioRestException) as stranger:
            wrong.messages.create(to=NUMBER, from_=vendor.SENDER, body="hello")
        return made, [*codes, stranger.value.code]

    made, codes = await asyncio.to_thread(by_the_vendors_library)
    assert (made.status, made.to, made.from_, made.body) == ("queued", NUMBER, vendor.SENDER, "hello")
    assert codes == [21211, 21612, 21614, 21610, 20003]
    await TwilioTexter(account).send(text(said="hello"))
    assert twilio.sent[0] == twilio.sent[1] == {"To": NUMBER, "From": vendor.SENDER, "Body": "hello"}


async def test_a_messaging_service_and_an_api_key_are_used_where_they_are_set(
    server: tuple[TwilioServer, Twilio],
) -> None:
    twilio, account = server
    service = "MG" + "2" * 32
    await TwilioTexter(account.model_copy(update={"sender": service, "api_key": vendor.KEY})).send(text())
    assert twilio.sent[0]["MessagingServiceSid"] == service
    assert "From" not in twilio.sent[0]


@pytest.mark.parametrize("number", list(vendor.ERRORS))
async def test_a_number_that_cannot_be_reached_is_refused_for_good(
    server: tuple[TwilioServer, Twilio], number: str
) -> None:
    with pytest.raises(MailRefused) as refused:
        await TwilioTexter(server[1]).send(text(number))
    assert number not in str(refused.value)


async def test_whatever_may_pass_is_tried_again_and_no_fault_holds_a_secret(
    server: tuple[TwilioServer, Twilio],
) -> None:
    twilio, account = server
    wrong = account.model_copy(update={"auth_token": SecretStr("another")})
    nowhere = account.model_copy(update={"api_base": "http://127.0.0.1:9"})
    for texter in (TwilioTexter(wrong), TwilioTexter(nowhere)):
        with pytest.raises(MailDown) as fault:
            await texter.send(text())
        assert "another" not in str(fault.value)
        assert vendor.TOKEN not in str(fault.value)
    for mode in ("500", "429", "cut"):
        twilio.faults.next("cut_after" if mode == "cut" else mode)  # type: ignore[arg-type]
        with pytest.raises(MailDown):
            await TwilioTexter(account).send(text())


async def test_the_folder_takes_texts_as_files_of_its_owner_only(tmp_path: Path) -> None:
    sms = text()
    await FolderTexter(tmp_path / "sms").send(sms)
    file = tmp_path / "sms" / f"{sms.id}.txt"
    assert file.read_text() == f"{NUMBER}\n\n123456 is your code\n"
    assert file.stat().st_mode & 0o077 == 0
    (tmp_path / "taken").write_text("in the way")
    with pytest.raises(MailDown):
        await FolderTexter(tmp_path / "taken").send(sms)


def with_twilio(rt: Runtime, account: Twilio) -> Runtime:
    return replace(rt, settings=rt.settings.model_copy(update={"sms": SmsSettings(twilio=account)}))


async def ask(rt: Runtime, purpose: Purpose, channel: Channel, address: str) -> UUID:
    """Somebody wants a code; the worker has written its message."""
    async with rt.db.write() as tx:
        user = await a_user(tx)
        await send_code(tx, user_id=user.id, purpose=purpose, channel=channel, address=address, now=rt.clock.now())
    await react(rt, only="notifications")
    return user.id


async def only_message(rt: Runtime) -> Message:
    async with rt.db.read() as tx:
        (message,) = await queries.list_messages(tx, limit=10)
    return message


async def test_a_text_carries_its_code_and_what_is_kept_of_it_does_not(
    runtime: Runtime, server: tuple[TwilioServer, Twilio]
) -> None:
    rt = with_twilio(runtime, server[1])
    user_id = await ask(rt, Purpose.VERIFY_PHONE, Channel.SMS, NUMBER)
    code = (await sent_to(rt, user_id))["code"]
    message = await only_message(rt)
    assert (message.kind, message.channel, message.address) == (Kind.VERIFY_PHONE, "sms", NUMBER)
    assert CODE in message.plain
    async with rt.db.read() as tx:
        rows = await tx.all("SELECT m::text AS said FROM notifications.message AS m")
        rows += await tx.all("SELECT j.args::text AS said FROM procrastinate_jobs AS j")
    assert all(code not in row["said"] for row in rows)
    await jobs.send_due(rt)
    assert server[0].sent == [
        {
            "To": NUMBER,
            "From": vendor.SENDER,
            "Body": f"{code} is your Hospes code, good for 10 minutes. Never pass it on.",
        }
    ]
    assert len(server[0].sent[0]["Body"]) <= 160
    assert (await only_message(rt)).status is MessageStatus.SENT


async def test_a_mail_carries_its_code_and_its_link(runtime: Runtime) -> None:
    user_id = await ask(runtime, Purpose.VERIFY_EMAIL, Channel.EMAIL, "ada@example.com")
    told = await sent_to(runtime, user_id)
    message = await only_message(runtime)
    assert message.address == "ada@example.com"
    for secret in (told["code"], told["link"]):
        assert secret not in message.plain + message.html + message.subject + message.secrets
    await jobs.send_due(runtime)
    (file,) = (runtime.settings.data_dir / "mail").iterdir()
    from email import message_from_bytes, policy

    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))  # type: ignore[attr-defined]
        said = body.get_content()
        assert told["code"] in said
        assert f"/verify?link={told['link']}" in said
        assert "⟦" not in said


async def test_a_code_that_has_run_out_is_not_sent_any_more(
    runtime: Runtime, clock: FixedClock, server: tuple[TwilioServer, Twilio]
) -> None:
    rt = with_twilio(runtime, server[1])
    await ask(rt, Purpose.VERIFY_PHONE, Channel.SMS, NUMBER)
    clock.at += timedelta(minutes=10)
    await jobs.send_due(rt)
    message = await only_message(rt)
    assert (message.status, message.fault) == (MessageStatus.FAILED, "It could not be sent while its code was good.")
    assert server[0].sent == []


def test_without_an_account_texts_go_into_the_folder(runtime: Runtime) -> None:
    texters: list[Texter] = [make_texter(runtime), make_texter(with_twilio(runtime, Twilio(account_sid="AC1")))]
    assert [each.name for each in texters] == ["folder", "twilio"]
