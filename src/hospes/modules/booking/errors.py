"""Why booking refuses. Restrictions each have their own code and name the field at fault."""

from hospes.platform.errors import Conflict, Invalid, NotFound


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
