"""The read side of accounts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import LiteralString
from uuid import UUID

from hospes.modules.identity.contracts import AccountStatus, Person, User
from hospes.modules.identity.sealed import birthday_mark, email_mark, open_person, phone_mark
from hospes.platform.db import ReadTx, Row
from hospes.platform.sealing import Keyring, SealBroken

_USER: LiteralString = """
SELECT u.id, u.person, u.data_key, u.language, u.zone, u.country, u.status, u.created_at, u.version,
       u.email_verified_at, u.phone_verified_at, u.photo, u.currency,
       ARRAY(SELECT r.role FROM identity.role_grant r WHERE r.user_id = u.id) AS roles
  FROM identity.user_account u
"""

_FORGOTTEN = Person(email="", first_name="Deleted", last_name="account")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a password is checked against."""

    user_id: UUID
    password_hash: str | None  # None: they sign in another way
    status: AccountStatus


async def find_users(tx: ReadTx, ids: Sequence[UUID]) -> list[User]:
    """Those of the accounts that exist, in no order."""
    rows = await tx.all(f"{_USER} WHERE u.id = ANY(%s)", (list(ids),))
    return [_user(tx.keyring, row) for row in rows]


async def find_by_email(tx: ReadTx, email: str) -> User | None:
    """The account with this address, whatever its case and status."""
    row = await tx.find(f"{_USER} WHERE u.email_mark = %s", (email_mark(tx.keyring, email),))
    return _user(tx.keyring, row) if row else None


async def find_by_phone(tx: ReadTx, phone: str, *, limit: int = 10) -> list[User]:
    """Accounts with this number (E.164), the oldest first: several people may share one."""
    rows = await tx.all(
        f"{_USER} WHERE u.phone_mark = %s ORDER BY u.id LIMIT %s::bigint", (phone_mark(tx.keyring, phone), limit)
    )
    return [_user(tx.keyring, row) for row in rows]


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
    rows = await tx.all(
        f"{_USER} WHERE u.status = 'active' AND (%(after)s::uuid IS NULL OR u.id > %(after)s)"  # noqa: S608
        " AND (%(country)s::text IS NULL OR u.country = %(country)s)"
        " AND (%(role)s::text IS NULL OR EXISTS"
        "   (SELECT 1 FROM identity.role_grant AS g WHERE g.user_id = u.id AND g.role = %(role)s))"
        " AND (%(birthday)s::bytea IS NULL OR u.birthday_mark = %(birthday)s)"
        " ORDER BY u.id LIMIT %(limit)s::bigint",
        {
            "after": after,
            "country": country,
            "role": role,
            "birthday": birthday_mark(tx.keyring, *birthday) if birthday else None,
            "limit": limit,
        },
    )
    return [_user(tx.keyring, row) for row in rows]


async def find_credentials(tx: ReadTx, email: str) -> Credentials | None:
    """By email address, whatever its case."""
    row = await tx.find(
        "SELECT id, password_hash, status FROM identity.user_account WHERE email_mark = %s",
        (email_mark(tx.keyring, email),),
    )
    return Credentials(row["id"], row["password_hash"], AccountStatus(row["status"])) if row else None


def _user(keyring: Keyring, row: Row) -> User:
    person, data_key = row.pop("person"), row.pop("data_key")
    if data_key is not None:
        known = open_person(keyring, row["id"], data_key, person)
    elif row["status"] == AccountStatus.DELETED:
        known = _FORGOTTEN
    else:
        raise SealBroken("An account is not sealed yet: run `hospes migrate`.")
    row["roles"], row["status"] = frozenset(row["roles"]), AccountStatus(row["status"])
    return User(**row, **{name: getattr(known, name) for name in _PERSON})


_PERSON = tuple(asdict(_FORGOTTEN))
