"""Why inventory refuses."""

from hospes.platform.errors import Conflict, Gone, Invalid, NotFound


class NotAvailable(Conflict):
    code = "not_available"
    title = "These dates have just been taken"


class HoldExpired(Gone):
    code = "hold_expired"
    title = "The time to book has run out"


class BlockNotFound(NotFound):
    code = "block_not_found"
    title = "There is no such block"


class ScheduleNotFound(NotFound):
    code = "schedule_not_found"
    title = "There are no opening hours yet"


class ScheduleInvalid(Invalid):
    code = "schedule_invalid"
    title = "These opening hours cannot be right"


class ExceptionNotFound(NotFound):
    code = "exception_not_found"
    title = "There are no special hours on this day"


class WrongMode(Invalid):
    code = "wrong_mode"
    title = "This is sold in another way"


class OutsideHours(Invalid):
    code = "outside_hours"
    title = "This is outside the opening hours"


class NotOnTheGrid(Invalid):
    code = "not_on_the_grid"
    title = "There is no slot at this time"


class WrongLength(Invalid):
    code = "wrong_length"
    title = "It cannot be booked for this long"


class TooLittleNotice(Invalid):
    code = "too_little_notice"
    title = "This is too soon"


class BeyondHorizon(Invalid):
    code = "beyond_horizon"
    title = "This is too far ahead"


class DayFull(Conflict):
    code = "day_full"
    title = "This day is full"


class WeekFull(Conflict):
    code = "week_full"
    title = "This week is full"


class TooFarToTravel(Conflict):
    code = "too_far_to_travel"
    title = "This is too far to travel"


class DepartureNotFound(NotFound):
    code = "departure_not_found"
    title = "There is no such departure"


class DepartureInvalid(Invalid):
    code = "departure_invalid"
    title = "This departure cannot be right"


class DepartureClosed(Conflict):
    code = "departure_closed"
    title = "This departure is closed"


class WrongGroupSize(Invalid):
    code = "wrong_group_size"
    title = "The group is too small or too large"


class CapacityBelowSold(Conflict):
    code = "capacity_below_sold"
    title = "More places are sold already"


class DepartureHasGuests(Conflict):
    code = "departure_has_guests"
    title = "Somebody is coming already"


class FeedUnreadable(Invalid):
    code = "feed_unreadable"
    title = "This calendar cannot be read"


class FeedAddressRefused(Invalid):
    code = "feed_address_refused"
    title = "This address cannot be asked for a calendar"


class FeedNotFound(NotFound):
    code = "feed_not_found"
    title = "There is no such calendar feed"


class FeedExists(Conflict):
    code = "feed_exists"
    title = "This calendar is imported already"


class TooManyFeeds(Conflict):
    code = "too_many_feeds"
    title = "There are too many calendars"


class CalendarNotFound(NotFound):
    code = "calendar_not_found"
    title = "There is no such calendar"


class UnitTaken(Conflict):
    code = "unit_taken"
    title = "This room is taken on some of these nights"


class ClaimNotFound(NotFound):
    code = "claim_not_found"
    title = "There is no such stay"


class OutageInvalid(Invalid):
    code = "outage_invalid"
    title = "These nights cannot be right"


class OutageNotFound(NotFound):
    code = "outage_not_found"
    title = "This room is not out of service"


class PlanOutdated(Conflict):
    code = "plan_outdated"
    title = "The rooms have changed in the meantime"
