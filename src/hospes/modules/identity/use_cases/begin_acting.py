"""Let an admin into somebody's account, to help; and out again."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity.contracts import AccountStatus, Role, User
from hospes.modules.identity.errors import NotWhileActing
from hospes.modules.identity.queries import accounts as people
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import Invalid, NotFound

LASTS = timedelta(minutes=30)


async def begin_acting(tx: WriteTx, *, user_id: UUID, reason: str, actor: UUID, now: datetime) -> User:
    """The person whose account it is; the edge opens a session of `LASTS` in it. The reason is kept for ever.

    Raises `NotFound`, `Invalid` without a reason, `NotWhileActing` for admins' and closed accounts.
    """
    said = " ".join(reason.split())[:500]
    if len(said) < 5:
        raise Invalid("Please say why.", fields={"act_reason": "Please say why: who asked, and what for."})
    found = await people.find_users(tx, [user_id])
    if not found:
        raise NotFound("There is no such account.")
    (user,) = found
    if user.id == actor or Role.ADMIN in user.roles:
        raise NotWhileActing("Nobody acts in the account of an admin.")
    if user.status != AccountStatus.ACTIVE:
        raise NotWhileActing("This account is closed or suspended.")
    await audit.note(
        tx,
        actor=actor,
        acting_for=user.id,
        action="impersonation.started",
        subject=user.id,
        data={"reason": said},
        now=now,
    )
    return user


async def end_acting(tx: WriteTx, *, user_id: UUID, actor: UUID, now: datetime) -> User | None:
    """The admin, if they still are one: the edge opens a session of their own again."""
    await audit.note(tx, actor=actor, acting_for=user_id, action="impersonation.ended", subject=user_id, now=now)
    found = await people.find_users(tx, [actor])
    user = found[0] if found else None
    return user if user and user.status == AccountStatus.ACTIVE and Role.ADMIN in user.roles else None
