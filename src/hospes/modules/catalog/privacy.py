"""What the catalog knows of a person: businesses they own, and where they work."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hospes.modules.catalog.contracts import thumb_key
from hospes.modules.catalog.links import address_mark
from hospes.modules.identity import facade as identity
from hospes.platform.db import ReadTx, WriteTx
from hospes.platform.privacy import Attached, Copy, Obstacle, Sheet, sheet
from hospes.platform.runtime import Runtime

_MINE: LiteralString = "SELECT b.id FROM catalog.business AS b WHERE b.owner_id = %(user)s"
_PLACES: LiteralString = f"SELECT p.id FROM catalog.property AS p WHERE p.business_id IN ({_MINE})"  # noqa: S608
_BUSINESSES: LiteralString = "SELECT * FROM catalog.business WHERE owner_id = %(user)s"
_MEMBERSHIPS: LiteralString = "SELECT * FROM catalog.business_member WHERE user_id = %(user)s"
_SENT: LiteralString = (
    "SELECT business_id, role, status, created_at, sent_at, expires_at, closed_at FROM catalog.invitation"
    " WHERE invited_by = %(user)s ORDER BY id"
)
_GOT: LiteralString = (
    "SELECT business_id, role, status, created_at, sent_at, expires_at, closed_at FROM catalog.invitation"
    " WHERE address_mark = %(mark)s ORDER BY id"
)


async def export(tx: ReadTx, user_id: UUID) -> Copy:
    """Their businesses, places, what is sold there, pictures; and where they are a member."""
    sheets = [
        await sheet(tx, "businesses", "Businesses", _BUSINESSES, user_id),
        await sheet(tx, "memberships", "Where you work", _MEMBERSHIPS, user_id),
        await sheet(tx, "invitations-sent", "Invitations you sent", _SENT, user_id),
        Sheet("invitations", "Invitations to you", await tx.all(_GOT, {"mark": await _mark(tx, user_id)})),
        await sheet(
            tx,
            "places",
            "Places",
            f"SELECT * FROM catalog.property WHERE business_id IN ({_MINE}) ORDER BY id",  # noqa: S608
            user_id,
        ),
        await sheet(
            tx,
            "listings",
            "Listings",
            "SELECT r.* FROM catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id"  # noqa: S608
            f" WHERE p.business_id IN ({_MINE}) ORDER BY r.id",
            user_id,
        ),
    ]
    pictures = await _pictures(tx, user_id)
    return Copy(sheets, [Attached(f"pictures/{key.replace('/', '-')}", _loading(key)) for key in pictures])


async def obstacles(tx: ReadTx, user_id: UUID) -> list[Obstacle]:
    """Others work in a business that would go with its owner."""
    rows = await tx.all(
        "SELECT b.name FROM catalog.business AS b WHERE b.owner_id = %(user)s AND b.status <> 'DELETED' AND EXISTS"
        " (SELECT 1 FROM catalog.business_member AS m WHERE m.business_id = b.id AND m.user_id <> %(user)s)",
        {"user": user_id},
    )
    said = "Other people work in your business {}. Hand it over, or end their membership, first."
    return [Obstacle("business_has_members", said.format(row["name"]), "/host/members") for row in rows]


async def erase(tx: WriteTx, user_id: UUID, now: datetime) -> Sequence[str]:
    """Their businesses close, and keep neither names nor addresses nor pictures; invitations end on both sides."""
    await _end_invitations(tx, user_id, now)
    keys = await _pictures(tx, user_id)
    who = {"user": user_id, "now": now}
    await tx.run(f"DELETE FROM catalog.media WHERE property_id IN ({_PLACES})", who)  # noqa: S608
    await tx.run(
        "UPDATE catalog.unit SET name = position::text, active = false WHERE resource_id IN (SELECT r.id FROM"  # noqa: S608
        f" catalog.resource AS r JOIN catalog.property AS p ON p.id = r.property_id WHERE p.business_id IN ({_MINE}))",
        who,
    )
    await tx.run(
        "UPDATE catalog.resource SET name = 'Closed listing', description = '', details = '{}', active = false,"  # noqa: S608
        " updated_at = %(now)s, version = version + 1"
        f" WHERE property_id IN ({_PLACES})",
        who,
    )
    await tx.run(
        "UPDATE catalog.property SET name = 'Closed place', description = '', street = '', postcode = '',"  # noqa: S608
        " house_rules = '', review_note = '', latitude = round(latitude), longitude = round(longitude),"
        f" status = 'suspended', updated_at = %(now)s, version = version + 1 WHERE business_id IN ({_MINE})",
        who,
    )
    await tx.run(
        "UPDATE catalog.business SET name = 'Closed business', description = '', review_note = '', answer = '',"
        " asked_at = NULL, status = 'DELETED',"
        " updated_at = %(now)s, version = version + 1 WHERE owner_id = %(user)s",
        who,
    )
    await tx.run("DELETE FROM catalog.business_member WHERE user_id = %(user)s", who)
    return [each for key in keys for each in (key, thumb_key(key)) if not key.startswith("demo/")]


async def _end_invitations(tx: WriteTx, user_id: UUID, now: datetime) -> None:
    """Those they sent are taken back; of those to them only that there were some stays."""
    who = {"user": user_id, "mark": await _mark(tx, user_id), "now": now}
    await tx.run(
        "UPDATE catalog.invitation SET status = 'revoked', link_hash = NULL, closed_at = %(now)s"
        " WHERE (invited_by = %(user)s OR address_mark = %(mark)s) AND status = 'open'",
        who,
    )
    await tx.run("DELETE FROM catalog.invitation_letter WHERE address_mark = %(mark)s", who)
    await tx.run(
        "UPDATE catalog.invitation SET address = NULL, address_mark = NULL"
        " WHERE invited_by = %(user)s OR address_mark = %(mark)s",
        who,
    )


async def _mark(tx: ReadTx, user_id: UUID) -> bytes:
    return address_mark(tx.keyring, (await identity.get_user(tx, user_id)).email)


async def _pictures(tx: ReadTx, user_id: UUID) -> list[str]:
    """Keys of pictures that nobody else shows."""
    rows = await tx.all(
        "SELECT DISTINCT m.storage_key FROM catalog.media AS m JOIN catalog.property AS p ON p.id = m.property_id"  # noqa: S608
        f" WHERE p.business_id IN ({_MINE}) AND NOT EXISTS (SELECT 1 FROM catalog.media AS o JOIN catalog.property AS q"
        f" ON q.id = o.property_id WHERE o.storage_key = m.storage_key AND q.business_id NOT IN ({_MINE}))",
        {"user": user_id},
    )
    return [row["storage_key"] for row in rows]


def _loading(key: str) -> Callable[[Runtime], Awaitable[bytes]]:
    async def load(rt: Runtime) -> bytes:
        return await rt.storage.get(key)

    return load
