"""Give an API client tokens."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity import tokens
from hospes.modules.identity.contracts import Tokens, User
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def issue_tokens(
    tx: WriteTx, *, user: User, keys: tokens.TokenKeys, now: datetime, user_agent: str = "", place: str = ""
) -> Tokens:
    """An access token and the first refresh token of a new family, which is this sign-in; `place` is a network."""
    family_id = new_id()
    await kept_tokens.insert_family(
        tx, id=family_id, user_id=user.id, now=now, user_agent=user_agent[:400], place=place
    )
    return await next_tokens(tx, user=user, keys=keys, now=now, family_id=family_id, confirmed_at=now)


async def next_tokens(
    tx: WriteTx,
    *,
    user: User,
    keys: tokens.TokenKeys,
    now: datetime,
    family_id: UUID,
    confirmed_at: datetime,
) -> Tokens:
    """The next pair of a family; only the hash of the refresh token is kept."""
    refresh = tokens.new_refresh_token()
    await kept_tokens.insert_refresh_token(
        tx,
        id=new_id(),
        family_id=family_id,
        user_id=user.id,
        token_hash=tokens.refresh_token_hash(refresh),
        created_at=now,
        expires_at=now + timedelta(seconds=keys.auth.refresh_ttl),
    )
    access = tokens.sign_access_token(user, keys, now=now, family_id=family_id, confirmed_at=confirmed_at)
    return Tokens(access, refresh, keys.lasts)
