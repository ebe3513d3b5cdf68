"""How long codes and links are good, and how often they are sent."""

from datetime import timedelta

from hospes.modules.identity.contracts import Purpose

MOST_TRIES = 5
CODE_LASTS = timedelta(minutes=10)
LINK_LASTS: dict[Purpose, timedelta] = {
    Purpose.VERIFY_EMAIL: timedelta(hours=24),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
    Purpose.RESET_PASSWORD: timedelta(hours=1),
    Purpose.UNDO_EMAIL: timedelta(days=7),
    Purpose.UNDO_PHONE: timedelta(days=7),
}
# What goes to addresses that nobody has proven yet: a stranger's mailbox or number could be among them.
UNPROVEN = (Purpose.VERIFY_EMAIL, Purpose.VERIFY_PHONE, Purpose.CHANGE_EMAIL, Purpose.CHANGE_PHONE)
SEND_LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
TARGET_LIMITS = ((timedelta(hours=1), 10), (timedelta(days=1), 20))
LONGEST_LIMIT = timedelta(days=1)
