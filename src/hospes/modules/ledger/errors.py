"""Reasons the ledger refuses."""

from hospes.platform.errors import Invalid, NotFound


class UnbalancedTransaction(ValueError):
    """A caller's mistake: the lines of a transaction do not sum to zero."""


class RateUnknown(NotFound):
    code = "rate_unknown"
    title = "There is no exchange rate for this currency"


class RatesUnreadable(Invalid):
    code = "rates_unreadable"
    title = "This file of exchange rates cannot be read"


class AccountUnknown(NotFound):
    code = "ledger_account_not_found"
    title = "There is no such account in the ledger"
