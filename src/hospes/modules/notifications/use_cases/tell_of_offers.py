"""What people are told of places that have become free, of coupons and credit, and hosts of payouts."""

from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.catalog.errors import BusinessNotFound, ResourceNotFound
from hospes.modules.notifications.contracts import Kind
from hospes.modules.notifications.policies import guest_letters, host_letters, money_letters
from hospes.modules.notifications.policies.moments import said_moment
from hospes.modules.notifications.use_cases.tell_of_money import moment_of
from hospes.modules.notifications.use_cases.write_message import Desk, recipient, recipients, write_message
from hospes.platform.db import WriteTx
from hospes.platform.money import Money
from hospes.platform.outbox import Event

OFFERS = ("waitlist.offered",)
GIFTS = ("coupon.issued", "coupon.given", "credit.given")
PAYOUTS = ("payout.paid", "payout.failed")
FEES = ("fees.invoiced",)


async def tell_of_offer(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Who waits longest is told that a place is kept for them."""
    guest = await recipient(tx, UUID(event.data["guest_id"]))
    until, starts = moment_of(event.data, "offered_until"), moment_of(event.data, "starts_at")
    if guest is None or until is None or starts is None or until <= desk.now:
        return
    try:
        place = await catalog.get_sellable(tx, UUID(event.data["resource_id"]))
    except ResourceNotFound:
        return
    letter = guest_letters.waitlist_offer(
        f"{place.resource_name}, {place.property_name}",
        f"From {said_moment(starts, place.zone)}",
        until,
        guest,
        path="/trips/waiting",
    )
    await write_message(tx, desk, guest, Kind.WAITLIST_OFFER, letter)


async def tell_of_gift(tx: WriteTx, event: Event, desk: Desk) -> None:
    """A coupon's code, or credit."""
    guest = await recipient(tx, UUID(event.data["user_id"])) if event.data.get("user_id") else None
    if guest is None:
        return
    ends_at = moment_of(event.data, "ends_at") or moment_of(event.data, "expires_at")
    if event.type == "credit.given":
        amount = Money(int(event.data["amount"]), str(event.data["currency"]))
        letter = money_letters.credit_given(guest, amount=amount, ends_at=ends_at)
        await write_message(tx, desk, guest, Kind.CREDIT_GIVEN, letter)
    else:
        said, words = str(event.data.get("code", "")), str(event.data.get("words") or "")
        letter = money_letters.coupon_issued(guest, code=said, words=words, ends_at=ends_at)
        await write_message(tx, desk, guest, Kind.COUPON_ISSUED, letter)


async def tell_of_payout(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Everybody who works for the business."""
    business_id = UUID(str(event.data.get("business_id") or event.aggregate_id))
    try:
        business = await catalog.get_business(tx, business_id)
    except BusinessNotFound:
        return
    amount = Money(int(event.data["amount"]), str(event.data["currency"]))
    for to in await recipients(tx, await catalog.members_of(tx, business_id)):
        if event.type == "payout.paid":
            letter = host_letters.payout_sent(to, amount=amount, business=business.name)
            await write_message(tx, desk, to, Kind.PAYOUT_SENT, letter)
        else:
            reason = str(event.data.get("reason") or "")
            letter = host_letters.payout_failed(to, amount=amount, business=business.name, reason=reason)
            await write_message(tx, desk, to, Kind.PAYOUT_FAILED, letter)


async def tell_of_fees(tx: WriteTx, event: Event, desk: Desk) -> None:
    """Everybody who works for the business gets the platform's invoice."""
    business_id = UUID(str(event.data["business_id"]))
    amount = Money(int(event.data["total"]), str(event.data["currency"]))
    for to in await recipients(tx, await catalog.members_of(tx, business_id)):
        letter = host_letters.fees_invoiced(to, amount=amount, code=str(event.data["code"]))
        await write_message(tx, desk, to, Kind.FEES_INVOICED, letter, documents=(event.aggregate_id,))
