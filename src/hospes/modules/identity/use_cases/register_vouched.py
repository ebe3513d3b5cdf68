"""Register a person whom a provider vouches for."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.contracts import Applicant, User
from hospes.modules.identity.errors import AlreadyLinked
from hospes.modules.identity.providers.port import Vouched
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import linked_accounts as links
from hospes.modules.identity.store import proofs
from hospes.modules.identity.use_cases.register_user import register_user
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.outbox import publish


async def register_vouched(
    tx: WriteTx, *, vouched: Vouched, applicant: Applicant, referral: str = "", origin: str = "", now: datetime
) -> User:
    """A new account without a password, which the account elsewhere signs in; raises `EmailTaken`, `AlreadyLinked`.

    The address counts as verified only when the provider has verified just this one. If it has not, whoever proves
    later that it is theirs takes the account over, and the link with it ends (`reset_password`).
    """
    user = await register_user(
        tx, applicant=applicant, password_hash=None, source="oauth", referral=referral, origin=origin, now=now
    )
    if not await links.insert_link(tx, user.id, vouched, now):
        raise AlreadyLinked("This account elsewhere signs somebody in here already.")
    data = {"provider": vouched.provider}
    await audit.note(tx, actor=user.id, action="linked_account.added", subject=user.id, data=data, now=now)
    if vouched.email_verified and vouched.email.lower() == applicant.email.lower():
        await proofs.mark_email_verified(tx, user.id, applicant.email, now)
        await publish(tx, events.EMAIL_VERIFIED, user.id, {"user_id": str(user.id)}, now=now)
    (user,) = await people.find_users(tx, [user.id])
    return user
