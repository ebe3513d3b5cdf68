"""The queue of businesses that admins decide about: what they search by, and the facts they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from hospes.modules.catalog.contracts import Business, BusinessStatus, BusinessType
from hospes.modules.catalog.queries import BUSINESS, as_business
from hospes.modules.identity import facade as identity
from hospes.modules.identity.contracts import User
from hospes.platform.db import ReadTx
from hospes.platform.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A business with its owner's state; `paid_to` is the state of its payout account, empty without one."""

    business: Business
    owner: User | None
    identity_verified: bool
    paid_to: str
    submitted: int
    approved: int


async def find_candidates(
    rt: Runtime,
    tx: ReadTx,
    *,
    status: BusinessStatus | None,
    kind: BusinessType | None,
    said: str,
    after: UUID | None,
    limit: int,
) -> list[Candidate]:
    """The oldest first, after one of them. `said` is part of a business's name, or the address of its owner."""
    owner = await identity.find_by_email(tx, said) if "@" in said else None
    sql: LiteralString = f"""
        SELECT {BUSINESS},
               (SELECT count(*) FROM catalog.property AS p WHERE p.business_id = b.id AND p.status = 'submitted')
               AS submitted,
               (SELECT count(*) FROM catalog.property AS p WHERE p.business_id = b.id AND p.status = 'approved')
               AS approved
        FROM catalog.business AS b
        WHERE (%(status)s::text IS NULL AND b.status <> 'DELETED' OR b.status = %(status)s)
          AND (%(kind)s::text IS NULL OR b.type = %(kind)s)
          AND (%(said)s = '' OR strpos(lower(b.name), lower(%(said)s)) > 0 OR b.owner_id = %(owner)s)
          AND (%(after)s::uuid IS NULL OR b.id > %(after)s)
        ORDER BY b.id LIMIT %(limit)s::bigint"""  # noqa: S608
    values = {"status": status, "kind": kind, "said": said, "owner": owner.id if owner else None}
    rows = await tx.all(sql, {**values, "after": after, "limit": limit})
    counts = [(row.pop("submitted"), row.pop("approved")) for row in rows]
    found = [as_business(row) for row in rows]
    owners = await identity.users_by_id(tx, [each.owner_id for each in found])
    verified = await identity.identities_verified(tx, [each.owner_id for each in found])
    paid = await _paid_to(rt, tx, [each.id for each in found])
    return [
        Candidate(each, owners.get(each.owner_id), each.owner_id in verified, paid.get(each.id, ""), *count)
        for each, count in zip(found, counts, strict=True)
    ]


async def _paid_to(rt: Runtime, tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, str]:
    """What the module of payouts says, where it runs."""
    if rt.ports.paid_to is None:
        return {}
    found: dict[UUID, str] = await rt.ports.paid_to(tx, ids)
    return found
