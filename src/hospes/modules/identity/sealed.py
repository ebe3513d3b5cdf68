"""A person's facts as they are kept: one sealed document under a key of their own, and marks to find them by."""

from dataclasses import asdict
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from hospes.modules.identity.contracts import EmergencyContact, Person
from hospes.platform.sealing import DataKey, Keyring


class SealedPerson(NamedTuple):
    """The columns of `identity.user_account` that hold a person; the names of the fields are theirs."""

    person: bytes
    data_key: bytes
    email_mark: bytes
    phone_mark: bytes | None
    birthday_mark: bytes | None


def seal_person(keyring: Keyring, user_id: UUID, person: Person, wrapped: bytes | None = None) -> SealedPerson:
    """The person under their key, or under a new one when they have none yet; raises `SealBroken`."""
    if wrapped is None:
        key, wrapped = keyring.new_data_key(place(user_id, "data_key"))
    else:
        key = open_key(keyring, user_id, wrapped)
    return SealedPerson(
        person=key.seal(orjson.dumps(asdict(person)), place(user_id, "person")),
        data_key=wrapped,
        email_mark=email_mark(keyring, person.email),
        phone_mark=phone_mark(keyring, person.phone) if person.phone else None,
        birthday_mark=birthday_mark(keyring, person.born_on.month, person.born_on.day) if person.born_on else None,
    )


def open_person(keyring: Keyring, user_id: UUID, wrapped: bytes, sealed: bytes) -> Person:
    """The facts; raises `SealBroken` when they are another's or the key is missing."""
    said: dict[str, Any] = orjson.loads(open_key(keyring, user_id, wrapped).unseal(sealed, place(user_id, "person")))
    if said["born_on"]:
        said["born_on"] = date.fromisoformat(said["born_on"])
    if said["emergency_contact"]:
        said["emergency_contact"] = EmergencyContact(**said["emergency_contact"])
    return Person(**said)


def open_key(keyring: Keyring, user_id: UUID, wrapped: bytes) -> DataKey:
    """The person's key; raises `SealBroken`."""
    return keyring.data_key(wrapped, place(user_id, "data_key"))


def place(user_id: UUID, column: str) -> bytes:
    """Where a sealed value of a person belongs: it opens in no other row and no other column."""
    return f"identity.user_account.{column}:{user_id}".encode()


def email_mark(keyring: Keyring, email: str) -> bytes:
    """Equal for one address in whatever case."""
    return keyring.blind(email.strip().lower(), "email")


def phone_mark(keyring: Keyring, phone: str) -> bytes:
    """Of a number in E.164."""
    return keyring.blind(phone, "phone")


def birthday_mark(keyring: Keyring, month: int, day: int) -> bytes:
    """Of a day of the year."""
    return keyring.blind(f"{month:02}-{day:02}", "birthday")
