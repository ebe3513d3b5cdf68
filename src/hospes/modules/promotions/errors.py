"""Why a coupon cannot be used, and what else promotions refuses.

Conflict: CouponExpired, CouponNotYet, CouponUsedUp, CouponAlreadyUsed, CreditChanged, CouponCodeTaken
Invalid:  CouponNotFound (as a field of a quote), CouponNotForThis, CouponFirstBookingOnly, CouponMinimum,
          CouponNotCombinable, CouponOtherCurrency, CouponNeedsAccount, PromotionInvalid
NotFound: CouponMissing, CampaignNotFound, TriggerNotFound
TooMany:  TooManyCodes
"""

from hospes.platform.errors import Conflict, Invalid, NotFound, TooMany


class CouponNotFound(Invalid):
    """No such code, or one that belongs to somebody else."""

    code = "coupon_not_found"
    title = "There is no such coupon"


class CouponExpired(Conflict):
    """Its time is over, or it was ended."""

    code = "coupon_expired"
    title = "This coupon has run out"


class CouponNotYet(Conflict):
    """Its time has not begun, or it is paused."""

    code = "coupon_not_yet"
    title = "This coupon cannot be used yet"


class CouponNotForThis(Invalid):
    """Another business, property or kind of resource, or a price without what it makes smaller."""

    code = "coupon_not_for_this"
    title = "This coupon is not for this"


class CouponFirstBookingOnly(Invalid):
    """The guest has a booking already."""

    code = "coupon_first_booking_only"
    title = "This coupon is for a first booking"


class CouponMinimum(Invalid):
    """Too little, or too short."""

    code = "coupon_minimum"
    title = "This is too little for this coupon"


class CouponUsedUp(Conflict):
    """Its last use is taken."""

    code = "coupon_used_up"
    title = "This coupon has been used up"


class CouponAlreadyUsed(Conflict):
    """This guest has used it as often as they may."""

    code = "coupon_already_used"
    title = "You have used this coupon already"


class CouponNotCombinable(Invalid):
    """It stands alone."""

    code = "coupon_not_combinable"
    title = "This coupon cannot be combined"


class CouponOtherCurrency(Invalid):
    """Its amounts are in another currency than the price."""

    code = "coupon_other_currency"
    title = "This coupon is in another currency"


class CouponNeedsAccount(Invalid):
    """Nobody is signed in, and it depends on who uses it."""

    code = "coupon_needs_account"
    title = "Sign in to use this"


class CreditChanged(Conflict):
    """The credit that was counted on has been spent or has run out meanwhile."""

    code = "credit_changed"
    title = "Your credit has changed"


class CouponCodeTaken(Conflict):
    """A coupon with this code exists."""

    code = "coupon_code_taken"
    title = "This code is taken"


class PromotionInvalid(Invalid):
    """A coupon, campaign or rule that makes no sense; `fields` say why."""

    code = "promotion_invalid"
    title = "This cannot be right"


class CouponMissing(NotFound):
    """No such coupon of the business, or at all."""

    code = "coupon_missing"
    title = "There is no such coupon here"


class CampaignNotFound(NotFound):
    """No such campaign."""

    code = "campaign_not_found"
    title = "There is no such campaign"


class TriggerNotFound(NotFound):
    """No such rule."""

    code = "trigger_not_found"
    title = "There is no such rule"


class TooManyCodes(TooMany):
    """Too many codes that do not exist were tried."""

    code = "too_many_codes"
    title = "Too many codes were tried"
