"""Give an API client its first tokens."""

from datetime import datetime
from uuid import UUID

from hospes.modules.identity import store, tokens
from hospes.modules.identity.contracts import Tokens, User
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def issue_tokens(tx: WriteTx, *, user: User, secret: str, now: datetime, family_id: UUID | None = None) -> Tokens:
    """An access token for 15 minutes and a refresh token for 7 days, of a new family unless one is given."""
    refresh = tokens.new_refresh_token()
    await store.insert_refresh_token(
        tx,
        id=new_id(),
        family_id=family_id or new_id(),
        user_id=user.id,
        token_hash=tokens.refresh_token_hash(refresh),
        created_at=now,
        expires_at=now + tokens.REFRESH_LASTS,
    )
    access = tokens.sign_access_token(user, secret, now=now)
    return Tokens(access, refresh, int(tokens.ACCESS_LASTS.total_seconds()))
