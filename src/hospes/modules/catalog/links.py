"""Links of invitations: random, and kept as keyed hashes only; addresses sealed, and marked so that they compare."""

import secrets
from uuid import UUID

from hospes.platform.sealing import Keyring


def new_link() -> str:
    """256 random bits, as 43 letters."""
    return secrets.token_urlsafe(32)


def link_hash(keyring: Keyring, link: str) -> bytes:
    """What is kept of a link."""
    return keyring.blind(link, "invitation-link")


def address_mark(keyring: Keyring, address: str) -> bytes:
    """Equal for one address in whatever case."""
    return keyring.blind(address.strip().lower(), "invitation-address")


def place_of(invitation_id: UUID) -> bytes:
    """Where a sealed address belongs."""
    return f"catalog.invitation.address:{invitation_id}".encode()
