"""Why booking refuses. Restrictions each have their own code and name the field at fault."""

from hospes.platform.errors import Conflict, Invalid, NotFound, TooMany


class BookingNotFound(NotFound):
    code = "booking_not_found"
    title = "There is no such booking"


class HoldNotFound(NotFound):
    code = "hold_not_found"
    title = "There is no such hold"


class ArrivalInPast(Invalid):
    code = "arrival_in_past"
    title = "The arrival is in the past"


class DatesReversed(Invalid):
    code = "dates_reversed"
    title = "The departure must be after the arrival"


class StayTooShort(Invalid):
    code = "stay_too_short"
    title = "The stay is too short"


class StayTooLong(Invalid):
    code = "stay_too_long"
    title = "The stay is too long"


class BeyondHorizon(Invalid):
    code = "beyond_horizon"
    title = "This is too far ahead"


class TooLittleNotice(Invalid):
    code = "too_little_notice"
    title = "This is too soon"


class NoAdult(Invalid):
    code = "no_adult"
    title = "At least one adult has to come"


class TooManyGuests(Invalid):
    code = "too_many_guests"
    title = "There is not room for so many"


class PetsNotAllowed(Invalid):
    code = "pets_not_allowed"
    title = "Pets cannot stay here"


class NotBookableByNight(Invalid):
    code = "not_bookable_by_night"
    title = "This is not booked by the night"


class TooManyHolds(Conflict):
    code = "too_many_holds"
    title = "You are keeping too many places at once"


class PriceChanged(Conflict):
    code = "price_changed"
    title = "The price has changed"


class NotAllowed(Conflict):
    code = "not_allowed_now"
    title = "This cannot be done any more"


class RefundChanged(Conflict):
    code = "refund_changed"
    title = "The refund is another one now"


class NotSoldTogether(Invalid):
    code = "not_sold_together"
    title = "These cannot be booked together"


class ChangeRefused(Invalid):
    code = "change_refused"
    title = "The booking cannot be changed like this"


class ChangeNotFound(NotFound):
    code = "change_not_found"
    title = "There is no such change"


class DifferenceChanged(Conflict):
    code = "difference_changed"
    title = "The price of the change is another one now"


class HoldRenewed(Conflict):
    code = "hold_renewed"
    title = "A hold can be renewed once"


class SeriesNotFound(NotFound):
    code = "series_not_found"
    title = "There is no such series"


class SeriesInvalid(Invalid):
    code = "series_invalid"
    title = "These repetitions cannot be right"


class SeriesNotAvailable(Conflict):
    code = "series_not_available"
    title = "Some of these times cannot be had"


class WaitlistEntryNotFound(NotFound):
    code = "waitlist_entry_not_found"
    title = "You are not waiting for this"


class AlreadyWaiting(Conflict):
    code = "already_waiting"
    title = "You are waiting for this already"


class NothingToWaitFor(Conflict):
    code = "nothing_to_wait_for"
    title = "This can be booked now"


class AttentionNotFound(NotFound):
    code = "attention_not_found"
    title = "There is no such matter"


class TooManyHoldsFromHere(TooMany):
    code = "too_many_holds_from_here"
    title = "Too many places are being kept from this address"
