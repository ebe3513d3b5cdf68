"""What other modules and the outer middleware may ask of identity."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

import psycopg
import structlog
from fastapi import Request
from psycopg_pool import PoolTimeout
from redis.exceptions import RedisError

from hospes.modules.identity import sessions, tokens
from hospes.modules.identity.contracts import IdentityStanding, NewsChannel, Role, Topic, User
from hospes.modules.identity.errors import (
    EmailNotVerified,
    NotWhileActing,
    ScopeMissing,
    SecondFactorRequired,
    StepUpNeeded,
)
from hospes.modules.identity.following import keys_of
from hospes.modules.identity.following import new_token_keys as new_token_keys
from hospes.modules.identity.following import open_token_keys as open_token_keys
from hospes.modules.identity.partner_keys import PartnerKeys as PartnerKeys
from hospes.modules.identity.partner_keys import close_partner_keys as close_partner_keys
from hospes.modules.identity.partner_keys import keys_of as _partner_keys_of
from hospes.modules.identity.partner_keys import open_partner_keys as open_partner_keys
from hospes.modules.identity.policies import scopes
from hospes.modules.identity.policies.acting import may_while_acting
from hospes.modules.identity.policies.api_keys import START as KEY_START
from hospes.modules.identity.policies.next_page import local_path as local_path
from hospes.modules.identity.policies.onboarding import COMPLETE_PERCENT as COMPLETE_PERCENT
from hospes.modules.identity.policies.onboarding import completeness as completeness
from hospes.modules.identity.policies.person import email_address as email_address
from hospes.modules.identity.policies.roles import Deed as Deed
from hospes.modules.identity.policies.roles import may as _may
from hospes.modules.identity.policies.topics import may_refuse, wanted
from hospes.modules.identity.providers import open_providers as open_providers
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.queries import identity_checks, second_factors
from hospes.modules.identity.queries.preferences import find_notifications, find_preferences
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.modules.identity.use_cases import grant_role as granting
from hospes.modules.identity.use_cases.change_preferences import change_preferences
from hospes.platform import audit
from hospes.platform.addresses import UNKNOWN, client_address
from hospes.platform.caller import Caller, require_caller
from hospes.platform.csrf import SAFE_METHODS
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.errors import Forbidden, NotFound, Unavailable
from hospes.platform.jobs import defer
from hospes.platform.runtime import Runtime, runtime

SESSION_COOKIE = "hospes_session"
REFERRAL_COOKIE = "hospes_ref"
CSRF_COOKIE = "hospes_csrf"
CLOSE_SESSIONS = "identity.close_sessions"
FRESH_MINUTES = 10
ADMIN_PATHS = ("/admin", "/api/v1/admin")

SessionState = Literal["none", "live", "expired", "unavailable", "token", "token_refused"]

log = structlog.get_logger(__name__)


class Resolved(NamedTuple):
    """Who is asking, the CSRF token their unsafe requests must carry, and how that came about.

    A visitor without a session carries the token in the cookie `hospes_csrf`; the middleware sets it when it differs.
    """

    caller: Caller | None
    csrf_token: str
    session_state: SessionState


async def get_user(tx: ReadTx, user_id: UUID) -> User:
    """The account; raises `NotFound`."""
    users = await people.find_users(tx, [user_id])
    if not users:
        raise NotFound("There is no such account.")
    return users[0]


async def users_by_id(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, User]:
    """Those of the accounts that exist."""
    return {user.id: user for user in await people.find_users(tx, ids)} if ids else {}


async def list_people(
    tx: ReadTx,
    *,
    after: UUID | None,
    limit: int,
    role: Role | None = None,
    country: str | None = None,
    birthday: tuple[int, int] | None = None,
) -> list[User]:
    """Active accounts in the order of their ids, after one of them; `birthday` is a month and a day."""
    return await people.list_people(tx, after=after, limit=limit, role=role, country=country, birthday=birthday)


def partner_keys_of(rt: Runtime) -> PartnerKeys:
    """What this process remembers of partners' keys."""
    return _partner_keys_of(rt)


async def wants(tx: ReadTx, user_id: UUID, topic: Topic, channel: NewsChannel) -> bool:
    """Whether somebody is to be told of this in this way; what cannot be refused needs no look."""
    if not may_refuse(topic, channel):
        return True
    return wanted(await find_notifications(tx, user_id), topic, channel)


async def choose_currency(rt: Runtime, user_id: UUID, currency: str) -> None:
    """Keep in which currency a signed-in person wants amounts shown besides; empty: in none."""
    async with rt.db.write() as tx:
        user, known = await get_user(tx, user_id), await find_preferences(tx, user_id)
        user, _ = await change_preferences(tx, user=user, seen=known, currency=currency, now=rt.clock.now())
    await refresh_sessions(rt, user)


def origin_of(rt: Runtime, address: str) -> str:
    """A keyed hash of a network address: two can be compared, none can be read back."""
    if address in ("", UNKNOWN):
        return ""
    return hmac.new(rt.settings.auth.secret.encode(), f"origin:{address}".encode(), hashlib.sha256).hexdigest()[:32]


async def grant_role(tx: WriteTx, user_id: UUID, role: str, *, now: datetime) -> User:
    """The person with the role (`guest`, `host`, `admin`); call `refresh_sessions` once it is committed."""
    return await granting.grant_role(tx, user_id=user_id, role=Role(role), now=now)


async def refresh_sessions(rt: Runtime, user: User) -> None:
    """Write a person's present roles and name into their browser sessions; without Valkey there are none to write."""
    try:
        await sessions.refresh_sessions(rt.valkey, user)
    except RedisError as fault:
        log.warning("sessions_not_refreshed", user_id=str(user.id), reason=str(fault))


async def close_sessions(rt: Runtime, user_id: UUID, except_id: str = "") -> None:
    """End all sign-ins of a person, browsers and API clients alike; `except_id` (`caller.session`) stays.

    Call it after the commit that made it necessary. Refresh tokens are withdrawn in a commit of its own, with a job
    that closes sessions even if Valkey is away now; access tokens that are out run on for up to 15 minutes.
    """
    now = rt.clock.now()
    async with rt.db.write() as tx:
        await kept_tokens.revoke_families_of(tx, user_id, except_id=except_id, now=now)
        await defer(tx, CLOSE_SESSIONS, user_id=str(user_id), except_id=except_id, begun_by=now.isoformat())
    try:
        await sessions.close_sessions(rt.valkey, user_id, except_public=except_id)
    except RedisError as fault:
        log.warning("sessions_not_closed_yet", user_id=str(user_id), reason=str(fault))


def require_fresh(request: Request, minutes: int = FRESH_MINUTES) -> Caller:
    """The caller, who gave their password or second factor within so many minutes.

    Raises `Unauthorized`, `StepUpNeeded` (pages: sent to `/confirm`) or, for an admin in somebody's account,
    `NotWhileActing`. Pages ask for it where their form is shown, so that nothing typed is lost.
    """
    caller = require_caller(request)
    refuse_while_acting(caller)
    if not is_fresh(request, minutes):
        raise StepUpNeeded("Please give your password once more: this touches money, roles or how you sign in.")
    return caller


def is_fresh(request: Request, minutes: int = FRESH_MINUTES // 2) -> bool:
    """Whether the caller gave their password or second factor so lately that a form can be filled in before
    `require_fresh` asks again; a page that shows more than such a form leads to `/confirm` in its place."""
    caller = require_caller(request)
    now = runtime(request).clock.now()
    return caller.confirmed_at is not None and now - caller.confirmed_at < timedelta(minutes=minutes)


async def watch_acting(rt: Runtime, caller: Caller, *, method: str, path: str) -> None:
    """Before an admin does something in somebody's account: raises `NotWhileActing`, or writes down what they do."""
    if not may_while_acting(method, path):
        raise NotWhileActing("You are in somebody else's account. Only they can do this.")
    if method in SAFE_METHODS:
        return
    async with rt.db.write() as tx:
        await audit.note(
            tx,
            actor=caller.actor,
            acting_for=caller.acting_for,
            action="impersonation.acted",
            subject=caller.user_id,
            data={"method": method, "path": path},
            now=rt.clock.now(),
        )


async def as_admin(rt: Runtime, caller: Caller, *, path: str) -> Caller:
    """The caller, an admin only with a second step set up, where the installation asks that of admins.

    Raises `SecondFactorRequired` where only admins may go (pages: sent to set one up) and `Unavailable`.
    """
    if not rt.settings.admins_need_second_factor:
        return caller
    try:
        async with rt.db.read() as tx:
            has = await second_factors.factors_of(tx, caller.user_id)
    except (psycopg.OperationalError, PoolTimeout) as fault:
        log.warning("factors_out_of_reach", reason=str(fault))
        raise Unavailable("We are busy for a moment. Please try again.") from fault
    if has.any:
        return caller
    if path.startswith(ADMIN_PATHS):
        raise SecondFactorRequired("Admins need a second step here. Set one up under Account, Security.")
    return replace(caller, roles=caller.roles - {Role.ADMIN})


def require_scope(caller: Caller, *, method: str, template: str) -> None:
    """Before a partner's program does something: raises `ScopeMissing` unless its key is for that. `template` is the
    route with `{}` for what varies."""
    if caller.key is None or scopes.allows(caller.key.scopes, method, template):
        return
    needed = sorted(scopes.needed_for(method, template))
    said = f"It needs the scope {' or '.join(needed)}." if needed else "No key may: only people who are signed in."
    raise ScopeMissing(f"This key may not do that. {said}", needed=needed)


def may_do(caller: Caller, deed: Deed) -> bool:
    """Whether the caller's account may do this wherever it is: what the table of roles says."""
    return _may(caller.roles, deed)


def require_deed(caller: Caller, deed: Deed) -> None:
    """Raises `Forbidden` unless the caller's account may do this."""
    if not may_do(caller, deed):
        raise Forbidden(f"Your account may not {deed}.")


async def require_verified_email(tx: ReadTx, user_id: UUID) -> None:
    """Raises `EmailNotVerified`: whoever offers places or is paid can be reached. Who books need not be verified."""
    if (await get_user(tx, user_id)).email_verified_at is None:
        raise EmailNotVerified("Please confirm your email address first, on the page Confirm it is you (/verify).")


async def identity_standing(tx: ReadTx, user_id: UUID) -> IdentityStanding:
    """Whether somebody has shown who they are, and what became of it."""
    return await identity_checks.find_standing(tx, user_id)


async def identities_verified(tx: ReadTx, user_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these people whose document was seen and is still valid."""
    return await identity_checks.list_verified(tx, user_ids)


async def find_by_email(tx: ReadTx, email: str) -> User | None:
    """Whose address this is, in whatever case."""
    return await people.find_by_email(tx, email)


def refuse_while_acting(caller: Caller) -> None:
    """Raises `NotWhileActing` when an admin is in this account: money and credentials are its owner's alone."""
    if caller.admin_id is not None:
        raise NotWhileActing("You are in somebody else's account. Only they can do this.")


async def resolve_caller(request: Request, rt: Runtime) -> Resolved:
    """Who is asking: a bearer token is checked without any look-up, a session cookie against Valkey, a partner's key
    against what the process remembers; raises nothing, but `Unavailable` for a key that cannot be read now.

    A refused token or a session that is out of reach makes an anonymous visitor, told apart by `session_state`.
    """
    keys = keys_of(rt)
    authorization = request.headers.get("authorization", "")
    if authorization[:7].lower() == "bearer ":
        if authorization[7:].lstrip().startswith(KEY_START):
            partner = await _partner_keys_of(rt).caller_of(
                rt, authorization[7:].strip(), address=client_address(request)
            )
            return Resolved(partner, "", "token" if partner else "token_refused")
        caller = tokens.read_access_token(authorization[7:].strip(), keys, now=rt.clock.now())
        return Resolved(caller, "", "token" if caller else "token_refused")
    session_id = request.cookies.get(SESSION_COOKIE)
    if not session_id:
        return Resolved(None, _visitors_token(request), "none")
    try:
        session = await sessions.find_session(
            rt.valkey,
            session_id,
            lasts=rt.settings.auth.session_ttl,
            longest=rt.settings.auth.session_longest,
            now=rt.clock.now(),
        )
    except RedisError as fault:
        log.warning("session_out_of_reach", reason=str(fault))
        return Resolved(None, _visitors_token(request), "unavailable")
    if session is None or keys.refusals.refuses_session(session.user_id, session.created_at):
        return Resolved(None, _visitors_token(request), "expired")
    return Resolved(_caller_of(session), session.csrf_token, "live")


def _caller_of(session: sessions.Session) -> Caller:
    return Caller(
        session.user_id,
        session.email,
        session.name,
        session.roles,
        "session",
        session=session.public_id,
        confirmed_at=session.confirmed_at,
        current_role=session.current_role,
        admin_id=session.admin_id,
        currency=str(session.preferences.get("currency") or ""),
    )


def _visitors_token(request: Request) -> str:
    carried = request.cookies.get(CSRF_COOKIE, "")
    return carried if re.fullmatch(r"[A-Za-z0-9_-]{43}", carried) else secrets.token_urlsafe(32)
