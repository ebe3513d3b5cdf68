"""Give an API client its first tokens."""

from datetime import datetime, timedelta
from uuid import UUID

from hospes.modules.identity import tokens
from hospes.modules.identity.contracts import Tokens, User
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id
from hospes.platform.settings import Auth


async def issue_tokens(tx: WriteTx, *, user: User, auth: Auth, now: datetime, family_id: UUID | None = None) -> Tokens:
    """An access token and a refresh token of a new family, unless one is given; only the hash of the latter is kept."""
    refresh = tokens.new_refresh_token()
    await kept_tokens.insert_refresh_token(
        tx,
        id=new_id(),
        family_id=family_id or new_id(),
        user_id=user.id,
        token_hash=tokens.refresh_token_hash(refresh),
        created_at=now,
        expires_at=now + timedelta(seconds=auth.refresh_ttl),
    )
    access = tokens.sign_access_token(user, auth, now=now)
    return Tokens(access, refresh, auth.access_ttl)
