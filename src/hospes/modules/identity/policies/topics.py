"""What people are told of, what of it they may refuse, and why not the rest.

Mail about security, money and what is booked always comes: it is how somebody learns that they were robbed, charged or
may not travel, and what the law asks a seller to send. Text messages are sent for codes and warnings alone so far.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hospes.modules.identity.contracts import NewsChannel, Topic

MAIL, SMS, PUSH = NewsChannel.MAIL, NewsChannel.SMS, NewsChannel.PUSH


@dataclass(frozen=True, slots=True)
class About:
    """A topic in words; `why` it cannot be refused by the channels in `always`."""

    name: str
    words: str
    why: str = ""
    always: tuple[NewsChannel, ...] = ()
    hosts: bool = False


TOPICS: Mapping[Topic, About] = {
    Topic.SECURITY: About(
        "Security",
        "Codes, new devices, changes in how you sign in",
        "So that nobody gets into your account unnoticed.",
        (MAIL, SMS),
    ),
    Topic.ACCOUNT: About(
        "Your account", "Copies of your data, deleting the account", "It is about your rights.", (MAIL,)
    ),
    Topic.BOOKINGS: About(
        "Your bookings",
        "Confirmations, changes and cancellations",
        "They are your proof, and the law asks us to send them.",
        (MAIL,),
    ),
    Topic.MONEY: About(
        "Money",
        "Payments that fail or fall due, refunds, receipts, invoices",
        "So that nothing is charged or lost without your knowing.",
        (MAIL,),
    ),
    Topic.WAITLIST: About("Waiting list", "A place has become free for you"),
    Topic.GIFTS: About("Coupons and credit", "You were given something to pay less with"),
    Topic.WELCOME: About("Tips", "Welcome, and where people like to go"),
    Topic.HOST_REQUESTS: About("Requests of guests", "Somebody waits for your yes or no", hosts=True),
    Topic.HOST_BOOKINGS: About("Bookings at your places", "New, changed and cancelled bookings", hosts=True),
    Topic.HOST_PAYOUTS: About("Payouts", "Money is on its way to you", hosts=True),
}


def may_refuse(topic: Topic, channel: NewsChannel) -> bool:
    """Whether this can be switched off."""
    return channel not in TOPICS[topic].always


def wanted(chosen: Mapping[str, Mapping[str, bool]], topic: Topic, channel: NewsChannel) -> bool:
    """Whether somebody with these choices is told of it this way; unsaid: yes by mail and push, no by SMS."""
    if not may_refuse(topic, channel):
        return True
    return chosen.get(str(topic), {}).get(str(channel), channel is not SMS)
