"""Tell who somebody is that a provider vouches for."""

from dataclasses import dataclass
from datetime import datetime

from hospes.modules.identity.contracts import AccountStatus, User
from hospes.modules.identity.errors import AccountNotActive
from hospes.modules.identity.providers.port import Vouched
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import linked_accounts as links
from hospes.platform.db import WriteTx


@dataclass(frozen=True, slots=True)
class Recognised:
    """`user`: whose linked account it is, to be signed in. `same_email`: there is an account with this address.

    Neither: somebody new. `same_email` proves nothing: its owner links the account after giving their password.
    """

    user: User | None = None
    same_email: User | None = None


async def recognise(tx: WriteTx, *, vouched: Vouched, now: datetime) -> Recognised:
    """Who this is; raises `AccountNotActive`."""
    user_id = await links.use_link(tx, vouched, now)
    if user_id is None:
        known = await people.find_by_email(tx, vouched.email) if vouched.email else None
        return Recognised(same_email=known)
    (user,) = await people.find_users(tx, [user_id])
    if user.status != AccountStatus.ACTIVE:
        raise AccountNotActive("This account is closed or suspended. Please write to us.")
    return Recognised(user=user)
