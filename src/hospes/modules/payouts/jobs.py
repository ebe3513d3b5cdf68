"""Scheduled work of payouts."""

from hospes.modules.payouts.use_cases.compare_books import compare_books
from hospes.modules.payouts.use_cases.open_account import check_accounts
from hospes.modules.payouts.use_cases.pay_hosts import pay_hosts
from hospes.platform.jobs import Periodic

PERIODIC = (
    Periodic("payouts.pay_hosts", 30, pay_hosts),
    Periodic("payouts.check_accounts", 60, check_accounts),
    Periodic("payouts.compare_books", 3600, compare_books),
)
