"""Hosts hear of every step: their business, their places, their identity."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from hospes.modules.catalog import events as catalog_events
from hospes.modules.identity import events
from hospes.modules.notifications import queries
from hospes.modules.notifications.contracts import Message
from hospes.modules.notifications.subscribers import SUBSCRIBERS
from hospes.modules.notifications.use_cases import tell_of_review
from hospes.modules.notifications.use_cases.write_message import Desk
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from tests.builders.catalog import a_business, a_property
from tests.builders.documents import an_identity_check
from tests.builders.identity import a_host
from tests.conftest import NOW

EVIL = '<script>alert("1")</script> & Söhne'
TELL = {
    **dict.fromkeys(tell_of_review.BUSINESSES, tell_of_review.tell_of_business),
    **dict.fromkeys(tell_of_review.PLACES, tell_of_review.tell_of_place),
    **dict.fromkeys(tell_of_review.IDENTITY, tell_of_review.tell_of_identity),
}


async def told(tx: WriteTx, type: str, about: UUID, **data: str) -> Message:
    """The one message that this event makes."""
    before = {each.id for each in await queries.list_messages(tx, limit=100)}
    event = Event(new_id(), type, about, data, NOW)
    await TELL[type](tx, event, Desk("https://stay.example", event.id, NOW))
    (message,) = [each for each in await queries.list_messages(tx, limit=100) if each.id not in before]
    assert "<script>" not in message.html
    return replace(message, plain=" ".join(message.plain.split()))


@pytest.mark.parametrize(
    ("type", "says", "link"),
    [
        (catalog_events.BUSINESS_CREATED, "We look at every business once", "/host/start"),
        (catalog_events.BUSINESS_ACTIVATED, "is active", "/host"),
        (catalog_events.BUSINESS_ASKED, "we need something from you", "/host/business"),
        (catalog_events.BUSINESS_SUSPENDED, "cannot sell", "/host/business"),
        (catalog_events.BUSINESS_DEACTIVATED, "are off sale", "/host/business"),
        (catalog_events.BUSINESS_CLOSED, "is closed", "/account"),
    ],
)
async def test_the_owner_hears_of_every_step_of_their_business(tx: WriteTx, type: str, says: str, link: str) -> None:
    host = await a_host(tx)
    business = await a_business(tx, owner_id=host.id, name=EVIL, status="PENDING", review_note="Which register?")
    message = await told(tx, type, business.id, business_id=str(business.id))
    assert message.address == host.email
    assert says in message.plain
    assert f"https://stay.example{link}" in message.plain
    noted = (catalog_events.BUSINESS_ACTIVATED, catalog_events.BUSINESS_ASKED, catalog_events.BUSINESS_SUSPENDED)
    assert ("Which register?" in message.plain) is (type in noted)


@pytest.mark.parametrize(
    ("type", "business", "says"),
    [
        (catalog_events.PROPERTY_APPROVED, "ACTIVE", "It is on sale now."),
        (catalog_events.PROPERTY_APPROVED, "PENDING", "once your business is verified"),
        (catalog_events.PROPERTY_REJECTED, "ACTIVE", "Photos are blurred."),
        (catalog_events.PROPERTY_SUSPENDED, "ACTIVE", "Photos are blurred."),
    ],
)
async def test_the_owner_hears_what_came_of_a_place(tx: WriteTx, type: str, business: str, says: str) -> None:
    owned = await a_business(tx, status=business)
    place = await a_property(tx, business_id=owned.id, name=EVIL, review_note="Photos are blurred.")
    message = await told(tx, type, place.id, property_id=str(place.id), business_id=str(owned.id))
    assert says in message.plain


async def test_the_person_hears_of_every_step_of_their_document(tx: WriteTx) -> None:
    host = await a_host(tx)
    check = await an_identity_check(tx, host.id, status="refused", reason=EVIL)
    data = {"user_id": str(host.id), "check_id": str(check), "expires_on": date(2027, 2, 3).isoformat()}
    for type, says in (
        (events.IDENTITY_SENT, "somebody else is in your account"),
        (events.IDENTITY_APPROVED, "3 February 2027"),
        (events.IDENTITY_REFUSED, EVIL),
        (events.IDENTITY_ENDING, "ends on 3 February 2027"),
        (events.IDENTITY_EXPIRED, "no longer see"),
    ):
        message = await told(tx, type, host.id, **data)
        assert message.address == host.email
        assert says in message.plain, type


def test_every_one_of_these_events_has_a_subscriber() -> None:
    heard = {type for each in SUBSCRIBERS for type in each.types}
    assert set(TELL) <= heard
