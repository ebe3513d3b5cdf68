"""Hashes and signatures."""

import time
from datetime import UTC, datetime, timedelta

import bcrypt
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from hospes.modules.identity import passwords, tokens
from hospes.modules.identity.contracts import AccountStatus, User
from hospes.platform.ids import new_id
from hospes.platform.settings import Auth

AUTH = Auth(secret="a-secret-of-the-tests-that-is-long-enough-for-hs256")
SECRET = AUTH.secret
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
ADA = User(
    id=new_id(),
    email="ada@example.com",
    first_name="Ada",
    last_name="Lovelace",
    roles=frozenset({"guest", "host"}),
    phone=None,
    born_on=None,
    language="en",
    zone="UTC",
    country=None,
    city=None,
    bio="",
    status=AccountStatus.ACTIVE,
    created_at=NOW,
    version=1,
)


async def test_a_password_is_kept_as_bcrypt_of_cost_10() -> None:
    kept = await passwords.hash_password("Correct-horse-7")
    assert kept.startswith("$2b$10$")
    assert bcrypt.checkpw(b"Correct-horse-7", kept.encode())
    assert await passwords.is_password("Correct-horse-7", kept)
    assert not await passwords.is_password("Correct-horse-8", kept)


async def test_two_long_passwords_that_agree_in_72_bytes_are_two_passwords() -> None:
    shared = "Aa1" + "x" * 80
    kept = await passwords.hash_password(shared + "left")
    assert await passwords.is_password(shared + "left", kept)
    assert not await passwords.is_password(shared + "right", kept)


async def test_without_an_account_no_password_fits_and_the_time_is_the_same() -> None:
    kept = await passwords.hash_password("Correct-horse-7")

    async def seconds(password_hash: str | None) -> float:
        started = time.perf_counter()
        assert not await passwords.is_password("Wrong-horse-7", password_hash)
        return time.perf_counter() - started

    known = min([await seconds(kept) for _ in range(4)])
    unknown = min([await seconds(None) for _ in range(4)])
    assert 0.5 < unknown / known < 2


def test_an_access_token_names_the_person_and_their_roles() -> None:
    token = tokens.sign_access_token(ADA, AUTH, now=NOW)
    claims = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"]).claims
    assert set(claims) == {"sub", "email", "name", "roles", "iat", "exp", "jti"}
    assert claims["exp"] - claims["iat"] == 900
    caller = tokens.read_access_token(token, SECRET, now=NOW)
    assert caller is not None
    assert (caller.user_id, caller.email, caller.name) == (ADA.id, "ada@example.com", "Ada Lovelace")
    assert caller.roles == {"guest", "host"}
    assert caller.via == "token"


def test_an_access_token_runs_out_after_15_minutes() -> None:
    token = tokens.sign_access_token(ADA, AUTH, now=NOW)
    assert tokens.read_access_token(token, SECRET, now=NOW + timedelta(minutes=14, seconds=59)) is not None
    assert tokens.read_access_token(token, SECRET, now=NOW + timedelta(minutes=15)) is None


def test_a_token_of_another_secret_or_without_a_signature_is_refused() -> None:
    token = tokens.sign_access_token(ADA, AUTH, now=NOW)
    head, body, signature = token.split(".")
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + body + "."
    assert tokens.read_access_token(token, SECRET + "x", now=NOW) is None
    assert tokens.read_access_token(unsigned, SECRET, now=NOW) is None
    assert tokens.read_access_token(f"{head}.{body[:-2]}AA.{signature}", SECRET, now=NOW) is None


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "\ud800", "é.é.é", "." * 5, "e30.e30.e30", "x" * 5000])
def test_what_is_no_token_is_refused_and_breaks_nothing(token: str) -> None:
    assert tokens.read_access_token(token, SECRET, now=NOW) is None


def test_a_well_signed_token_with_missing_claims_is_refused() -> None:
    for claims in ({}, {"exp": "soon"}, {"exp": 99999999999, "sub": "nobody", "email": "", "name": "", "roles": []}):
        token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        assert tokens.read_access_token(token, SECRET, now=NOW) is None


def test_reading_a_token_costs_less_than_60_microseconds() -> None:
    token = tokens.sign_access_token(ADA, AUTH, now=NOW)

    def microseconds() -> float:
        started = time.perf_counter()
        for _ in range(200):
            tokens.read_access_token(token, SECRET, now=NOW)
        return (time.perf_counter() - started) / 200 * 1e6

    assert min(microseconds() for _ in range(10)) < 60
