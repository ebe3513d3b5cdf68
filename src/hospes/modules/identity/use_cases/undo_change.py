"""Give an account back to who had it before its address or number was changed."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import codes, events, passwords
from hospes.modules.identity.contracts import Channel, Proof, Purpose
from hospes.modules.identity.policies.challenges import LINK_LASTS
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import accounts, challenges, proofs
from hospes.modules.identity.use_cases.drop_ways_since import drop_ways_since
from hospes.modules.identity.use_cases.replace_password import replace_password
from hospes.platform import audit
from hospes.platform.db import WriteTx
from hospes.platform.errors import NotFound
from hospes.platform.ids import new_id
from hospes.platform.outbox import publish

UNDOING = (Purpose.UNDO_EMAIL, Purpose.UNDO_PHONE)
_SENT_MEANWHILE = (
    *(Purpose.VERIFY_EMAIL, Purpose.VERIFY_PHONE, Purpose.CHANGE_EMAIL, Purpose.CHANGE_PHONE),
    *(Purpose.RESET_PASSWORD, Purpose.SECOND_FACTOR, Purpose.ADD_FACTOR),
)


async def undo_change(tx: WriteTx, *, proof: Proof, now: datetime) -> tuple[UUID, str]:
    """Whose account it was, and a link (of `reset_password`) to set a new password with: the old one is worthless.

    What was sent since then is worthless too, later ways to take something back included; earlier ones stay, for the
    first owner goes before the second. Second steps, passkeys, recovery codes, linked accounts and keys of programs
    added since are gone. Every sign-in ends. Raises `EmailTaken`.
    """
    by_mail = proof.purpose is Purpose.UNDO_EMAIL
    if by_mail:
        person = await accounts.update_person(tx, proof.user_id, now, email=proof.address)
    else:
        person = await accounts.update_person(tx, proof.user_id, now, phone=proof.address)
    if person is None:
        raise NotFound("There is no such account.")
    await (proofs.set_email_verified if by_mail else proofs.set_phone_verified)(tx, proof.user_id, now)
    (user,) = await people.find_users(tx, [proof.user_id])
    await challenges.withdraw(tx, user.id, UNDOING, since=proof.sent_at, now=now)
    await challenges.withdraw(tx, user.id, _SENT_MEANWHILE, since=user.created_at, now=now)
    await drop_ways_since(tx, user_id=user.id, at=proof.sent_at, now=now)
    await replace_password(tx, user_id=user.id, password_hash=passwords.unusable(), how="undone", now=now)
    data = {"user_id": str(user.id), "fields": ["email" if by_mail else "phone"]}
    await publish(tx, events.PROFILE_CHANGED, user.id, data, now=now)
    await audit.note(tx, actor=user.id, action="account.change_undone", subject=user.id, data=data, now=now)
    return user.id, await _link_for_a_new_password(tx, user.id, user.email, now)


async def _link_for_a_new_password(tx: WriteTx, user_id: UUID, email: str, now: datetime) -> str:
    challenge_id, link = new_id(), codes.new_link()
    await challenges.insert_challenge(
        tx,
        challenges.NewChallenge(
            id=challenge_id,
            holder=f"undo:{challenge_id}",  # it counts towards no limit of what a mailbox gets
            purpose=Purpose.RESET_PASSWORD,
            user_id=user_id,
            channel=Channel.EMAIL,
            target=tx.keyring.seal(email.encode(), challenge_id.bytes),
            target_mark=None,
            code_hash=None,
            code_open=False,
            code_expires_at=now,
            link_hash=codes.link_hash(tx.keyring, link),
            expires_at=now + LINK_LASTS[Purpose.RESET_PASSWORD],
            created_at=now,
        ),
    )
    return link
