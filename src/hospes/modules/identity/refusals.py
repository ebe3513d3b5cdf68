"""Whose proofs are refused although they are well signed: kept in the process and fed by events.

An access token says who somebody is for 15 minutes without anybody being asked. When an account is suspended or a role
is taken away, that must not wait: what was issued until then is refused from the moment the event arrives.
"""

from datetime import datetime
from uuid import UUID


class Refusals:
    """By person: up to when what was issued is refused. An entry is needed only as long as a token lives."""

    def __init__(self) -> None:
        self._sessions: dict[UUID, datetime] = {}
        self._tokens: dict[UUID, datetime] = {}

    def refuse(self, user_id: UUID, at: datetime, *, sessions: bool) -> None:
        """Refuse tokens issued until `at`, and sessions too if the person may not come in at all."""
        self._tokens[user_id] = max(at, self._tokens.get(user_id, at))
        if sessions:
            self._sessions[user_id] = max(at, self._sessions.get(user_id, at))

    def allow(self, user_id: UUID) -> None:
        """Their account is active again; tokens of before stay refused, sessions were closed."""
        self._sessions.pop(user_id, None)

    def refuses_token(self, user_id: UUID, issued: float) -> bool:
        """Whether a token of this person, issued at this second, is refused; within the second the answer is yes."""
        until = self._tokens.get(user_id)
        return until is not None and issued <= until.timestamp()

    def refuses_session(self, user_id: UUID, opened: datetime) -> bool:
        """Whether a session of this person, opened then, is refused."""
        until = self._sessions.get(user_id)
        return until is not None and opened <= until

    def forget(self, before: datetime) -> None:
        """Drop what no token can be old enough for any more; sessions of the suspended are closed by then."""
        for kept in (self._tokens, self._sessions):
            for user_id in [user_id for user_id, at in kept.items() if at < before]:
                del kept[user_id]
