"""Codes and links as pages and API take them: judged in a transaction of their own, refused once it is committed."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from hospes.modules.identity import codes, facade, passwords, throttle
from hospes.modules.identity.contracts import Channel, CodeSent, Proof, Purpose, User
from hospes.modules.identity.errors import CodeRefused, LinkRefused
from hospes.modules.identity.policies import person
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries import challenges
from hospes.modules.identity.use_cases.admit_password import admit_password
from hospes.modules.identity.use_cases.change_email import change_email
from hospes.modules.identity.use_cases.change_phone import change_phone
from hospes.modules.identity.use_cases.check_code import check_code, check_code_of
from hospes.modules.identity.use_cases.check_link import check_link
from hospes.modules.identity.use_cases.replace_password import replace_password
from hospes.modules.identity.use_cases.reset_password import reset_password
from hospes.modules.identity.use_cases.send_code import send_code
from hospes.modules.identity.use_cases.undo_change import UNDOING, undo_change
from hospes.modules.identity.use_cases.verify_email import verify_email
from hospes.modules.identity.use_cases.verify_phone import verify_phone
from hospes.platform.caller import Caller
from hospes.platform.db import WriteTx
from hospes.platform.errors import Conflict, Invalid
from hospes.platform.runtime import Runtime

_EFFECTS: dict[Purpose, Callable[..., Awaitable[User]]] = {
    Purpose.VERIFY_EMAIL: verify_email,
    Purpose.VERIFY_PHONE: verify_phone,
    Purpose.CHANGE_EMAIL: change_email,
    Purpose.CHANGE_PHONE: change_phone,
}
BY_LINK = (Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL)


async def send_to_verify(rt: Runtime, user_id: UUID, purpose: Purpose) -> CodeSent:
    """A code for the address (`VERIFY_EMAIL`) or number (`VERIFY_PHONE`) that the account has now.

    Raises `Conflict` when it is verified already, `Invalid` without a number, and `CodeSentRecently`.
    """
    async with rt.db.write() as tx:
        user = await facade.get_user(tx, user_id)
        by_mail = purpose is Purpose.VERIFY_EMAIL
        if (user.email_verified_at if by_mail else user.phone_verified_at) is not None:
            raise Conflict(f"Your {'email address' if by_mail else 'phone number'} is verified already.")
        address = user.email if by_mail else user.phone
        if not address:
            raise Invalid("Add a phone number to your account first.", fields={"phone": "Add a phone number first."})
        channel = Channel.EMAIL if by_mail else Channel.SMS
        return await send_code(
            tx, user_id=user_id, purpose=purpose, channel=channel, address=address, now=rt.clock.now()
        )


async def send_to_change_email(rt: Runtime, caller: Caller, *, email: str, password: str) -> CodeSent:
    """A code and a link for the address somebody wants to have; the answer is the same when another account has it.

    Raises `Invalid` (a wrong password too), `LockedOut` and `CodeSentRecently`.
    """
    try:
        wanted = person.email_address(email)
    except ValueError as fault:
        raise Invalid(str(fault), fields={"email": str(fault)}) from fault
    user = await _confirmed(rt, caller, password)
    if wanted.lower() == user.email.lower():
        raise Invalid("This is your address already.", fields={"email": "This is your address already."})
    async with rt.db.write() as tx:
        return await send_code(
            tx,
            user_id=user.id,
            purpose=Purpose.CHANGE_EMAIL,
            channel=Channel.EMAIL,
            address=wanted,
            now=rt.clock.now(),
        )


async def send_to_change_phone(rt: Runtime, caller: Caller, *, phone: str, password: str) -> CodeSent:
    """A code for the number somebody wants to have. Raises as `send_to_change_email`."""
    try:
        wanted = person.needed_phone_number(phone)
    except ValueError as fault:
        raise Invalid(str(fault), fields={"phone": str(fault)}) from fault
    user = await _confirmed(rt, caller, password)
    if wanted == user.phone and user.phone_verified_at is not None:
        raise Invalid("This is your number already.", fields={"phone": "This is your number already."})
    async with rt.db.write() as tx:
        return await send_code(
            tx,
            user_id=user.id,
            purpose=Purpose.CHANGE_PHONE,
            channel=Channel.SMS,
            address=wanted,
            now=rt.clock.now(),
        )


async def confirm_code(rt: Runtime, user_id: UUID, purpose: Purpose, code: str) -> User:
    """The person, with what the code proves done. Raises `CodeRefused`, and `EmailTaken` for a change of address.

    Who has verified their address or number already is told so, not refused: buttons are pressed twice.
    """
    now = rt.clock.now()
    async with rt.db.write() as tx:
        outcome = await check_code(tx, user_id=user_id, purpose=purpose, code=code, now=now)
        if isinstance(outcome, Proof):
            user = await _EFFECTS[purpose](tx, proof=outcome, now=now)
        else:
            user = await facade.get_user(tx, user_id)
    if isinstance(outcome, CodeRefused) and not _is_done(user, purpose):
        raise outcome
    await facade.refresh_sessions(rt, user)
    return user


async def confirm_link(rt: Runtime, link: str, caller: Caller | None) -> User:
    """The same by the link of a mail, by somebody who need not be signed in, but not as somebody else.

    Raises `LinkRefused` and `EmailTaken`.
    """
    now = rt.clock.now()
    async with rt.db.write() as tx:
        known = await challenges.find_link(tx, codes.link_hash(tx.keyring, link)) if len(link) < 100 else None
        if known and caller and known["user_id"] != caller.user_id:
            raise LinkRefused("This link belongs to another account than the one you are signed in to. Sign out first.")
        if known and known["used_at"] and (user := await _verified_by(tx, known["id"], known)):
            return user
        proof = await check_link(tx, link=link, purposes=BY_LINK, now=now)
        user = await _EFFECTS[proof.purpose](tx, proof=proof, now=now)
    await facade.refresh_sessions(rt, user)
    return user


async def set_new_password(
    rt: Runtime, *, password: str, link: str = "", code: str = "", reset_id: UUID | None = None
) -> None:
    """By the link or the code of a mail. Everybody is signed out, and a lock by wrong passwords is over.

    What is not right is refused with the same words after the same work (a hash, one try counted, one commit), whether
    or not there is an account: raises `CodeRefused`, `LinkRefused`, or `Invalid` for the password.
    """
    password_hash = await admit_password(rt.settings.security, password=password)
    now = rt.clock.now()
    user = None
    async with rt.db.write() as tx:
        outcome: Proof | CodeRefused
        if link:
            outcome = await check_link(tx, link=link, purposes=(Purpose.RESET_PASSWORD,), now=now)
        else:
            outcome = await check_code_of(
                tx, challenge_id=reset_id or UUID(int=0), purpose=Purpose.RESET_PASSWORD, code=code, now=now
            )
        if isinstance(outcome, Proof):
            user = await reset_password(tx, proof=outcome, password_hash=password_hash, now=now)
    if isinstance(outcome, CodeRefused):
        raise outcome
    assert user is not None
    await facade.close_sessions(rt, user.id)


async def change_password(rt: Runtime, caller: Caller, *, current: str, password: str) -> None:
    """Another password for who knows the present one; every sign-in but this ends.

    Raises `Invalid` for either (fields `current_password`, `password`), and `LockedOut`.
    """
    user = await _confirmed(rt, caller, current, field="current_password")
    if current == password:
        raise Invalid("This is your password already.", fields={"password": "This is your password already."})
    about = (user.email, user.first_name, user.last_name)
    password_hash = await admit_password(rt.settings.security, password=password, about=about)
    async with rt.db.write() as tx:
        await replace_password(
            tx, user_id=user.id, password_hash=password_hash, how="changed", keep=caller.session, now=rt.clock.now()
        )
    await facade.close_sessions(rt, user.id, except_id=caller.session)


async def take_back(rt: Runtime, link: str) -> str:
    """Undo a change of address or number; answers a link to set a new password with. Raises `LinkRefused` and
    `EmailTaken`."""
    now = rt.clock.now()
    async with rt.db.write() as tx:
        proof = await check_link(tx, link=link, purposes=UNDOING, now=now)
        user_id, reset = await undo_change(tx, proof=proof, now=now)
    await facade.close_sessions(rt, user_id)
    return reset


async def _confirmed(rt: Runtime, caller: Caller, password: str, field: str = "current_password") -> User:
    """The caller's account, its password given right; five wrong ones in a row lock this sign-in only."""
    facade.refuse_while_acting(caller)
    async with rt.db.read() as tx:
        user = await facade.get_user(tx, caller.user_id)
        known = await people.find_credentials(tx, user.email)
    attempt, lockout = throttle.Attempt(user.email, user.id, device=caller.session), rt.settings.security.lockout
    await throttle.refuse_if_locked(rt.valkey, lockout, attempt)
    if not await passwords.is_password(password, known.password_hash if known else None):
        await throttle.count_failure(rt.valkey, lockout, attempt)
        raise Invalid("This is not your password.", fields={field: "This is not your password."})
    await throttle.forget_failures(rt.valkey, attempt)
    return user


def _is_done(user: User, purpose: Purpose) -> bool:
    return (purpose is Purpose.VERIFY_EMAIL and user.email_verified_at is not None) or (
        purpose is Purpose.VERIFY_PHONE and user.phone_verified_at is not None
    )


async def _verified_by(tx: WriteTx, challenge_id: UUID, known: dict[str, object]) -> User | None:
    """The person, if this used link had verified the address that they still have."""
    target, user_id = known["target"], known["user_id"]
    if known["purpose"] != Purpose.VERIFY_EMAIL or not isinstance(target, bytes) or not isinstance(user_id, UUID):
        return None
    user = await facade.get_user(tx, user_id)
    address = tx.keyring.unseal(target, challenge_id.bytes).decode()
    return user if user.email_verified_at and user.email.lower() == address.lower() else None
