"""Every kind of message, with names and words that try to be more than text."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import orjson
import pytest

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Actor, Booking, BookingStatus, Change
from hospes.modules.catalog.events import INVITATION_SEAL
from hospes.modules.identity.contracts import CODE_SEAL, Purpose
from hospes.modules.identity.store.accounts import update_person
from hospes.modules.notifications import queries
from hospes.modules.notifications.contracts import Kind, Message
from hospes.modules.notifications.policies.moments import said_moment
from hospes.modules.notifications.policies.retrying import WAITS, next_try
from hospes.modules.notifications.subscribers import SUBSCRIBERS, base_of
from hospes.modules.notifications.use_cases import (
    tell_of_account,
    tell_of_booking,
    tell_of_members,
    tell_of_money,
    tell_of_offers,
    tell_of_privacy,
    tell_of_review,
    tell_of_security,
)
from hospes.modules.notifications.use_cases.write_message import Desk
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import Event
from hospes.platform.settings import Settings
from tests.builders.booking import Stay, a_booking, a_stay, take_payment
from tests.builders.members import an_invitation
from tests.conftest import NOW

S = BookingStatus
EVIL = '<script>alert("1")</script><img src=x onerror=alert(1)> & Söhne'
BASE = "https://stay.example"


class Tags(HTMLParser):
    """The elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


async def an_evil_stay(tx: WriteTx) -> Stay:
    """A guest, a place and a business whose names are no text."""
    stay = await a_stay(tx)
    await tx.run("UPDATE catalog.property SET name = %s, street = %s", (EVIL, EVIL))
    await tx.run("UPDATE catalog.resource SET name = %s", (EVIL,))
    await tx.run("UPDATE catalog.business SET name = %s", (EVIL,))
    for person in await tx.all("SELECT id FROM identity.user_account"):
        await update_person(tx, person["id"], NOW, first_name=EVIL, last_name=EVIL)
    return stay


async def told(tx: WriteTx, type: str, aggregate_id: UUID, **data: Any) -> list[Message]:
    """What this event makes, the newest last."""
    before = {each.id for each in await queries.list_messages(tx, limit=100)}
    event = Event(new_id(), type, aggregate_id, data, NOW)
    tell = {
        **dict.fromkeys(tell_of_booking.TYPES, tell_of_booking.tell_of_booking),
        **dict.fromkeys(tell_of_money.TYPES, tell_of_money.tell_of_money),
        **dict.fromkeys(tell_of_offers.OFFERS, tell_of_offers.tell_of_offer),
        **dict.fromkeys(tell_of_offers.GIFTS, tell_of_offers.tell_of_gift),
        **dict.fromkeys(tell_of_offers.PAYOUTS, tell_of_offers.tell_of_payout),
        **dict.fromkeys(tell_of_offers.FEES, tell_of_offers.tell_of_fees),
        **dict.fromkeys(tell_of_account.CODES, tell_of_account.tell_of_code),
        **dict.fromkeys(tell_of_account.NEWS, tell_of_account.tell_of_account),
        **dict.fromkeys(tell_of_security.TYPES, tell_of_security.tell_of_security),
        **dict.fromkeys(tell_of_privacy.TYPES, tell_of_privacy.tell_of_privacy),
        **dict.fromkeys(tell_of_review.BUSINESSES, tell_of_review.tell_of_business),
        **dict.fromkeys(tell_of_review.PLACES, tell_of_review.tell_of_place),
        **dict.fromkeys(tell_of_review.IDENTITY, tell_of_review.tell_of_identity),
        **dict.fromkeys(tell_of_members.INVITED, tell_of_members.tell_of_invitation),
        **dict.fromkeys(tell_of_members.CHANGES, tell_of_members.tell_of_members),
    }[type]
    await tell(tx, event, Desk(BASE, event.id, NOW))
    return [each for each in reversed(await queries.list_messages(tx, limit=100)) if each.id not in before]


async def a_message_of_every_kind(tx: WriteTx) -> list[Message]:
    """By events as the modules tell them."""
    stay = await an_evil_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    key, euros = booking.id, {"amount": 12_050, "currency": "EUR", "payment_id": str(new_id())}
    guest, business = str(stay.guest_id), booking.business_id
    soon = (NOW + timedelta(days=3)).isoformat()
    series = await as_series(tx, booking)
    made = [
        *await told(tx, "booking.created", key, status="pending_approval"),
        *await told(tx, "booking.accepted", key, status="pending_payment"),
        *await told(tx, "booking.confirmed", key, actor="payment"),
        *await told(tx, "booking.declined", key, actor="host", note=EVIL),
        *await told(tx, "booking.expired", key, actor="clock"),
        *await told(tx, "booking.changed", key, actor="guest", old_total=1),
        *await told(tx, "payment.failed", key, purpose="full", **euros),
        *await told(tx, "payment.balance_due", key, due_at=soon, **euros),
        *await told(tx, "payment.balance_failed", key, lapses_at=soon, **euros),
        *await told(tx, "payment.renewal_refused", key, expires_at=soon, **euros),
        *await told(tx, "payment.completed", key, purpose="balance", **euros),
        *await told(tx, "payment.refunded", key, **euros),
        *await told(
            tx,
            "waitlist.offered",
            new_id(),
            guest_id=guest,
            resource_id=str(stay.resource_id),
            starts_at=soon,
            offered_until=soon,
        ),
        *await told(tx, "coupon.issued", new_id(), user_id=guest, code="ABC", words=EVIL, ends_at=soon),
        *await told(tx, "credit.given", new_id(), user_id=guest, amount=500, currency="EUR", expires_at=soon),
        *await told(tx, "payout.paid", new_id(), business_id=str(business), **euros),
        *await told(tx, "payout.failed", new_id(), business_id=str(business), reason=EVIL, **euros),
        *await told(tx, "fees.invoiced", new_id(), business_id=str(business), code=EVIL, total=50, currency="EUR"),
    ]
    made += await messages_of_accounts(tx, stay.guest_id)
    made += await messages_of_reviews(tx, stay, business)
    made += await messages_of_members(tx, stay, business)
    await bookings.cancel_booking(
        tx, booking_id=key, actor=Actor.GUEST, actor_id=booking.guest_id, reason=EVIL, now=NOW
    )
    made += await told(tx, "booking.cancelled", key, actor="guest", note=EVIL)
    await tx.run("UPDATE booking.booking SET series_id = %s WHERE id = %s", (series, key))
    return made + await told(tx, "booking.created", key, status="pending_payment")


async def messages_of_accounts(tx: WriteTx, user_id: UUID) -> list[Message]:
    """Codes by mail and by SMS, and what has changed."""
    said = orjson.dumps({"address": "+34612345678", "code": "123456", "link": "L" * 43}).decode()
    sealed = {"sealed": tx.keyring.seal_text(said, CODE_SEAL)}
    made = []
    for purpose in Purpose:
        if not purpose.startswith("undo"):
            channel = "sms" if purpose.endswith(("phone", "factor")) else "email"
            data = {"purpose": str(purpose), "channel": channel, "good_until": (NOW + timedelta(minutes=5)).isoformat()}
            made += await told(tx, "user.code_sent", user_id, **data, **sealed)
    for type in ("user.email_changed", "user.phone_changed"):
        made += await told(tx, type, user_id, **sealed)
    for type in ("user.email_verified", "user.password_changed", "user.locked_out"):
        made += await told(tx, type, user_id)
    return made + await messages_of_security(tx, user_id) + await messages_of_privacy(tx, user_id)


async def messages_of_privacy(tx: WriteTx, user_id: UUID) -> list[Message]:
    """Copies of one's data, and the deletion of an account."""
    later = (NOW + timedelta(days=30)).isoformat()
    return [
        *await told(tx, "user.export_ready", user_id, export_id=str(new_id()), ends_at=later),
        *await told(tx, "user.deletion_asked", user_id, due_at=later),
        *await told(tx, "user.deletion_undone", user_id),
        *await told(tx, "user.deletion_put_off", user_id, in_the_way=["guests_to_come", EVIL], due_at=later),
    ]


async def messages_of_security(tx: WriteTx, user_id: UUID) -> list[Message]:
    """Second steps, devices, resets."""
    due = (NOW + timedelta(days=1)).isoformat()
    return [
        *await told(tx, "user.second_factor_added", user_id, kind="passkey", name=EVIL),
        *await told(tx, "user.second_factor_removed", user_id, kind="totp", name="", left=0),
        *await told(tx, "user.recovery_codes_made", user_id),
        *await told(tx, "user.recovery_code_used", user_id, left=1),
        *await told(tx, "user.new_device_signed_in", user_id, device=EVIL, place="203.0.113.*"),
        *await told(tx, "user.factor_reset_asked", user_id),
        *await told(tx, "user.factor_reset_approved", user_id, due_at=due),
        *await told(tx, "user.factor_reset_refused", user_id),
        *await told(tx, "user.factors_reset", user_id),
        *await told(tx, "user.api_key_created", user_id, name=EVIL),
        *await told(tx, "user.api_key_rotated", user_id, name=EVIL, old_ends_at=due),
    ]


async def test_who_turns_the_last_second_step_off_is_told_what_that_means(tx: WriteTx) -> None:
    stay = await an_evil_stay(tx)
    (last,) = await told(tx, "user.second_factor_removed", stay.guest_id, kind="totp", name="", left=0)
    assert last.subject == "Your second step is off"
    assert "Your password alone opens your account now." in " ".join(last.plain.split())
    (other,) = await told(tx, "user.second_factor_removed", stay.guest_id, kind="sms", name="", left=1)
    assert other.subject == "A second step was removed"
    assert "Your password alone" not in " ".join(other.plain.split())


async def messages_of_reviews(tx: WriteTx, stay: Stay, business: UUID) -> list[Message]:
    """What a host is told of reviews of their business, their place and themselves."""
    place = stay.sellable.property_id
    made = []
    for name in ("created", "activated", "asked", "suspended", "deactivated", "closed"):
        made += await told(tx, f"business.{name}", business, business_id=str(business))
    for name in ("approved", "rejected", "suspended"):
        made += await told(tx, f"property.{name}", place, property_id=str(place))
    for name in ("sent", "approved", "refused", "ending", "expired"):
        made += await told(tx, f"user.identity_{name}", stay.guest_id, check_id=str(new_id()), expires_on="2027-01-01")
    return made


async def messages_of_members(tx: WriteTx, stay: Stay, business: UUID) -> list[Message]:
    """Who is invited, comes, changes, goes, and whose the business is."""
    invitation, link = await an_invitation(tx, business, by=stay.owner_id, email="new@example.com", now=NOW)
    said = orjson.dumps({"address": "new@example.com", "link": link}).decode()
    known = {"business_id": str(business), "invitation_id": str(invitation.id)}
    member = {**known, "user_id": str(stay.guest_id), "role": "staff"}
    return [
        *await told(
            tx,
            "member.invited",
            business,
            sealed=tx.keyring.seal_text(said, INVITATION_SEAL),
            good_until=invitation.expires_at.isoformat(),
            **known,
        ),
        *await told(tx, "member.joined", business, **member),
        *await told(tx, "member.changed", business, **member),
        *await told(tx, "member.removed", business, **member),
        *await told(tx, "member.left", business, **member),
        *await told(tx, "invitation.closed", business, how="declined", invited_by=str(stay.owner_id), **known),
        *await told(
            tx, "business.handed_over", business, former_id=str(stay.owner_id), owner_id=str(stay.guest_id), **known
        ),
    ]


async def as_series(tx: WriteTx, booking: Booking) -> UUID:
    series_id = new_id()
    await tx.run(
        "INSERT INTO booking.series (id, guest_id, business_id, resource_id, every_weeks, created_at)"
        " VALUES (%s, %s, %s, %s, 1, %s)",
        (series_id, booking.guest_id, booking.business_id, booking.resource_id, NOW),
    )
    return series_id


async def test_every_kind_is_made_and_nothing_in_it_is_more_than_text(tx: WriteTx) -> None:
    made = await a_message_of_every_kind(tx)
    assert {each.kind for each in made} == set(Kind)
    assert all(each.subject == each.html == "" and "<" not in each.plain for each in made if each.channel == "sms")
    for each in (each for each in made if each.channel == "email"):
        tags = Tags()
        tags.feed(each.html)
        assert tags.seen <= {"html", "head", "meta", "title", "body", "table", "tr", "td", "h1", "a"}, each.kind
        assert tags.handlers == []
        assert "\n" not in each.subject
        assert "&lt;" not in each.plain, "plain text is not escaped"
        links = re.findall(r'href="([^"]*)"', each.html)
        assert links
        assert all(link.startswith(f"{BASE}/") for link in links), each.kind
        assert "None" not in each.plain, each.kind
        assert "{" not in each.plain


async def test_control_unescaped_the_same_words_would_be_elements(tx: WriteTx) -> None:
    tags = Tags()
    tags.feed(f"<p>{EVIL}</p>")
    assert tags.seen == {"p", "script", "img"}


async def test_a_cancellation_says_what_comes_back_and_a_free_one_says_that_nothing_was_paid(tx: WriteTx) -> None:
    stay = await a_stay(tx)
    paid = await a_booking(tx, stay, status=S.CONFIRMED)
    late = paid.check_in_at - timedelta(hours=30)
    await bookings.cancel_booking(tx, booking_id=paid.id, actor=Actor.GUEST, actor_id=paid.guest_id, now=late)
    guest, host = await told(tx, "booking.cancelled", paid.id, actor="guest", note="")
    assert "€150 of €300 goes back the way you paid." in guest.plain.replace("\n", " ")
    assert "STATUS:CANCELLED" in guest.calendar
    assert "€150 goes back to the guest." in host.plain.replace("\n", " ")
    unpaid = await a_booking(tx, await a_stay(tx))
    await bookings.cancel_booking(tx, booking_id=unpaid.id, actor=Actor.GUEST, actor_id=unpaid.guest_id, now=NOW)
    guest, *_ = await told(tx, "booking.cancelled", unpaid.id, actor="guest", note="")
    assert "Nothing had been paid, so nothing is charged." in guest.plain.replace("\n", " ")


async def test_deadlines_are_told_in_the_readers_own_time_and_stays_in_that_of_the_place(tx: WriteTx) -> None:
    stay = await a_stay(tx, instant=False)
    await tx.run("UPDATE identity.user_account SET zone = 'America/New_York' WHERE id = %s", (stay.guest_id,))
    booking = await a_booking(tx, stay, status=S.PENDING_APPROVAL)
    assert booking.decide_by is not None
    guest, *_ = await told(tx, "booking.created", booking.id, status="pending_approval")
    said = guest.plain.replace("\n", " ")
    assert said_moment(booking.decide_by, "America/New_York") in said
    assert "(New York time)" in said
    assert "Check-in from: Wed 1 Jul 2026, 15:00 (Paris time)" in said


async def test_a_checkout_that_waits_for_payment_makes_no_message(tx: WriteTx) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    assert await told(tx, "booking.created", booking.id, status="pending_payment") == []


async def test_a_failed_payment_of_a_booking_that_is_over_makes_no_message(tx: WriteTx) -> None:
    booking = await a_booking(tx, await a_stay(tx))
    await tx.run("UPDATE booking.booking SET status = 'expired', decide_by = NULL WHERE id = %s", (booking.id,))
    euros = {"amount": 1, "currency": "EUR"}
    assert await told(tx, "payment.failed", booking.id, purpose="full", **euros) == []


async def test_a_paid_change_is_told_with_its_receipt_and_the_further_invoice(tx: WriteTx) -> None:
    booking = await a_booking(tx, await a_stay(tx), status=S.CONFIRMED)
    first, *_ = await told(tx, "booking.confirmed", booking.id, actor="payment")
    assert len(first.documents) == 2
    changed = await bookings.change_booking(
        tx,
        booking_id=booking.id,
        change=Change(departure=date(2026, 7, 6)),
        actor=Actor.GUEST,
        actor_id=booking.guest_id,
        provider="sandbox",
        now=NOW,
    )
    assert changed.request is not None
    await take_payment(tx, changed.request.id)
    await bookings.apply_paid_change(tx, change_id=changed.request.id, now=NOW + timedelta(minutes=1))
    event = Event(
        new_id(), "booking.changed", booking.id, {"actor": "guest", "old_total": 30_000}, NOW + timedelta(minutes=1)
    )
    await tell_of_booking.tell_of_booking(tx, event, Desk(BASE, event.id, NOW + timedelta(minutes=2)))
    host, guest, *_ = await queries.list_messages(tx, limit=2)
    assert (guest.kind, host.kind) == (Kind.BOOKING_CHANGED, Kind.HOST_CHANGED)
    assert "It costs €200 more." in guest.plain.replace("\n", " ")
    assert "Your receipt and your invoice are attached." in guest.plain.replace("\n", " ")
    assert len(guest.documents) == 2


async def test_hosts_who_book_their_own_place_hear_of_it_once(tx: WriteTx) -> None:
    stay = await a_stay(tx)
    own = replace(stay, guest_id=stay.owner_id)
    booking = await a_booking(tx, own, status=S.CONFIRMED)
    assert [each.kind for each in await told(tx, "booking.confirmed", booking.id, actor="payment")] == [
        Kind.BOOKING_CONFIRMED
    ]


async def test_who_has_left_gets_nothing(tx: WriteTx) -> None:
    stay = await a_stay(tx)
    booking = await a_booking(tx, stay, status=S.CONFIRMED)
    await tx.run("UPDATE identity.user_account SET status = 'deleted' WHERE id = %s", (stay.guest_id,))
    assert await told(tx, "booking.confirmed", booking.id, actor="payment") == []


def test_a_message_is_tried_for_two_days_and_then_no_more() -> None:
    assert [next_try(tries, NOW) for tries in (1, len(WAITS))] == [NOW + WAITS[0], NOW + WAITS[-1]]
    assert next_try(len(WAITS) + 1, NOW) is None
    assert next_try(0, NOW) is None


def test_an_unknown_zone_is_utc() -> None:
    assert said_moment(NOW, "Nowhere/Land") == "Mon 1 Jun 2026, 10:00 (UTC)"


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ({"public_url": "https://stay.example/"}, "https://stay.example"),
        ({"host": "0.0.0.0", "port": 8000}, "http://localhost:8000"),
        ({"host": "10.0.0.7", "port": 80}, "http://10.0.0.7:80"),
    ],
)
def test_links_lead_to_the_public_address(given: dict[str, Any], base: str) -> None:
    assert base_of(Settings(**given)) == base


def test_no_event_is_handled_by_two_of_them() -> None:
    types = [type for each in SUBSCRIBERS for type in each.types]
    assert len(types) == len(set(types))
