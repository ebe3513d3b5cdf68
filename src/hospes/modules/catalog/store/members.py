"""The write side of members and invitations."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation

from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.links import place_of
from hospes.modules.catalog.queries.members import INVITATION, Invitation, InvitationStatus, as_invitation
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id


async def lock_mailbox(tx: WriteTx, mark: bytes) -> None:
    """Whoever else invites this address waits until this transaction ends."""
    await tx.find("SELECT pg_advisory_xact_lock(hashtextextended(%s, 40)) AS locked", (mark.hex(),))


async def letters_of_business(tx: WriteTx, business_id: UUID, since: datetime) -> list[datetime]:
    """When this business sent invitations after that instant."""
    rows = await tx.all(
        "SELECT sent_at FROM catalog.invitation_letter WHERE business_id = %s AND sent_at > %s", (business_id, since)
    )
    return [row["sent_at"] for row in rows]


async def letters_to(tx: WriteTx, mark: bytes, since: datetime) -> list[datetime]:
    """When this address was sent invitations after that instant, whoever sent them."""
    rows = await tx.all(
        "SELECT sent_at FROM catalog.invitation_letter WHERE address_mark = %s AND sent_at > %s", (mark, since)
    )
    return [row["sent_at"] for row in rows]


async def insert_invitation(
    tx: WriteTx,
    invitation_id: UUID,
    business_id: UUID,
    *,
    role: MemberRole,
    invited_by: UUID,
    address: str,
    mark: bytes,
    link_hash: bytes,
    expires_at: datetime,
    now: datetime,
) -> Invitation | None:
    """A new one; None while another to this address is open."""
    sql: LiteralString = f"""
        INSERT INTO catalog.invitation AS i (id, business_id, role, invited_by, address, address_mark, link_hash,
               created_at, sent_at, expires_at)
        VALUES (%(id)s, %(business)s, %(role)s, %(by)s, %(address)s, %(mark)s, %(link)s, %(now)s, %(now)s, %(until)s)
        ON CONFLICT (business_id, address_mark) WHERE status = 'open' DO NOTHING RETURNING {INVITATION}"""  # noqa: S608
    values = {
        "id": invitation_id,
        "business": business_id,
        "role": str(role),
        "by": invited_by,
        "address": tx.keyring.seal(address.encode(), place_of(invitation_id)),
        "mark": mark,
        "link": link_hash,
        "now": now,
        "until": expires_at,
    }
    row = await tx.find(sql, values)
    return as_invitation(tx.keyring, row) if row else None


async def note_letter(tx: WriteTx, invitation: Invitation, mark: bytes, now: datetime) -> None:
    """One more left."""
    await tx.run(
        "INSERT INTO catalog.invitation_letter (id, invitation_id, business_id, address_mark, sent_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (new_id(), invitation.id, invitation.business_id, mark, now),
    )


async def renew_link(
    tx: WriteTx, business_id: UUID, invitation_id: UUID, *, link_hash: bytes, expires_at: datetime, now: datetime
) -> Invitation | None:
    """Another link in the place of the one before; None when it is not open."""
    sql: LiteralString = f"""
        UPDATE catalog.invitation AS i SET link_hash = %(link)s, sent_at = %(now)s, expires_at = %(until)s
        WHERE i.id = %(id)s AND i.business_id = %(business)s AND i.status = 'open' RETURNING {INVITATION}"""  # noqa: S608
    values = {"id": invitation_id, "business": business_id, "link": link_hash, "now": now, "until": expires_at}
    row = await tx.find(sql, values)
    return as_invitation(tx.keyring, row) if row else None


async def close_invitation(tx: WriteTx, invitation_id: UUID, to: InvitationStatus, now: datetime) -> Invitation | None:
    """No longer open, and its link is gone; None when it was closed before."""
    sql: LiteralString = f"""
        UPDATE catalog.invitation AS i SET status = %(to)s, link_hash = NULL, closed_at = %(now)s
        WHERE i.id = %(id)s AND i.status = 'open' RETURNING {INVITATION}"""  # noqa: S608
    row = await tx.find(sql, {"id": invitation_id, "to": str(to), "now": now})
    return as_invitation(tx.keyring, row) if row else None


async def revoke_of_inviter(
    tx: WriteTx, business_id: UUID, user_id: UUID, roles: tuple[str, ...], now: datetime
) -> list[UUID]:
    """Take back what somebody has sent for these roles; answers the ids of the invitations."""
    rows = await tx.all(
        "UPDATE catalog.invitation SET status = 'revoked', link_hash = NULL, closed_at = %s"
        " WHERE business_id = %s AND invited_by = %s AND role = ANY(%s) AND status = 'open' RETURNING id",
        (now, business_id, user_id, list(roles)),
    )
    return [row["id"] for row in rows]


async def insert_member(
    tx: WriteTx, business_id: UUID, user_id: UUID, role: MemberRole, *, invited_by: UUID, now: datetime
) -> bool:
    """False when they work there already."""
    done = await tx.run(
        "INSERT INTO catalog.business_member (business_id, user_id, role, joined_at, invited_by)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (business_id, user_id) DO NOTHING",
        (business_id, user_id, str(role), now, invited_by),
    )
    return done == 1


async def set_role(tx: WriteTx, business_id: UUID, user_id: UUID, role: MemberRole, *, seen: MemberRole) -> bool:
    """Another part; False unless theirs is the one seen."""
    done = await tx.run(
        "UPDATE catalog.business_member SET role = %s WHERE business_id = %s AND user_id = %s AND role = %s",
        (str(role), business_id, user_id, str(seen)),
    )
    return done == 1


async def delete_member(tx: WriteTx, business_id: UUID, user_id: UUID) -> bool:
    """Gone; an owner stays whatever is asked."""
    done = await tx.run(
        "DELETE FROM catalog.business_member WHERE business_id = %s AND user_id = %s AND role <> 'owner'",
        (business_id, user_id),
    )
    return done == 1


async def set_owner(tx: WriteTx, business_id: UUID, user_id: UUID, *, seen: UUID, now: datetime) -> bool:
    """The business is theirs; False unless it was that of `seen`, or when they own another one."""
    try:
        async with tx.savepoint():
            done = await tx.run(
                "UPDATE catalog.business AS b SET owner_id = %s, updated_at = %s, version = b.version + 1"
                " WHERE b.id = %s AND b.owner_id = %s",
                (user_id, now, business_id, seen),
            )
    except UniqueViolation:  # business_one_per_owner
        return False
    return done == 1


async def expire(tx: WriteTx, now: datetime) -> int:
    """Close what has run out."""
    return await tx.run(
        "UPDATE catalog.invitation SET status = 'expired', link_hash = NULL, closed_at = %(now)s"
        " WHERE status = 'open' AND expires_at <= %(now)s",
        {"now": now},
    )


async def forget_addresses(tx: WriteTx, before: datetime) -> list[tuple[UUID, UUID]]:
    """Of invitations closed before that, only that there was one stays; answers ids of them and of their business."""
    rows = await tx.all(
        "UPDATE catalog.invitation SET address = NULL, address_mark = NULL"
        " WHERE status <> 'open' AND closed_at < %s AND address IS NOT NULL RETURNING id, business_id",
        (before,),
    )
    return [(row["id"], row["business_id"]) for row in rows]


async def forget_letters(tx: WriteTx, before: datetime) -> None:
    """Those that no limit counts any more."""
    await tx.run("DELETE FROM catalog.invitation_letter WHERE sent_at < %s", (before,))
