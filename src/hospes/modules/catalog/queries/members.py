"""Reading who works for a business, and who is invited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from hospes.modules.catalog.contracts import MemberRole
from hospes.modules.catalog.links import place_of
from hospes.platform.db import ReadTx, Row
from hospes.platform.sealing import Keyring

INVITATION: LiteralString = (
    "i.id, i.business_id, i.role, i.invited_by, i.address, i.status, i.created_at, i.sent_at, i.expires_at, i.closed_at"
)


class InvitationStatus(StrEnum):
    """Only an open one can be answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody's part in a business; `joined_at` is None for who came before this was written down."""

    business_id: UUID
    user_id: UUID
    role: MemberRole
    joined_at: datetime | None
    invited_by: UUID | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody is asked to work for a business; `address` is empty once it is forgotten."""

    id: UUID
    business_id: UUID
    role: MemberRole
    invited_by: UUID
    address: str
    status: InvitationStatus
    created_at: datetime
    sent_at: datetime
    expires_at: datetime
    closed_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it can be answered."""
        return self.status is InvitationStatus.OPEN and now < self.expires_at


def as_invitation(keyring: Keyring, row: Row) -> Invitation:
    """A row of `INVITATION`."""
    sealed = row["address"]
    address = keyring.unseal(bytes(sealed), place_of(row["id"])).decode() if sealed is not None else ""
    return Invitation(
        **{
            **row,
            "role": MemberRole(row["role"]),
            "status": InvitationStatus(row["status"]),
            "address": address,
        }
    )


async def list_memberships(tx: ReadTx, business_id: UUID) -> list[Membership]:
    """Who works there: the owner, then managers, then staff."""
    rows = await tx.all(
        "SELECT m.business_id, m.user_id, m.role, m.joined_at, m.invited_by FROM catalog.business_member AS m"
        " WHERE m.business_id = %s ORDER BY array_position(ARRAY['owner', 'manager', 'staff'], m.role),"
        " m.joined_at NULLS FIRST, m.user_id LIMIT 500",
        (business_id,),
    )
    return [Membership(**{**row, "role": MemberRole(row["role"])}) for row in rows]


async def list_open(tx: ReadTx, business_id: UUID) -> list[Invitation]:
    """Invitations nobody has answered yet, those that have run out too, the newest first."""
    rows = await tx.all(
        f"SELECT {INVITATION} FROM catalog.invitation AS i WHERE i.business_id = %s AND i.status = 'open'"  # noqa: S608
        " ORDER BY i.id DESC LIMIT 200",
        (business_id,),
    )
    return [as_invitation(tx.keyring, row) for row in rows]


async def find_by_link(tx: ReadTx, link_hash: bytes) -> Invitation | None:
    """The open invitation of this link, run out or not."""
    row = await tx.find(f"SELECT {INVITATION} FROM catalog.invitation AS i WHERE i.link_hash = %s", (link_hash,))  # noqa: S608
    return as_invitation(tx.keyring, row) if row else None


async def find_invitation(tx: ReadTx, invitation_id: UUID) -> Invitation | None:
    """Any invitation."""
    row = await tx.find(f"SELECT {INVITATION} FROM catalog.invitation AS i WHERE i.id = %s", (invitation_id,))  # noqa: S608
    return as_invitation(tx.keyring, row) if row else None


async def list_parts_of(tx: ReadTx, user_id: UUID) -> list[tuple[UUID, str, MemberRole]]:
    """Where somebody works: id and name of the business, and their part; an owned one first."""
    rows = await tx.all(
        "SELECT b.id, b.name, bm.role FROM catalog.business_member AS bm JOIN catalog.business AS b"
        " ON b.id = bm.business_id WHERE bm.user_id = %s AND b.status <> 'DELETED'"
        " ORDER BY (bm.role = 'owner') DESC, b.id LIMIT 50",
        (user_id,),
    )
    return [(row["id"], row["name"], MemberRole(row["role"])) for row in rows]
