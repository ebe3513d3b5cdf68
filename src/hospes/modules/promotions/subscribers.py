"""What is given when something happens, once each: gifts have keys, so a repeat gives nothing."""

import hashlib
import hmac
from uuid import UUID

from hospes.modules.catalog import facade as catalog
from hospes.modules.identity import facade as identity
from hospes.modules.promotions.store import gifts
from hospes.modules.promotions.use_cases.give_gift import give_on_trigger
from hospes.modules.promotions.use_cases.refer_friends import join_by_referral, reward_referral
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber, once_per_event


async def welcome(ctx: Runtime, event: Event) -> None:
    """A coupon for who signs up, and a note of who has brought them."""
    now, user_id = ctx.clock.now(), event.aggregate_id
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, "promotions.welcome", event):
            return
        user = await identity.get_user(tx, user_id)
        await give_on_trigger(tx, user, "signup", key=f"signup:{user_id}", now=now)
        if code := event.data.get("referral"):
            await join_by_referral(tx, friend_id=user_id, code=code, origin=event.data.get("origin", ""), now=now)


async def thank_for_email(ctx: Runtime, event: Event) -> None:
    """Credit for a verified address."""
    async with ctx.db.write() as tx:
        if await once_per_event(tx, "promotions.email_verified", event):
            user = await identity.get_user(tx, event.aggregate_id)
            await give_on_trigger(tx, user, "email_verified", key=f"email_verified:{user.id}", now=ctx.clock.now())


async def thank_for_profile(ctx: Runtime, event: Event) -> None:
    """Credit for a profile that is complete enough."""
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, "promotions.profile_complete", event):
            return
        user = await identity.get_user(tx, event.aggregate_id)
        if identity.completeness(user) >= identity.COMPLETE_PERCENT:
            await give_on_trigger(tx, user, "profile_complete", key=f"profile_complete:{user.id}", now=ctx.clock.now())


async def congratulate_host(ctx: Runtime, event: Event) -> None:
    """A coupon for a business's owner at its first confirmed booking."""
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, "promotions.first_hosting", event):
            return
        business = await catalog.get_business(tx, UUID(event.data["business_id"]))
        owner = await identity.get_user(tx, business.owner_id)
        await give_on_trigger(tx, owner, "first_hosting", key=f"first_hosting:{owner.id}", now=ctx.clock.now())


async def thank_for_stay(ctx: Runtime, event: Event) -> None:
    """A coupon for the next stay, and credit for who has brought the guest."""
    now, guest_id = ctx.clock.now(), UUID(event.data["guest_id"])
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, "promotions.booking_completed", event):
            return
        guest = await identity.get_user(tx, guest_id)
        await give_on_trigger(tx, guest, "booking_completed", key=f"booking_completed:{event.aggregate_id}", now=now)
        await reward_referral(
            tx,
            friend_id=guest_id,
            booking_id=event.aggregate_id,
            business_id=UUID(event.data["business_id"]),
            now=now,
        )


async def note_payer(ctx: Runtime, event: Event) -> None:
    """Which means of payment somebody has used, as a keyed hash of what the provider calls it."""
    fingerprint, payer_id = event.data.get("fingerprint"), event.data.get("payer_id")
    if not fingerprint or not payer_id:
        return
    secret = ctx.settings.auth.secret.encode()
    mark = hmac.new(secret, f"payer:{fingerprint}".encode(), hashlib.sha256).hexdigest()
    async with ctx.db.write() as tx:
        await gifts.note_mark(tx, mark, UUID(payer_id), ctx.clock.now())


SUBSCRIBERS = (
    Subscriber("promotions.welcome", ("user.registered",), welcome),
    Subscriber("promotions.email_verified", ("user.email_verified",), thank_for_email),
    Subscriber("promotions.profile_complete", ("user.profile_changed",), thank_for_profile),
    Subscriber("promotions.first_hosting", ("booking.confirmed",), congratulate_host),
    Subscriber("promotions.booking_completed", ("booking.completed",), thank_for_stay),
    Subscriber("promotions.note_payer", ("payment.completed", "payment.method_kept"), note_payer),
)
