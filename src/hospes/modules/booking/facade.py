"""What other modules, the pages, the replay and the seed may ask of booking."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hospes.modules.booking import queries
from hospes.modules.booking.contracts import Actor, Booking, HistoryEntry, Refund
from hospes.modules.booking.errors import BookingNotFound
from hospes.modules.booking.use_cases.accept_offer import accept_offer, leave_waitlist
from hospes.modules.booking.use_cases.apply_paid_change import apply_paid_change
from hospes.modules.booking.use_cases.block_dates import block_dates, unblock_dates
from hospes.modules.booking.use_cases.book_series import book_series, quote_series
from hospes.modules.booking.use_cases.call_off_departure import call_off_departure, preview_calling_off
from hospes.modules.booking.use_cases.cancel_booking import cancel_booking, preview_cancellation
from hospes.modules.booking.use_cases.cancel_series import cancel_series, series_to_cancel
from hospes.modules.booking.use_cases.change_booking import change_booking
from hospes.modules.booking.use_cases.check_in import check_in
from hospes.modules.booking.use_cases.check_out import check_out
from hospes.modules.booking.use_cases.confirm_paid import confirm_paid
from hospes.modules.booking.use_cases.create_booking import book_hold, book_stay, book_wish
from hospes.modules.booking.use_cases.decide_booking import accept_booking, decline_booking
from hospes.modules.booking.use_cases.discount_hold import discount_hold
from hospes.modules.booking.use_cases.end_change import withdraw_change
from hospes.modules.booking.use_cases.expire_due import expire_due
from hospes.modules.booking.use_cases.export_trip import export_trip
from hospes.modules.booking.use_cases.join_waitlist import join_waitlist
from hospes.modules.booking.use_cases.leave_early import leave_early, preview_departure
from hospes.modules.booking.use_cases.mark_no_show import mark_no_show
from hospes.modules.booking.use_cases.note_attention import note_attention
from hospes.modules.booking.use_cases.offer_places import offer_places
from hospes.modules.booking.use_cases.place_hold import hold_wish, place_hold
from hospes.modules.booking.use_cases.preview_acceptance import preview_acceptance
from hospes.modules.booking.use_cases.quote_change import quote_change
from hospes.modules.booking.use_cases.quote_stay import quote_stay
from hospes.modules.booking.use_cases.quote_wish import price_wish, quote_wish
from hospes.modules.booking.use_cases.refund_booking import unpaid_of
from hospes.modules.booking.use_cases.release_hold import release_hold
from hospes.modules.booking.use_cases.renew_hold import renew_hold
from hospes.modules.booking.use_cases.resolve_attention import resolve_attention
from hospes.modules.booking.use_cases.start_and_complete_due import start_and_complete_due
from hospes.modules.booking.use_cases.warn_of_expiry import warn_of_expiry
from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound
from hospes.modules.identity import facade as users
from hospes.platform.caller import Caller
from hospes.platform.db import ReadTx

__all__ = [
    "accept_booking",
    "accept_offer",
    "apply_paid_change",
    "block_dates",
    "book_hold",
    "book_series",
    "book_stay",
    "book_wish",
    "booking_paid_under",
    "bookings_by_id",
    "bookings_of_series",
    "call_off_departure",
    "cancel_booking",
    "cancel_series",
    "change_booking",
    "check_in",
    "check_out",
    "confirm_paid",
    "decline_booking",
    "discount_hold",
    "expire_due",
    "export_trip",
    "find_booking",
    "get_booking",
    "get_booking_for",
    "guest_names",
    "history_of",
    "hold_wish",
    "join_waitlist",
    "leave_early",
    "leave_waitlist",
    "list_all",
    "mark_no_show",
    "note_attention",
    "offer_places",
    "paid_under",
    "place_hold",
    "preview_acceptance",
    "preview_calling_off",
    "preview_cancellation",
    "preview_departure",
    "preview_refund",
    "price_wish",
    "quote_change",
    "quote_series",
    "quote_stay",
    "quote_wish",
    "release_hold",
    "renew_hold",
    "resolve_attention",
    "series_to_cancel",
    "start_and_complete_due",
    "unblock_dates",
    "warn_of_expiry",
    "withdraw_change",
]


async def find_booking(tx: ReadTx, booking_id: UUID) -> Booking | None:
    """The booking, or None. Whose it is, is the caller's to check."""
    return await queries.find_booking(tx, booking_id)


async def bookings_by_id(tx: ReadTx, ids: Sequence[UUID]) -> list[Booking]:
    """Those of these bookings that exist."""
    return await queries.list_bookings(tx, ids)


async def list_all(tx: ReadTx, *, after: UUID | None, limit: int) -> list[Booking]:
    """Every booking in the order of ids, from behind `after` on; for those who go through all of them."""
    return await queries.list_all(tx, after=after, limit=limit)


async def preview_refund(tx: ReadTx, booking: Booking, *, actor: Actor, now: datetime) -> Refund:
    """What cancelling now would give back, what is still to be paid considered; see `preview_cancellation`."""
    return preview_cancellation(booking, actor=actor, unpaid=await unpaid_of(tx, booking), now=now)


async def guest_names(tx: ReadTx, booking_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Name and reference of the guest of each of these bookings, for those who run the house."""
    bookings = await queries.list_bookings(tx, booking_ids)
    guests = await users.users_by_id(tx, list({each.guest_id for each in bookings}))
    return {
        each.id: f"{guest.first_name} {guest.last_name}, {each.reference}"
        if (guest := guests.get(each.guest_id))
        else each.reference
        for each in bookings
    }


async def get_booking(tx: ReadTx, booking_id: UUID) -> Booking:
    """The booking; raises `BookingNotFound`. Whose it is, is the caller's to check."""
    booking = await queries.find_booking(tx, booking_id)
    if booking is None:
        raise BookingNotFound("There is no such booking.")
    return booking


async def get_booking_for(tx: ReadTx, caller: Caller, booking_id: UUID) -> tuple[Booking, Actor]:
    """The booking and as whom the caller sees it; raises `BookingNotFound` for one that is not theirs."""
    booking = await get_booking(tx, booking_id)
    if booking.guest_id == caller.user_id:
        return booking, Actor.GUEST
    if users.may_do(caller, users.Deed.LOOK_AFTER_BOOKINGS):
        return booking, Actor.ADMIN
    try:
        await catalog.ensure_manages(tx, caller, booking.business_id, catalog.Permission.BOOKINGS)
    except BusinessNotFound:
        raise BookingNotFound("There is no such booking.") from None
    return booking, Actor.HOST


async def history_of(tx: ReadTx, booking_id: UUID) -> list[HistoryEntry]:
    """Every step of the booking, the oldest first."""
    return await queries.list_history(tx, booking_id)


async def paid_under(tx: ReadTx, booking_id: UUID) -> list[UUID]:
    """Under which ids what the booking costs is paid: its own, and those of the changes that were made."""
    return [booking_id, *await queries.list_paid_changes(tx, booking_id)]


async def bookings_of_series(tx: ReadTx, series_id: UUID) -> list[Booking]:
    """The bookings of a series, in order of time."""
    return await queries.list_series(tx, series_id)


async def booking_paid_under(tx: ReadTx, paid_for: UUID) -> Booking | None:
    """The booking that is paid under this id: its own, or that of one of its changes."""
    change = await queries.find_change(tx, paid_for)
    return await queries.find_booking(tx, change.booking_id if change else paid_for)
