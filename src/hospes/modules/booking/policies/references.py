"""Booking references a person can read over the telephone."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U


def new_reference() -> str:
    """Such as `HSP-7KQ2M-X9RTD`: ten random letters and digits, 5.9e14 of them."""
    drawn, letters = secrets.randbelow(len(ALPHABET) ** 10), ""
    for _ in range(10):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters += ALPHABET[place]
    return f"HSP-{letters[:5]}-{letters[5:]}"
