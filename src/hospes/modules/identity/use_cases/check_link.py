"""Judge a link that somebody has opened and confirmed."""

from datetime import datetime

from hospes.modules.identity import codes
from hospes.modules.identity.contracts import Proof, Purpose
from hospes.modules.identity.errors import LinkRefused
from hospes.modules.identity.store import challenges
from hospes.platform.db import WriteTx

_LENGTH = 43


async def check_link(tx: WriteTx, *, link: str, purposes: tuple[Purpose, ...], now: datetime) -> Proof:
    """What the link proves, once; with it every other link and code of the same purpose is used up.

    Raises `LinkRefused` when it is unknown, of another purpose, too old or was used before.
    """
    if len(link) != _LENGTH or not link.isascii():
        raise LinkRefused("This link is not complete. Copy all of it from the mail.")
    row = await challenges.use_link(tx, codes.link_hash(tx.keyring, link), purposes, now=now)
    if row is None or row["user_id"] is None:
        raise LinkRefused("This link is no longer good: it was used before, or is too old. Ask for a new one.")
    await challenges.use_up(tx, row["id"], now=now)
    address = tx.keyring.unseal(row["target"], row["id"].bytes).decode()
    return Proof(row["id"], row["user_id"], Purpose(row["purpose"]), address, row["created_at"])
