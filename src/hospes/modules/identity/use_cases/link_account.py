"""Let a person sign in with an account they have elsewhere."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import AlreadyLinked, EmailNotVerified
from hospes.modules.identity.providers.port import Vouched
from hospes.modules.identity.store import linked_accounts as links
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def link_account(tx: WriteTx, *, user: User, vouched: Vouched, label: str, now: datetime) -> None:
    """From now on this account elsewhere signs `user` in; the caller has made sure that it is them.

    Raises `EmailNotVerified`: whoever registered with an address that is not theirs must not keep a way in once its
    owner comes. Raises `AlreadyLinked` when it belongs to somebody else, or another of the same provider is linked.
    """
    if user.email_verified_at is None:
        raise EmailNotVerified("Confirm your email address before you link other accounts.")
    if not await links.insert_link(tx, user.id, vouched, now):
        raise AlreadyLinked(f"This {label} account is linked to an account here already, or yours has another one.")
    data = {"provider": vouched.provider}
    await audit.note(tx, actor=user.id, action="linked_account.added", subject=user.id, data=data, now=now)
    await publish(tx, events.ACCOUNT_LINKED, user.id, {"user_id": str(user.id), **data}, now=now)
