"""Under which topic people choose whether they are told of each kind of message."""

from hospes.modules.identity.contracts import Topic
from hospes.modules.notifications.contracts import Kind

_TOPICS = {
    Topic.BOOKINGS: "booking_ series_",
    Topic.MONEY: "payment_ balance_ renewal_ refund_ payout_failed fees_",
    Topic.WAITLIST: "waitlist_",
    Topic.GIFTS: "coupon_ credit_",
    Topic.WELCOME: "welcome",
    Topic.HOST_REQUESTS: "host_request",
    Topic.HOST_BOOKINGS: "host_booking host_changed host_cancelled",
    Topic.HOST_PAYOUTS: "payout_sent",
    Topic.ACCOUNT: "export_ deletion_",
}


def topic_of(kind: Kind) -> Topic:
    """Its topic; what is not named is about security, and always sent."""
    return next((topic for topic, starts in _TOPICS.items() if kind.startswith(tuple(starts.split()))), Topic.SECURITY)
