"""Send the code and the link of a new password, if there is an account."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import codes
from hospes.modules.identity.contracts import AccountStatus, Channel, Purpose
from hospes.modules.identity.policies.challenges import LINK_LASTS
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import challenges
from hospes.modules.identity.use_cases.send_code import tell_of_code
from hospes.platform.db import WriteTx


async def prepare_reset(tx: WriteTx, *, challenge_id: UUID, email: str, asked_at: datetime, now: datetime) -> bool:
    """False when no active account has this address, or it was sent before; nobody learns of either."""
    user = await people.find_by_email(tx, email)
    if user is None or user.status is not AccountStatus.ACTIVE:
        return False
    code, link = codes.new_code(), codes.new_link()
    armed = await challenges.arm_reset(
        tx,
        challenge_id,
        user_id=user.id,
        target=tx.keyring.seal(user.email.encode(), challenge_id.bytes),
        code_hash=codes.code_hash(tx.keyring, challenge_id, code),
        link_hash=codes.link_hash(tx.keyring, link),
    )
    if armed:
        await tell_of_code(
            tx,
            user_id=user.id,
            purpose=Purpose.RESET_PASSWORD,
            channel=Channel.EMAIL,
            address=user.email,
            code=code,
            link=link,
            now=now,
            good_until=asked_at + LINK_LASTS[Purpose.RESET_PASSWORD],
        )
    return armed
