"""Which events make messages. Each is written in the commit that remembers the event, and once only."""

from collections.abc import Awaitable, Callable

from hospes.modules.notifications.use_cases import (
    tell_of_account,
    tell_of_booking,
    tell_of_members,
    tell_of_money,
    tell_of_offers,
    tell_of_privacy,
    tell_of_review,
    tell_of_security,
)
from hospes.modules.notifications.use_cases.write_message import Desk
from hospes.platform.db import WriteTx
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.settings import Settings
from hospes.platform.subscribing import Subscriber, once_per_event

_Tell = Callable[[WriteTx, Event, Desk], Awaitable[None]]


def _subscriber(name: str, types: tuple[str, ...], tell: _Tell, *, urgent: bool = False) -> Subscriber:
    async def handle(ctx: Runtime, event: Event) -> None:
        async with ctx.db.write() as tx:
            if await once_per_event(tx, name, event):
                await tell(tx, event, Desk(base_of(ctx.settings), event.id, ctx.clock.now()))

    return Subscriber(name, types, handle, urgent)


def base_of(settings: Settings) -> str:
    """Where the links in messages lead: `public_url`, or this machine when it is not set."""
    host = "localhost" if settings.host in ("", "0.0.0.0", "127.0.0.1", "::") else settings.host  # noqa: S104  compared, not bound
    return settings.public_url.rstrip("/") or f"http://{host}:{settings.port}"


SUBSCRIBERS = (
    _subscriber("notifications.booking", tell_of_booking.TYPES, tell_of_booking.tell_of_booking),
    _subscriber("notifications.money", tell_of_money.TYPES, tell_of_money.tell_of_money),
    _subscriber("notifications.offer", tell_of_offers.OFFERS, tell_of_offers.tell_of_offer),
    _subscriber("notifications.gift", tell_of_offers.GIFTS, tell_of_offers.tell_of_gift),
    _subscriber("notifications.code", tell_of_account.CODES, tell_of_account.tell_of_code, urgent=True),
    _subscriber("notifications.account", tell_of_account.NEWS, tell_of_account.tell_of_account),
    _subscriber("notifications.security", tell_of_security.TYPES, tell_of_security.tell_of_security),
    _subscriber("notifications.privacy", tell_of_privacy.TYPES, tell_of_privacy.tell_of_privacy),
    _subscriber("notifications.business", tell_of_review.BUSINESSES, tell_of_review.tell_of_business),
    _subscriber("notifications.place", tell_of_review.PLACES, tell_of_review.tell_of_place),
    _subscriber("notifications.identity", tell_of_review.IDENTITY, tell_of_review.tell_of_identity),
    _subscriber("notifications.invitation", tell_of_members.INVITED, tell_of_members.tell_of_invitation, urgent=True),
    _subscriber("notifications.members", tell_of_members.CHANGES, tell_of_members.tell_of_members),
    _subscriber("notifications.forgotten_invitation", tell_of_members.FORGOTTEN, tell_of_members.forget_invitation),
    _subscriber("notifications.payout", tell_of_offers.PAYOUTS, tell_of_offers.tell_of_payout),
    _subscriber("notifications.fees", tell_of_offers.FEES, tell_of_offers.tell_of_fees),
)
