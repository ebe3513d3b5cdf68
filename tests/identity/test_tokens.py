"""Access tokens: what they say, who may have signed them, and everything that is refused."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from hospes.modules.identity import tokens
from hospes.modules.identity.contracts import AccountStatus, User
from hospes.modules.identity.tokens import TokenKey, TokenKeys
from hospes.platform.ids import new_id
from tests.builders.tokens import AUTH, some_keys

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
KEYS = some_keys()
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": KEYS.signer(NOW).key.kid}


def good_claims() -> dict[str, Any]:
    """What a token of ours says."""
    at = int(NOW.timestamp())
    return {
        "iss": KEYS.issuer,
        "aud": KEYS.audience,
        "sub": str(ADA.id),
        "sid": "",
        "email": ADA.email,
        "name": ADA.name,
        "roles": ["guest"],
        "iat": at,
        "nbf": at,
        "exp": at + 900,
        "auth_time": at,
        "jti": str(new_id()),
    }


def signed(claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    """By our own key."""
    return jwt.encode(header or HEADER, claims, KEYS.signer(NOW).key)


def part(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def test_an_access_token_names_the_person_their_roles_and_when_they_proved_themselves() -> None:
    family = new_id()
    token = tokens.sign_access_token(ADA, KEYS, now=NOW, family_id=family, confirmed_at=NOW - timedelta(minutes=3))
    read = jwt.decode(token, KEYS.signer(NOW).key, algorithms=["ES256"])
    assert read.header == HEADER
    assert set(read.claims) == set(good_claims())
    assert read.claims["exp"] - read.claims["iat"] == 900
    caller = tokens.read_access_token(token, KEYS, now=NOW)
    assert caller is not None
    assert (caller.user_id, caller.email, caller.name) == (ADA.id, "ada@example.com", "Ada Lovelace")
    assert (caller.roles, caller.via, caller.session) == ({"guest", "host"}, "token", str(family))
    assert caller.confirmed_at == NOW - timedelta(minutes=3)


def test_an_access_token_runs_out_after_15_minutes() -> None:
    token = tokens.sign_access_token(ADA, KEYS, now=NOW)
    assert tokens.read_access_token(token, KEYS, now=NOW + timedelta(minutes=14, seconds=59)) is not None
    assert tokens.read_access_token(token, KEYS, now=NOW + timedelta(minutes=15)) is None


def test_the_control_a_token_made_by_hand_with_our_key_is_taken() -> None:
    assert tokens.read_access_token(signed(good_claims()), KEYS, now=NOW) is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-api"},
        {"aud": ["another-api"]},
        {"nbf": int(NOW.timestamp()) + 60},
        {"iat": int(NOW.timestamp()) + 60},
        {"exp": int(NOW.timestamp())},
        {"exp": "soon"},
        {"sub": "nobody"},
    ],
    ids=str,
)
def test_a_token_for_another_place_or_time_is_refused_although_we_signed_it(changed: dict[str, Any]) -> None:
    assert tokens.read_access_token(signed({**good_claims(), **changed}), KEYS, now=NOW) is None


@pytest.mark.parametrize("left_out", ["iss", "aud", "sub", "email", "name", "roles", "iat", "exp"])
def test_a_token_that_leaves_something_out_is_refused_although_we_signed_it(left_out: str) -> None:
    claims = {name: value for name, value in good_claims().items() if name != left_out}
    assert tokens.read_access_token(signed(claims), KEYS, now=NOW) is None


def test_what_is_signed_with_our_key_for_another_purpose_is_no_access_token() -> None:
    for header in ({**HEADER, "typ": "JWT"}, {"alg": "ES256", "kid": HEADER["kid"]}):
        assert tokens.read_access_token(signed(good_claims(), header), KEYS, now=NOW) is None


def _unsigned() -> str:
    return f"{part({**HEADER, 'alg': 'none'})}.{part(good_claims())}."


def _hmac_with_the_public_key() -> str:
    public = KEYS.signer(NOW).key.as_pem(private=False)
    body = f"{part({**HEADER, 'alg': 'HS256'})}.{part(good_claims())}"
    mark = hmac.digest(public, body.encode(), "sha256")
    return f"{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def _by_a_strangers_key_under_our_name() -> str:
    return jwt.encode(HEADER, good_claims(), ECKey.generate_key("P-256"))


def _by_the_key_in_its_own_header() -> str:
    own = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "typ": "at+jwt", "jwk": own.as_dict(private=False), "kid": own.thumbprint()}
    return jwt.encode(header, good_claims(), own)


def _without_a_key_name() -> str:
    return jwt.encode({"alg": "ES256", "typ": "at+jwt"}, good_claims(), KEYS.signer(NOW).key)


def _with_more_roles() -> str:
    head, _, signature = signed(good_claims()).split(".")
    return f"{head}.{part({**good_claims(), 'roles': ['admin']})}.{signature}"


def _with_another_signature() -> str:
    head, body, signature = signed(good_claims()).split(".")
    return f"{head}.{body}.{'A' * len(signature)}"


@pytest.mark.parametrize(
    "forge",
    [
        _unsigned,
        _hmac_with_the_public_key,
        _by_a_strangers_key_under_our_name,
        _by_the_key_in_its_own_header,
        _without_a_key_name,
        _with_more_roles,
        _with_another_signature,
    ],
)
def test_a_forged_token_is_refused(forge: Callable[[], str]) -> None:
    assert tokens.read_access_token(forge(), KEYS, now=NOW) is None


@pytest.mark.parametrize(
    "token", ["", "a", "a.b.c", "\ud800", "é.é.é", "." * 5, "e30.e30.e30", "x" * 5000, "y" * 90_000]
)
def test_what_is_no_token_is_refused_and_breaks_nothing(token: str) -> None:
    assert tokens.read_access_token(token, KEYS, now=NOW) is None


def test_keys_take_turns_and_an_old_one_verifies_until_its_last_token_has_run_out() -> None:
    keys = some_keys(starts=NOW - timedelta(days=29), further=1)
    turn = NOW + timedelta(days=1)
    first, second = keys.signer(NOW), keys.signer(turn)
    assert first.key.kid != second.key.kid
    last = tokens.sign_access_token(ADA, keys, now=turn - timedelta(seconds=1))
    assert tokens.read_access_token(last, keys, now=turn + timedelta(minutes=14)) is not None
    # Whoever steals the old key later can date a token as they like: it is refused.
    late = turn + timedelta(hours=1)
    claims = {**good_claims(), "iat": int(late.timestamp()), "nbf": int(late.timestamp())}
    claims["exp"] = claims["iat"] + 900
    stolen = jwt.encode({**HEADER, "kid": first.key.kid}, claims, first.key)
    assert tokens.read_access_token(stolen, keys, now=late) is None
    fresh = jwt.encode({**HEADER, "kid": second.key.kid}, claims, second.key)
    assert tokens.read_access_token(fresh, keys, now=late) is not None


def test_the_published_keys_verify_our_tokens_and_hold_no_secret() -> None:
    keys = some_keys(starts=NOW - timedelta(days=29), further=1)
    published = keys.published(NOW)
    assert [set(each) for each in published] == [{"kty", "crv", "x", "y", "kid", "use", "alg"}] * 2
    token = tokens.sign_access_token(ADA, keys, now=NOW)
    known = KeySet.import_key_set({"keys": published})  # type: ignore[typeddict-item]
    assert jwt.decode(token, known, algorithms=["ES256"]).claims["sub"] == str(ADA.id)


def test_a_token_signed_with_a_key_that_was_taken_away_is_refused_at_once() -> None:
    keys = some_keys()
    token = tokens.sign_access_token(ADA, keys, now=NOW)
    assert tokens.read_access_token(token, keys, now=NOW) is not None
    keys.take([TokenKey(tokens.new_key(), NOW)])
    assert tokens.read_access_token(token, keys, now=NOW) is None


def test_without_a_private_half_a_key_verifies_but_does_not_sign() -> None:
    full = some_keys()
    token = tokens.sign_access_token(ADA, full, now=NOW)
    pair = full.signer(NOW)
    public = ECKey.import_key({**pair.key.as_dict(private=False), "kid": pair.key.kid})
    half = TokenKeys(full.issuer, AUTH)
    half.take([TokenKey(public, pair.signs_from)])
    assert tokens.read_access_token(token, half, now=NOW) is not None
    with pytest.raises(LookupError):
        tokens.sign_access_token(ADA, half, now=NOW)


def test_what_was_issued_to_a_suspended_person_is_refused_and_what_comes_later_is_not() -> None:
    keys = some_keys()
    token = tokens.sign_access_token(ADA, keys, now=NOW)
    keys.refusals.refuse(ADA.id, NOW + timedelta(seconds=5), sessions=True)
    keys.refusals.refuse(new_id(), NOW + timedelta(days=1), sessions=True)
    assert tokens.read_access_token(token, keys, now=NOW + timedelta(seconds=6)) is None
    later = NOW + timedelta(seconds=7)
    assert tokens.read_access_token(tokens.sign_access_token(ADA, keys, now=later), keys, now=later) is not None


def test_a_refusal_is_forgotten_only_when_no_token_is_old_enough_for_it() -> None:
    keys = some_keys()
    keys.refusals.refuse(ADA.id, NOW, sessions=True)
    keys.refusals.forget(NOW)
    assert keys.refusals.refuses_token(ADA.id, NOW.timestamp())
    keys.refusals.forget(NOW + timedelta(seconds=1))
    assert not keys.refusals.refuses_token(ADA.id, NOW.timestamp())


def test_reading_a_token_again_costs_less_than_60_microseconds() -> None:
    token = tokens.sign_access_token(ADA, KEYS, now=NOW)

    def microseconds() -> float:
        started = time.perf_counter()
        for _ in range(200):
            tokens.read_access_token(token, KEYS, now=NOW)
        return (time.perf_counter() - started) / 200 * 1e6

    assert min(microseconds() for _ in range(10)) < 60
