"""Judge a new password and make the hash that is kept of it."""

from collections.abc import Sequence

from hospes.modules.identity import common_passwords, passwords
from hospes.modules.identity.policies.password import acceptable_password
from hospes.modules.identity.providers.pwned import times_breached
from hospes.platform.errors import Invalid
from hospes.platform.settings import Security

BREACHED = "This password was found in a breach of another site, so it is tried first. Choose another."


async def admit_password(security: Security, *, password: str, about: Sequence[str] = ()) -> str:
    """The hash of a password that is good enough; `about` is what is known of its person (address, names).

    Raises `Invalid` with the reason in the field `password`. Takes some 50 ms in a thread: open no transaction around.
    """
    await common_passwords.ready()
    try:
        acceptable_password(password, about)
    except ValueError as fault:
        raise _refused(str(fault)) from fault
    if security.pwned_passwords and await times_breached(security.pwned_passwords, password):
        raise _refused(BREACHED)
    return await passwords.hash_password(password)


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, fields={"password": sentence})
