"""Reasons payouts refuses."""

from hospes.platform.errors import Conflict, Invalid, NotFound


class PayoutNotFound(NotFound):
    code = "payout_not_found"
    title = "There is no such payout"


class HoldNotFound(NotFound):
    code = "payout_hold_not_found"
    title = "There is no such hold on money"


class FindingNotFound(NotFound):
    code = "finding_not_found"
    title = "There is no such difference"


class HoldInPlace(Conflict):
    code = "hold_in_place"
    title = "This money is on hold already"


class PayoutsUnavailable(Conflict):
    code = "payouts_unavailable"
    title = "Payouts are not offered here"


class StatementInvalid(Invalid):
    code = "statement_invalid"
    title = "There is no statement of that month"


class AccountRefused(Invalid):
    code = "payout_account_refused"
    title = "The payout account was not opened"
