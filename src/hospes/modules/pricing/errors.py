"""Why pricing refuses. Restrictions each have their own code and name the field at fault."""

from hospes.platform.errors import Conflict, Invalid, NotFound


class RateNotFound(NotFound):
    code = "rate_not_found"
    title = "This has no price yet"


class NoPrice(Conflict):
    code = "not_priced"
    title = "The host has not set a price yet"


class RateInvalid(Invalid):
    code = "rate_invalid"
    title = "Some of this price cannot be right"


class RatePlanNotFound(NotFound):
    code = "rate_plan_not_found"
    title = "This rate is not on offer"


class PriceRuleNotFound(NotFound):
    code = "price_rule_not_found"
    title = "There is no such price rule"


class RestrictionNotFound(NotFound):
    code = "restriction_not_found"
    title = "There is no such restriction"


class PlanInUse(Conflict):
    code = "rate_plan_in_use"
    title = "Other rate plans are derived from this one"


class Restricted(Invalid):
    """The host does not sell this stay; `detail` says why."""


class MinStay(Restricted):
    code = "min_stay"
    title = "The stay is too short for these nights"


class MaxStay(Restricted):
    code = "max_stay"
    title = "The stay is too long for these nights"


class MinStayOnArrival(Restricted):
    code = "min_stay_on_arrival"
    title = "The stay is too short for this day of arrival"


class ClosedToArrival(Restricted):
    code = "closed_to_arrival"
    title = "Nobody can arrive on this day"


class ClosedToDeparture(Restricted):
    code = "closed_to_departure"
    title = "Nobody can leave on this day"


class StopSell(Restricted):
    code = "stop_sell"
    title = "These nights are not for sale"


class MinAdvance(Restricted):
    code = "min_advance"
    title = "This has to be booked earlier"


class MaxAdvance(Restricted):
    code = "max_advance"
    title = "This cannot be booked yet"
