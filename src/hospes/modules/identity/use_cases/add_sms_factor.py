"""Take text messages to the verified number as a second step."""

from datetime import datetime

from hospes.modules.identity.contracts import Channel, CodeSent, Purpose, User
from hospes.modules.identity.errors import CodeRefused, SecondFactorExists
from hospes.modules.identity.policies.second_steps import Way
from hospes.modules.identity.store import second_factors
from hospes.modules.identity.use_cases.check_code import check_code
from hospes.modules.identity.use_cases.note_factor import note_added
from hospes.modules.identity.use_cases.send_code import send_code
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict
from hospes.platform.ids import new_id

NO_NUMBER = "Verify a phone number in your account first; codes are sent to it."


async def begin_sms(tx: WriteTx, *, user: User, now: datetime) -> CodeSent:
    """A code goes to the verified number; raises `Conflict` without one, `TooManyCodes` too soon after the last."""
    return await send_code(
        tx, user_id=user.id, purpose=Purpose.ADD_FACTOR, channel=Channel.SMS, address=_number(user), now=now
    )


async def add_sms_factor(tx: WriteTx, *, user: User, code: str, now: datetime) -> CodeRefused | None:
    """Text messages are a second step from now on.

    A wrong code is answered, not raised: the try must be committed with it. Raises `SecondFactorExists` and `Conflict`.
    """
    number = _number(user)
    proof = await check_code(tx, user_id=user.id, purpose=Purpose.ADD_FACTOR, code=code, now=now)
    if isinstance(proof, CodeRefused):
        return proof
    if proof.address != number:
        raise Conflict("Your number has changed since the code was sent. Ask for a new one.")
    await second_factors.lock_person(tx, user.id)
    if not await second_factors.insert_factor(
        tx, id=new_id(), user_id=user.id, kind=Way.SMS, secret=None, step=0, now=now
    ):
        raise SecondFactorExists("Text messages are set up already.")
    await note_added(tx, user.id, Way.SMS, now=now)
    return None


async def send_second_code(tx: WriteTx, *, user: User, now: datetime) -> CodeSent:
    """A code for the second step goes to the verified number; raises `Conflict` and `TooManyCodes`."""
    return await send_code(
        tx, user_id=user.id, purpose=Purpose.SECOND_FACTOR, channel=Channel.SMS, address=_number(user), now=now
    )


def _number(user: User) -> str:
    if not user.phone or user.phone_verified_at is None:
        raise Conflict(NO_NUMBER, fields={"phone": NO_NUMBER})
    return user.phone
