"""Codes and links that prove something: random, and kept as keyed hashes only."""

import secrets
from uuid import UUID

from hospes.platform.sealing import Keyring

DIGITS = 6


def new_code() -> str:
    """Six digits, each as likely as any other."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_link() -> str:
    """256 random bits, as 43 letters."""
    return secrets.token_urlsafe(32)


def code_hash(keyring: Keyring, challenge_id: UUID, code: str) -> bytes:
    """What is kept of a code: without the key a million guesses at it tell nothing."""
    return keyring.blind(f"{challenge_id}:{code}", "challenge-code")


def link_hash(keyring: Keyring, link: str) -> bytes:
    """What is kept of a link."""
    return keyring.blind(link, "challenge-link")


def target_mark(keyring: Keyring, address: str) -> bytes:
    """By which what one mailbox or number gets can be counted."""
    return keyring.blind(address.lower(), "challenge-target")


def holder_of(user_id: UUID) -> str:
    """A person with an account."""
    return f"user:{user_id}"


def holder_of_mailbox(keyring: Keyring, address: str) -> str:
    """Whoever has this mailbox, with or without an account."""
    return f"mail:{keyring.blind(address.strip().lower(), 'challenge-holder').hex()}"
