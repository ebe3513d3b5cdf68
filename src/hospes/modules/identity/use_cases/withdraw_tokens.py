"""End an API client's sign-in."""

from datetime import datetime

from hospes.modules.identity import tokens
from hospes.modules.identity.store import tokens as kept_tokens
from hospes.platform.db import WriteTx


async def withdraw_tokens(tx: WriteTx, *, refresh_token: str, now: datetime) -> None:
    """Withdraw every token of the sign-in this refresh token belongs to; an unknown one is no error."""
    row = await kept_tokens.find_refresh_token_for_change(tx, tokens.refresh_token_hash(refresh_token))
    if row is not None:
        await kept_tokens.revoke_family(tx, row["family_id"], now)
