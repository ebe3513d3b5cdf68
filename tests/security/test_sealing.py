"""What is sealed opens with the right key, in its own place, and nowhere else."""

import pytest
from pydantic import SecretStr

from hospes.platform.ids import new_id
from hospes.platform.sealing import Keyring, SealBroken, key_name, keyring_of
from hospes.platform.settings import Auth, Settings, SettingsError, load_settings
from tests.builders.keys import KEYRING

OLD, NEW = ("2025", "an old secret of more than 32 characters"), ("2026", "a new secret of more than 32 characters")
INDEX = "an index secret of more than 32 characters"


def test_what_is_sealed_comes_back_and_never_looks_the_same_twice() -> None:
    first, second = (KEYRING.seal(b"+34612345678", b"here") for _ in range(2))
    assert first != second
    assert b"612345678" not in first
    assert KEYRING.unseal(first, b"here") == KEYRING.unseal(second, b"here") == b"+34612345678"


def test_it_opens_in_its_own_place_only() -> None:
    sealed = KEYRING.seal(b"secret", b"here")
    with pytest.raises(SealBroken):
        KEYRING.unseal(sealed, b"there")


@pytest.mark.parametrize("at", [0, 1, 2, 8, -1])
def test_whoever_changes_one_bit_breaks_it(at: int) -> None:
    sealed = bytearray(KEYRING.seal(b"secret", b"here"))
    sealed[at] ^= 1
    with pytest.raises(SealBroken):
        KEYRING.unseal(bytes(sealed), b"here")


@pytest.mark.parametrize(
    "junk", [b"", b"\x01", b"\x01\x04test", b"\x02" + bytes(40), bytes(80), b"\x01\xff" + bytes(300)]
)
def test_what_was_never_sealed_is_refused(junk: bytes) -> None:
    with pytest.raises(SealBroken):
        KEYRING.unseal(junk, b"here")


def test_a_text_travels_as_letters_and_opens_for_its_purpose_only() -> None:
    sealed = KEYRING.seal_text("123456 ünï", "verification:code")
    assert sealed.replace("-", "").replace("_", "").isalnum()
    assert KEYRING.unseal_text(sealed, "verification:code") == "123456 ünï"
    for text, purpose in ((sealed, "other"), ("", "verification:code"), ("é", "x"), ("abcde", "x"), (sealed[:-4], "x")):
        with pytest.raises(SealBroken):
            KEYRING.unseal_text(text, purpose)


def test_an_older_key_still_opens_and_the_current_one_seals() -> None:
    before, turned, after = (Keyring(keys, INDEX) for keys in ([OLD], [NEW, OLD], [NEW]))
    sealed = before.seal(b"secret", b"here")
    assert turned.unseal(sealed, b"here") == b"secret"
    assert key_name(turned.seal(b"secret", b"here")) == "2026"
    with pytest.raises(SealBroken, match="2025"):
        after.unseal(sealed, b"here")


def test_a_data_key_wrapped_anew_opens_what_it_sealed_before() -> None:
    before, turned, after = (Keyring(keys, INDEX) for keys in ([OLD], [NEW, OLD], [NEW]))
    key, wrapped = before.new_data_key(b"ada")
    sealed = key.seal(b"Ada", b"name")
    renewed = turned.rewrap(wrapped, b"ada")
    assert after.data_key(renewed, b"ada").unseal(sealed, b"name") == b"Ada"
    for place, other in ((b"bob", renewed), (b"ada", wrapped)):
        with pytest.raises(SealBroken):
            after.data_key(other, place)


def test_a_mark_is_the_same_for_one_text_one_purpose_and_one_secret() -> None:
    assert KEYRING.blind("ada@example.com", "email") == KEYRING.blind("ada@example.com", "email")
    others = [
        KEYRING.blind("ada@example.com", "phone"),
        KEYRING.blind("bob@example.com", "email"),
        Keyring([OLD], INDEX).blind("ada@example.com", "email"),
    ]
    assert KEYRING.blind("ada@example.com", "email") not in others
    assert Keyring([NEW], INDEX).blind("ada@example.com", "email") == others[2], "turning keys over moves no mark"


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [("", "s" * 40)],
        [("a b", "s" * 40)],
        [("a", "short")],
        [OLD, OLD],
        [("ä", "s" * 40)],
        [("a" * 33, "s" * 40)],
    ],
)
def test_keys_that_cannot_be_used_are_refused(keys: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="every"):
        Keyring(keys, INDEX)


def test_keys_come_from_the_environment_the_current_one_first(tmp_path: object) -> None:
    said = {"HOSPES_AUTH__PII_KEYS": ", ".join(map(":".join, (NEW, OLD))), "HOSPES_AUTH__PII_INDEX_SECRET": INDEX}
    keyring = keyring_of(load_settings(environ=said, data_dir=tmp_path))
    assert keyring.names == ("2026", "2025")
    assert keyring.blind("a", "b") == Keyring([OLD], INDEX).blind("a", "b")


def test_without_settings_the_keys_are_made_once_and_kept(tmp_path: object) -> None:
    settings = load_settings(environ={}, data_dir=tmp_path)
    sealed = keyring_of(settings).seal(b"secret", b"here")
    assert keyring_of(settings).unseal(sealed, b"here") == b"secret"
    assert (settings.data_dir / "secrets.json").stat().st_mode & 0o77 == 0


def test_a_key_without_a_name_is_a_setting_that_cannot_be_used() -> None:
    nameless = SecretStr("only-a-secret-of-more-than-32-characters")
    with pytest.raises(SettingsError, match=r"auth\.pii_keys"):
        keyring_of(Settings(auth=Auth(pii_keys=(nameless,), pii_index_secret=SecretStr(INDEX))))


def test_settings_do_not_print_their_keys() -> None:
    assert "an old secret" not in repr(Auth(pii_keys=(SecretStr(":".join(OLD)),), pii_index_secret=SecretStr(INDEX)))


def test_a_thousand_data_keys_are_remembered_apart() -> None:
    kept = [(id := new_id().bytes, *KEYRING.new_data_key(id)) for _ in range(1000)]
    for number, (id, key, wrapped) in enumerate(kept):
        sealed = key.seal(str(number).encode(), b"n")
        assert KEYRING.data_key(wrapped, id).unseal(sealed, b"n") == str(number).encode()
