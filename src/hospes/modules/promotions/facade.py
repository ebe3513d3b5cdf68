"""What booking and the entry points may ask of promotions.

Booking reserves when a place is held (`reserve_spending`), hands over to the booking and makes firm when it is
confirmed (`move_spending`), lets go when it ends (`release_spending`), and gives spent credit back (`return_credit`).
"""

from hospes.modules.promotions.policies.stacking import credit_used, reductions
from hospes.modules.promotions.queries import balances, coupon_box, credit_of, given_about
from hospes.modules.promotions.throttle import watched
from hospes.modules.promotions.use_cases.find_spending import find_spending
from hospes.modules.promotions.use_cases.give_credit import give_credit
from hospes.modules.promotions.use_cases.move_spending import move_spending, note_amounts, release_spending
from hospes.modules.promotions.use_cases.put_coupon import put_coupon
from hospes.modules.promotions.use_cases.reserve_spending import reserve_spending
from hospes.modules.promotions.use_cases.return_credit import return_credit

__all__ = [
    "balances",
    "coupon_box",
    "credit_of",
    "credit_used",
    "find_spending",
    "give_credit",
    "given_about",
    "move_spending",
    "note_amounts",
    "put_coupon",
    "reductions",
    "release_spending",
    "reserve_spending",
    "return_credit",
    "watched",
]
