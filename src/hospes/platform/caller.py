"""Who is asking. Set on `request.state.caller` by the outer middleware; every edge reads it from there."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Request

from hospes.platform.csrf import HEADER, SAFE_METHODS, CsrfFailed, refuse_foreign, token_matches
from hospes.platform.errors import Forbidden, Unauthorized, Unavailable


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The key a partner's program came with: what it may do, how often in a minute, and of what alone."""

    id: UUID
    scopes: frozenset[str]
    per_minute: int
    limited_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user with their roles, and how they proved it: the same whichever way they came.

    `session` is the public id of their session or of their client's sign-in; `confirmed_at` is when they last gave a
    password or second factor; `current_role` says which menu they look at, never what they may do; `admin_id` is the
    admin who acts in this account; `currency` in which they want amounts shown besides; `key` is set for programs of
    partners alone.
    """

    user_id: UUID
    email: str
    name: str
    roles: frozenset[str]
    via: Literal["session", "token", "key"]
    session: str = field(default="", compare=False)
    confirmed_at: datetime | None = field(default=None, compare=False)
    current_role: str = field(default="guest", compare=False)
    admin_id: UUID | None = field(default=None, compare=False)
    currency: str = field(default="", compare=False)
    key: KeyUse | None = None

    @property
    def counted_as(self) -> str:
        """Whose requests are counted together."""
        return f"key:{self.key.id}" if self.key else f"user:{self.user_id}"

    @property
    def actor(self) -> UUID:
        """Who really acts: for the audit trail."""
        return self.admin_id or self.user_id

    @property
    def acting_for(self) -> UUID | None:
        """Whose account an admin is in, if one is: for the audit trail."""
        return self.user_id if self.admin_id else None


def find_caller(request: Request) -> Caller | None:
    """The signed-in user, or None.

    An unsafe API call that only a cookie vouches for must carry its session's CSRF token, else `CsrfFailed` is raised;
    forms of pages are checked by their router (`verify_csrf`).
    """
    caller: Caller | None = getattr(request.state, "caller", None)
    by_cookie = caller is not None and caller.via == "session" and request.method not in SAFE_METHODS
    if by_cookie and request.url.path.startswith("/api/"):
        refuse_foreign(request)
        if not token_matches(request, request.headers.get(HEADER, "")):
            raise CsrfFailed("Send the CSRF token of this session in the header X-CSRF-Token.")
    return caller


def require_caller(request: Request) -> Caller:
    """The signed-in user; raises `Unauthorized` (pages: sent to the sign-in page)."""
    caller = find_caller(request)
    if caller is None:
        state = getattr(request.state, "session_state", "none")
        if state == "token_refused":
            raise Unauthorized("This access token has run out or was not issued here. Refresh it or sign in again.")
        if state == "unavailable" and request.url.path.startswith("/api/"):
            raise Unavailable("Browser sessions are out of service for a moment. Access tokens still work.")
        raise Unauthorized("Please sign in first.")
    return caller


def require_role(caller: Caller, role: str) -> None:
    """Raises `Forbidden` unless the caller has this role."""
    if role not in caller.roles:
        raise Forbidden(f"This needs the role {role}.")
