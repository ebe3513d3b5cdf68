"""What people are told about their account: codes and links on their way, what has changed, and welcome."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import orjson

from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import events
from hospes.modules.identity import facade as users
from hospes.modules.identity.contracts import CODE_SEAL, Channel, Purpose
from hospes.modules.notifications.contracts import Kind, Letter, Recipient
from hospes.modules.notifications.policies import account_letters
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, write_message
from hospes.platform.db import WriteTx
from hospes.platform.outbox import Event

CODES = (events.CODE_SENT,)
NEWS = (
    events.EMAIL_VERIFIED,
    events.PASSWORD_CHANGED,
    events.EMAIL_CHANGED,
    events.PHONE_CHANGED,
    events.LOCKED_OUT,
)
_PLACES = 3

_CODE_LETTERS: dict[Purpose, Callable[[Recipient], Letter]] = {
    Purpose.VERIFY_EMAIL: account_letters.verify_email,
    Purpose.CHANGE_EMAIL: account_letters.change_email,
    Purpose.RESET_PASSWORD: account_letters.reset_password,
    Purpose.SECOND_FACTOR: account_letters.second_factor,
    Purpose.ADD_FACTOR: account_letters.second_factor,
}


async def tell_of_code(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Send a code, unless it has run out already."""
    good_until = datetime.fromisoformat(event.data["good_until"])
    to = await recipient(tx, event.aggregate_id)
    if to is None or good_until <= desk.now:
        return
    purpose, channel = Purpose(event.data["purpose"]), Channel(event.data["channel"])
    said = orjson.loads(tx.keyring.unseal_text(event.data["sealed"], CODE_SEAL))
    to = replace(to, address=said["address"])
    write = account_letters.code_by_sms if channel is Channel.SMS else _CODE_LETTERS[purpose]
    await write_message(
        tx,
        desk,
        to,
        Kind(str(purpose)),
        write(to),
        by_sms=channel is Channel.SMS,
        secrets={"code": said["code"], "link": said["link"]},
        worthless_at=good_until,
    )


async def tell_of_account(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Welcome, or a notice that something has changed."""
    to = await recipient(tx, event.aggregate_id)
    if to is None:
        return
    if event.type == events.EMAIL_VERIFIED:
        await _welcome(tx, desk, to)
    elif event.type == events.LOCKED_OUT:
        await write_message(tx, desk, to, Kind.LOCKED_OUT, account_letters.locked_out(to, at=event.occurred_at))
    elif event.type == events.PASSWORD_CHANGED:
        if event.data.get("how") == "undone":  # whoever took a change back is setting a new one this minute
            return
        letter = account_letters.password_changed(to, at=event.occurred_at)
        await write_message(tx, desk, to, Kind.PASSWORD_CHANGED, letter)
    elif event.data.get("sealed"):
        await _tell_of_change(tx, event, desk, to)


async def _welcome(tx: WriteTx, desk: Desk, to: Recipient) -> None:
    country = (await users.get_user(tx, to.id)).country
    places = await catalog.popular_cities(tx, country=country, limit=_PLACES)
    await write_message(tx, desk, to, Kind.WELCOME, account_letters.welcome(to, places=places))


async def _tell_of_change(tx: WriteTx, event: Event, desk: Desk, to: Recipient) -> None:
    said = orjson.loads(tx.keyring.unseal_text(event.data["sealed"], CODE_SEAL))
    secrets, at = {"link": said["link"]}, event.occurred_at
    if event.type == events.EMAIL_CHANGED:
        old = replace(to, address=said["address"])
        await write_message(
            tx, desk, old, Kind.EMAIL_CHANGED, account_letters.email_changed(old, at=at), secrets=secrets
        )
        return
    await write_message(tx, desk, to, Kind.PHONE_CHANGED, account_letters.phone_changed(to, at=at), secrets=secrets)
    if said["address"]:
        old = replace(to, address=said["address"])
        await write_message(tx, desk, old, Kind.PHONE_REPLACED, account_letters.phone_replaced(old), by_sms=True)
