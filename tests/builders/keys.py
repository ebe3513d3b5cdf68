"""The keys of the tests."""

from pydantic import SecretStr

from hospes.platform.sealing import Keyring

KEY = ("test", "a key of forty-eight characters, kept for the tests")
INDEX_SECRET = "an index secret of as many characters, for the tests"
KEYRING = Keyring([KEY], INDEX_SECRET)
PII = {"pii_keys": (SecretStr(":".join(KEY)),), "pii_index_secret": SecretStr(INDEX_SECRET)}  # for `Auth`
