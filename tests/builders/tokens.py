"""Keys that sign access tokens, for tests without an application."""

from datetime import datetime, timedelta

from hospes.modules.identity.tokens import TokenKey, TokenKeys, new_key
from hospes.platform.settings import Auth
from tests.builders.identity import JOINED_AT

AUTH = Auth(secret="a secret of forty-eight characters for the tests")


def some_keys(*, starts: datetime = JOINED_AT, further: int = 0, every: timedelta = timedelta(days=30)) -> TokenKeys:
    """A ring of one key, and as many after it, each signing `every` after the one before."""
    keys = TokenKeys("https://hospes.example", AUTH)
    keys.take([TokenKey(new_key(), starts + number * every) for number in range(1 + further)])
    return keys
