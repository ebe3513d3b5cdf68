"""Register a person."""

from datetime import datetime

from hospes.modules.identity import events
from hospes.modules.identity.codes import target_mark
from hospes.modules.identity.contracts import Applicant, Role, User
from hospes.modules.identity.errors import EmailTaken
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries.challenges import is_kept
from hospes.modules.identity.store import accounts
from hospes.modules.identity.use_cases.note_consents import note_consents
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish


async def register_user(
    tx: WriteTx,
    *,
    applicant: Applicant,
    password_hash: str | None,
    source: str,
    referral: str = "",
    origin: str = "",
    now: datetime,
) -> User:
    """A new account with the role guest; raises `EmailTaken`. Hash before: it takes longer than a commit.

    Without a hash there is no password, and some other way in is needed.

    `referral`: the code of whoever invited them; `origin`: a keyed hash of the address they came from."""
    user_id = new_id()
    kept = await is_kept(tx, target_mark(tx.keyring, applicant.email), now)  # for who may take a change back
    if kept or not await accounts.insert_account(tx, user_id, applicant, password_hash, now):
        raise EmailTaken(fields={"email": "There is already an account with this email address. Sign in instead?"})
    await accounts.insert_role(tx, user_id, Role.GUEST, now)
    await note_consents(tx, user_id=user_id, kinds=("terms", "privacy"), origin=origin, now=now)
    data = {"user_id": str(user_id), "source": source}
    data |= {name: value for name, value in (("referral", referral[:40]), ("origin", origin)) if value}
    await publish(tx, events.REGISTERED, user_id, data, now=now)
    (user,) = await people.find_users(tx, [user_id])
    return user
