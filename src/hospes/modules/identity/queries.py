"""The read side of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hospes.modules.identity.contracts import AccountStatus, User
from hospes.platform.db import ReadTx, Row


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against."""

    user_id: UUID
    password_hash: str
    status: AccountStatus


async def find_users(tx: ReadTx, ids: Sequence[UUID]) -> list[User]:
    """Those of the accounts that exist, in no order."""
    rows = await tx.all(
        """
        SELECT u.id, u.email, u.first_name, u.last_name, u.phone, u.born_on, u.language, u.zone, u.country, u.city,
               u.bio, u.status, u.created_at, u.version,
               ARRAY(SELECT r.role FROM identity.role_grant r WHERE r.user_id = u.id) AS roles
          FROM identity.user_account u WHERE u.id = ANY(%s)
        """,
        (list(ids),),
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
