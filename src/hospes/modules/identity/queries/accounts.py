"""The read side of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from hospes.modules.identity.contracts import AccountStatus, User
from hospes.platform.db import ReadTx, Row

_USER: LiteralString = """
SELECT u.id, u.email, u.first_name, u.last_name, u.phone, u.born_on, u.language, u.zone, u.country, u.city,
       u.bio, u.status, u.created_at, u.version,
       ARRAY(SELECT r.role FROM identity.role_grant r WHERE r.user_id = u.id) AS roles
  FROM identity.user_account u
"""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against."""

    user_id: UUID
    password_hash: str
    status: AccountStatus


async def find_users(tx: ReadTx, ids: Sequence[UUID]) -> list[User]:
    """Those of the accounts that exist, in no order."""
    rows = await tx.all(f"{_USER} WHERE u.id = ANY(%s)", (list(ids),))
    return [_user(row) for row in rows]


async def list_people(
    tx: ReadTx,
    *,
    after: UUID | None,
    limit: int,
    role: str | None,
    country: str | None,
    birthday: tuple[int, int] | None,
) -> list[User]:
    """Active accounts in the order of their ids."""
    month, day = birthday or (None, None)
    rows = await tx.all(
        f"{_USER} WHERE u.status = 'active' AND (%(after)s::uuid IS NULL OR u.id > %(after)s)"  # noqa: S608
        " AND (%(country)s::text IS NULL OR u.country = %(country)s)"
        " AND (%(role)s::text IS NULL OR EXISTS"
        "   (SELECT 1 FROM identity.role_grant AS g WHERE g.user_id = u.id AND g.role = %(role)s))"
        " AND (%(month)s::integer IS NULL"
        "   OR (EXTRACT(month FROM u.born_on) = %(month)s::integer AND EXTRACT(day FROM u.born_on) = %(day)s::integer))"
        " ORDER BY u.id LIMIT %(limit)s::bigint",
        {"after": after, "country": country, "role": role, "month": month, "day": day, "limit": limit},
    )
    return [_user(row) for row in rows]


async def find_credentials(tx: ReadTx, email: str) -> Credentials | None:
    """By email address, whatever its case."""
    row = await tx.find(
        "SELECT id, password_hash, status FROM identity.user_account WHERE email_key = lower(%s)", (email,)
    )
    return Credentials(row["id"], row["password_hash"], AccountStatus(row["status"])) if row else None


def _user(row: Row) -> User:
    return User(**{**row, "roles": frozenset(row["roles"]), "status": AccountStatus(row["status"])})
