"""Trips to a provider and back, and what came of them, kept by the browser in sealed cookies.

Nothing is kept here: a cookie opens only with our keys, only for the purpose it was sealed for, and not for long.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from hospes.modules.identity.providers.port import Errand, Vouched
from hospes.platform.sealing import Keyring, SealBroken

Why = Literal["enter", "link", "confirm"]

TRIP_LASTS = 600
RESULT_LASTS = 900
_TRIP_SEAL = "sign-in-errand"
_RESULT_SEAL = "sign-in-vouched"


@dataclass(frozen=True, slots=True)
class Trip:
    """A browser on its way to a provider; `user_id` is who it belongs to when somebody is signed in already."""

    provider: str
    why: Why
    errand: Errand
    next_page: str
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class Result:
    """Whom a provider vouched for, while the person decides or gives what is missing."""

    vouched: Vouched
    why: Why
    next_page: str
    user_id: UUID | None


def new_errand(back: str, *, again: bool = False) -> Errand:
    """With a state, nonce and PKCE verifier that nobody can guess."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Errand(back, state, nonce, verifier, again)


def seal_trip(keyring: Keyring, trip: Trip, *, now: datetime) -> str:
    """The trip as a cookie."""
    return _sealed(keyring, asdict(trip), _TRIP_SEAL, now)


def open_trip(keyring: Keyring, cookie: str, *, now: datetime) -> Trip | None:
    """The trip, or None when the cookie is not one of ours or is too old."""
    said = _opened(keyring, cookie, _TRIP_SEAL, TRIP_LASTS, now)
    if said is None:
        return None
    said["errand"], said["user_id"] = Errand(**said["errand"]), _uuid(said["user_id"])
    return Trip(**said)


def seal_result(keyring: Keyring, result: Result, *, now: datetime) -> str:
    """The result as a cookie."""
    return _sealed(keyring, asdict(result), _RESULT_SEAL, now)


def open_result(keyring: Keyring, cookie: str, *, now: datetime) -> Result | None:
    """The result, or None when the cookie is not one of ours or is too old."""
    said = _opened(keyring, cookie, _RESULT_SEAL, RESULT_LASTS, now)
    return (
        Result(**{**said, "vouched": Vouched(**said["vouched"]), "user_id": _uuid(said["user_id"])}) if said else None
    )


def _sealed(keyring: Keyring, said: dict[str, Any], purpose: str, now: datetime) -> str:
    return keyring.seal_text(orjson.dumps({**said, "sealed_at": now.timestamp()}).decode(), purpose)


def _opened(keyring: Keyring, cookie: str, purpose: str, lasts: int, now: datetime) -> dict[str, Any] | None:
    if not cookie or len(cookie) > 4000:
        return None
    try:
        said = orjson.loads(keyring.unseal_text(cookie, purpose))
    except SealBroken:
        return None
    age = now.timestamp() - said.pop("sealed_at")
    return dict(said) if 0 <= age < lasts else None


def _uuid(said: object) -> UUID | None:
    return UUID(str(said)) if said else None
