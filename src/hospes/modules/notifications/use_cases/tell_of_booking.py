"""What guest and host are told when a booking moves."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from hospes.modules.booking import facade as bookings
from hospes.modules.booking.contracts import Action, Actor, Booking, BookingStatus
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import PropertyNotFound
from hospes.modules.invoices import facade as invoices
from hospes.modules.invoices.contracts import Document
from hospes.modules.notifications.contracts import Kind, Letter, Recipient
from hospes.modules.notifications.policies import guest_letters, host_letters
from hospes.modules.notifications.policies.attaching import attached_words, fresh_documents
from hospes.modules.notifications.policies.moments import country_name
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, recipients, write_message
from hospes.modules.payments import facade as payments
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.outbox import Event

S = BookingStatus
MOST_HOSTS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """One event about one booking: who is told, and by whom it was done."""

    booking: Booking
    guest: Recipient
    hosts: tuple[Recipient, ...]
    actor: str
    event: Event

    @property
    def by_guest(self) -> bool:
        """Whether the guest did it."""
        return self.actor == str(Actor.GUEST)


async def tell_of_booking(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Write every message this event makes; those it has made before are left."""
    booking = await bookings.find_booking(tx, event.aggregate_id)
    guest = await recipient(tx, booking.guest_id) if booking else None
    if booking is None or guest is None:
        return
    members = (await catalog.members_of(tx, booking.business_id))[:MOST_HOSTS]
    hosts = tuple(await recipients(tx, [each for each in members if each != guest.id]))
    await _TOLD[event.type](tx, desk, Case(booking, guest, hosts, str(event.data.get("actor", "")), event))


async def _created(tx: WriteTx, desk: Desk, case: Case) -> None:
    asked = case.event.data.get("status") == str(S.PENDING_APPROVAL)
    series = await _series_of(tx, case.booking)
    if series:
        desk = replace(desk, event_id=series[0].series_id or desk.event_id)
        await write_message(tx, desk, case.guest, Kind.SERIES_BOOKED, guest_letters.series_booked(series, case.guest))
    elif asked:
        letter = guest_letters.requested(case.booking, case.guest)
        await write_message(tx, desk, case.guest, Kind.BOOKING_REQUESTED, letter)
    if asked:
        others = max(len(series) - 1, 0)
        await _tell_hosts(
            tx,
            desk,
            case,
            Kind.HOST_REQUEST,
            lambda to: host_letters.request(case.booking, to, guest=case.guest.name, others=others),
        )


async def _accepted(tx: WriteTx, desk: Desk, case: Case) -> None:
    if case.event.data.get("status") == str(S.PENDING_PAYMENT):
        letter = guest_letters.accepted(case.booking, case.guest)
        await write_message(tx, desk, case.guest, Kind.BOOKING_ACCEPTED, letter)


async def _declined(tx: WriteTx, desk: Desk, case: Case) -> None:
    letter = guest_letters.declined(case.booking, case.guest, note=str(case.event.data.get("note", "")))
    await write_message(tx, desk, case.guest, Kind.BOOKING_DECLINED, letter)


async def _expired(tx: WriteTx, desk: Desk, case: Case) -> None:
    history = await bookings.history_of(tx, case.booking.id)
    last = next((step for step in reversed(history) if step.action is Action.EXPIRE), None)
    asked = last is not None and last.from_status is S.PENDING_APPROVAL
    letter = guest_letters.expired(case.booking, case.guest, asked=asked)
    await write_message(tx, desk, case.guest, Kind.BOOKING_EXPIRED, letter)


async def _confirmed(tx: WriteTx, desk: Desk, case: Case) -> None:
    documents = fresh_documents(await invoices.issue_due(tx, case.booking.id, now=desk.now))
    unpaid = await payments.unpaid_of(tx, await bookings.paid_under(tx, case.booking.id))
    letter = guest_letters.confirmed(
        case.booking,
        case.guest,
        address=await _address(tx, case.booking),
        attached=attached_words(documents),
        unpaid=unpaid,
    )
    await _with_papers(tx, desk, case, Kind.BOOKING_CONFIRMED, letter, documents)
    await _tell_hosts(
        tx,
        desk,
        case,
        Kind.HOST_BOOKING,
        lambda to: host_letters.new_booking(case.booking, to, guest=case.guest.name),
    )


async def _changed(tx: WriteTx, desk: Desk, case: Case) -> None:
    documents = fresh_documents(
        await invoices.issue_due(tx, case.booking.id, now=desk.now), since=case.event.occurred_at
    )
    letter = guest_letters.changed(
        case.booking,
        case.guest,
        old_total=int(case.event.data.get("old_total", case.booking.total.amount)),
        by_guest=case.by_guest,
        attached=attached_words(documents),
    )
    await _with_papers(tx, desk, case, Kind.BOOKING_CHANGED, letter, documents)
    if case.by_guest:
        await _tell_hosts(
            tx,
            desk,
            case,
            Kind.HOST_CHANGED,
            lambda to: host_letters.changed(case.booking, to, guest=case.guest.name),
        )


async def _cancelled(tx: WriteTx, desk: Desk, case: Case) -> None:
    documents = fresh_documents(
        await invoices.issue_due(tx, case.booking.id, now=desk.now), since=case.event.occurred_at
    )
    paid, refund, credit = await _money_back(tx, case.booking)
    note = str(case.event.data.get("note", ""))
    letter = guest_letters.cancelled(
        case.booking,
        case.guest,
        by_guest=case.by_guest,
        refund=refund,
        paid=paid,
        credit=credit,
        note=note,
        attached=attached_words(documents),
    )
    await _with_papers(tx, desk, case, Kind.BOOKING_CANCELLED, letter, documents)
    if case.actor != str(Actor.HOST):
        await _tell_hosts(
            tx,
            desk,
            case,
            Kind.HOST_CANCELLED,
            lambda to: host_letters.cancelled(case.booking, to, guest=case.guest.name, refund=refund, note=note),
        )


async def _money_back(tx: ReadTx, booking: Booking) -> tuple[int, int, int]:
    """What had been taken when the booking was cancelled, what of it comes back, and what comes back as credit."""
    history = await bookings.history_of(tx, booking.id)
    step = next((each for each in reversed(history) if each.action is Action.CANCEL), None)
    if step is None or step.from_status is not S.CONFIRMED:
        return 0, 0, 0
    parts = await payments.list_parts(tx, await bookings.paid_under(tx, booking.id))
    paid = min(sum(each.captured for each in parts if each.of_the_price), booking.total.amount)
    confirmed = replace(booking, status=S.CONFIRMED)
    unpaid = booking.total.amount - paid
    refund = bookings.preview_cancellation(confirmed, actor=Actor(step.actor), unpaid=unpaid, now=step.at)
    return paid, refund.amount, refund.credit


async def _with_papers(
    tx: WriteTx, desk: Desk, case: Case, kind: Kind, letter: Letter, documents: Sequence[Document]
) -> None:
    calendar = await bookings.export_trip(tx, case.booking, address=f"{desk.base}/trips/{case.booking.id}")
    ids = [each.id for each in documents]
    await write_message(tx, desk, case.guest, kind, letter, calendar=calendar, documents=ids)


async def _tell_hosts(tx: WriteTx, desk: Desk, case: Case, kind: Kind, letter: Callable[[Recipient], Letter]) -> None:
    for to in case.hosts:
        await write_message(tx, desk, to, kind, letter(to))


async def _series_of(tx: ReadTx, booking: Booking) -> list[Booking]:
    return await bookings.bookings_of_series(tx, booking.series_id) if booking.series_id else []


async def _address(tx: ReadTx, booking: Booking) -> str:
    try:
        place = await catalog.get_property(tx, booking.property_id)
    except PropertyNotFound:
        return ""
    town = f"{place.postcode} {place.city}".strip()
    return ", ".join(part for part in (place.street, town, country_name(place.country)) if part)


_Tell = Callable[[WriteTx, Desk, Case], Awaitable[None]]
_TOLD: dict[str, _Tell] = {
    "booking.created": _created,
    "booking.accepted": _accepted,
    "booking.declined": _declined,
    "booking.expired": _expired,
    "booking.confirmed": _confirmed,
    "booking.changed": _changed,
    "booking.cancelled": _cancelled,
}
TYPES = tuple(_TOLD)
