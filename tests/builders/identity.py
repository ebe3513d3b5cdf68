"""People for tests: plain inserts, ready to sign in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

import bcrypt

from hospes.modules.identity.contracts import AccountStatus, Person, User
from hospes.modules.identity.sealed import seal_person
from hospes.platform.db import WriteTx
from hospes.platform.ids import new_id

PASSWORD = "Correct-horse-7"
JOINED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@cache
def quick_hash(password: str) -> str:
    """A bcrypt hash of the lowest cost, so that a test does not wait for it."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


async def a_user(
    tx: WriteTx,
    *,
    id: UUID | None = None,
    email: str | None = None,
    password: str = PASSWORD,
    first_name: str = "Ada",
    last_name: str = "Lovelace",
    roles: Iterable[str] = ("guest",),
    phone: str | None = None,
    born_on: date | None = date(1990, 5, 31),
    zone: str = "UTC",
    status: AccountStatus = AccountStatus.ACTIVE,
    verified: bool = True,
    now: datetime = JOINED_AT,
) -> User:
    """An account with these roles; its email is unique unless given, its password is `PASSWORD`."""
    user_id = id or new_id()
    user = User(
        id=user_id,
        email=email or f"person-{user_id.hex[-12:]}@example.com",
        first_name=first_name,
        last_name=last_name,
        roles=frozenset(roles),
        phone=phone,
        born_on=born_on,
        language="en",
        zone=zone,
        country=None,
        city=None,
        bio="",
        status=status,
        created_at=now,
        version=1,
        email_verified_at=now if verified else None,
    )
    sealed = seal_person(tx.keyring, user.id, Person(user.email, first_name, last_name, phone, born_on))
    await tx.run(
        "INSERT INTO identity.user_account (id, person, data_key, email_mark, phone_mark, birthday_mark,"
        " password_hash, zone, status, created_at, updated_at, email_verified_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (user.id, *sealed, quick_hash(password), zone, str(status), now, now, user.email_verified_at),
    )
    for role in sorted(user.roles):
        await tx.run(
            "INSERT INTO identity.role_grant (user_id, role, granted_at) VALUES (%s, %s, %s)", (user.id, role, now)
        )
    return user


async def a_host(tx: WriteTx, **changes: object) -> User:
    """A guest who is also a host."""
    return await a_user(tx, **{"first_name": "Hugo", "last_name": "Host", "roles": ("guest", "host"), **changes})  # type: ignore[arg-type]


async def an_admin(tx: WriteTx, **changes: object) -> User:
    """A guest who is also an admin."""
    return await a_user(tx, **{"first_name": "Alma", "last_name": "Admin", "roles": ("guest", "admin"), **changes})  # type: ignore[arg-type]
