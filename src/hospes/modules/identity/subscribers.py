"""Browser sessions follow what happens to their person, whoever made it happen; codes go out behind the answer."""

from contextlib import suppress

from hospes.modules.identity import events, facade, sessions, throttle
from hospes.modules.identity.contracts import CODE_SEAL, AccountStatus, Channel, Purpose
from hospes.modules.identity.errors import CodeSentRecently
from hospes.modules.identity.use_cases.prepare_reset import prepare_reset
from hospes.modules.identity.use_cases.send_code import send_code
from hospes.platform.outbox import Event
from hospes.platform.runtime import Runtime
from hospes.platform.subscribing import Subscriber, once_per_event


async def refresh_sessions(ctx: Runtime, event: Event) -> None:
    """Write the person's present roles and name into their sessions; raises while Valkey is away, to be tried again."""
    async with ctx.db.read() as tx:
        user = await facade.get_user(tx, event.aggregate_id)
    await sessions.refresh_sessions(ctx.valkey, user)


async def end_lock(ctx: Runtime, event: Event) -> None:
    """A new password ends a lock by wrong ones; raises while Valkey is away, to be tried again."""
    async with ctx.db.read() as tx:
        user = await facade.get_user(tx, event.aggregate_id)
    await throttle.end_lock(ctx.valkey, user.email, user.id)


async def close_sessions(ctx: Runtime, event: Event) -> None:
    """A new password, a suspension or a role taken away ends what was open, even if the edge died before it could;
    raises while Valkey is away, to be tried again."""
    kept = str(event.data.get("kept", ""))
    await sessions.close_sessions(ctx.valkey, event.aggregate_id, except_public=kept, begun_by=event.occurred_at)


async def verify_newcomer(ctx: Runtime, event: Event) -> None:
    """A code and a link for the address somebody has signed up with; once, however often the event comes."""
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, "identity.verify_newcomer", event):
            return
        user = await facade.get_user(tx, event.aggregate_id)
        if user.email_verified_at is None and user.status is AccountStatus.ACTIVE:
            with suppress(CodeSentRecently):
                await send_code(
                    tx,
                    user_id=user.id,
                    purpose=Purpose.VERIFY_EMAIL,
                    channel=Channel.EMAIL,
                    address=user.email,
                    now=ctx.clock.now(),
                )


async def verify_number(ctx: Runtime, event: Event) -> None:
    """A code for the number of somebody whose address is verified: not before, for texts cost money and are asked for
    by robots."""
    async with ctx.db.write() as tx:
        if not await once_per_event(tx, "identity.verify_number", event):
            return
        user = await facade.get_user(tx, event.aggregate_id)
        if user.phone and user.phone_verified_at is None and user.status is AccountStatus.ACTIVE:
            with suppress(CodeSentRecently):
                await send_code(
                    tx,
                    user_id=user.id,
                    purpose=Purpose.VERIFY_PHONE,
                    channel=Channel.SMS,
                    address=user.phone,
                    now=ctx.clock.now(),
                )


async def answer_reset(ctx: Runtime, event: Event) -> None:
    """Look behind the answer whether the address has an account, and mail it if so."""
    email = ctx.keyring.unseal_text(event.data["sealed"], CODE_SEAL)
    async with ctx.db.write() as tx:
        await prepare_reset(
            tx, challenge_id=event.aggregate_id, email=email, asked_at=event.occurred_at, now=ctx.clock.now()
        )


SUBSCRIBERS = (
    Subscriber("identity.verify_newcomer", (events.REGISTERED,), verify_newcomer, urgent=True),
    Subscriber("identity.verify_number", (events.EMAIL_VERIFIED,), verify_number, urgent=True),
    Subscriber("identity.answer_reset", (events.RESET_ASKED,), answer_reset, urgent=True),
    Subscriber(
        "identity.close_sessions", (events.PASSWORD_CHANGED, events.SUSPENDED, events.ROLE_REVOKED), close_sessions
    ),
    Subscriber("identity.end_lock", (events.PASSWORD_CHANGED,), end_lock),
    Subscriber(
        "identity.refresh_sessions",
        (events.ROLE_GRANTED, events.PROFILE_CHANGED, events.PREFERENCES_CHANGED),
        refresh_sessions,
    ),
)
