"""Trade a refresh token for the next pair, once."""

from datetime import datetime, timedelta

from hospes.modules.identity import tokens
from hospes.modules.identity.contracts import AccountStatus, Tokens, User
from hospes.modules.identity.errors import RefreshRefused, RefreshReused
from hospes.modules.identity.queries import accounts as people
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.modules.identity.use_cases.issue_tokens import next_tokens
from hospes.platform.db import Row, WriteTx


async def refresh_tokens(
    tx: WriteTx, *, refresh_token: str, keys: tokens.TokenKeys, now: datetime, user_agent: str = "", place: str = ""
) -> tuple[User, Tokens] | RefreshReused | RefreshRefused:
    """The next pair of the same family; the token given is spent (RFC 9700 §4.14.2).

    A refusal is answered, not raised, because it must be committed: a token used twice withdraws its whole family.
    """
    row = await kept_tokens.find_refresh_token_for_change(tx, tokens.refresh_token_hash(refresh_token))
    if row is None or row["revoked_at"] is not None or row["expires_at"] <= now or _too_old(row, keys, now):
        return RefreshRefused("This refresh token has run out or was withdrawn. Sign in again.")
    if row["used_at"] is not None:
        await kept_tokens.revoke_family(tx, row["family_id"], now)
        return RefreshReused(
            "This refresh token was used before, so all tokens of that sign-in are withdrawn. Sign in again."
        )
    (user,) = await people.find_users(tx, [row["user_id"]])
    if user.status != AccountStatus.ACTIVE:
        await kept_tokens.revoke_family(tx, row["family_id"], now)
        return RefreshRefused("This refresh token has run out or was withdrawn. Sign in again.")
    await kept_tokens.mark_refresh_token_used(tx, row["id"], now)
    await kept_tokens.note_use(tx, row["family_id"], user_agent=user_agent[:400], place=place, now=now)
    proven = row["confirmed_at"] or row["began_at"]
    family_id = row["family_id"]
    return user, await next_tokens(tx, user=user, keys=keys, now=now, family_id=family_id, confirmed_at=proven)


def _too_old(row: Row, keys: tokens.TokenKeys, now: datetime) -> bool:
    """A sign-in ends some day, however often it is refreshed."""
    return bool(row["began_at"] + timedelta(seconds=keys.auth.session_longest) <= now)
