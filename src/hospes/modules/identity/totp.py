"""Codes of authenticator apps (RFC 6238): six digits, 30 seconds, SHA-1, as every app knows them."""

import hmac
from datetime import datetime
from uuid import UUID

from hospes.platform.sealing import Keyring

STEP = 30
DRIFT = 1  # a clock may be one step off, in both directions


def new_secret() -> str:
    """160 random bits in base32."""
    import pyotp

    return str(pyotp.random_base32())


def fitting_step(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    """The step later than `after` whose code this is, or None; every step is looked at, whichever fits."""
    import pyotp

    app = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP
    fitting = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode()) and step > after:
            fitting = fitting or step
    return fitting


def address_of(secret: str, *, account: str, issuer: str) -> str:
    """What an app reads from the picture: `otpauth://totp/…`."""
    import pyotp

    return str(pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer))


def picture_of(address: str) -> str:
    """The address as a QR code: an SVG element of black on white, to stand in a page."""
    import segno

    drawn = segno.make(address, error="m", micro=False)
    return str(drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr"))


def seal_secret(keyring: Keyring, secret: str, user_id: UUID) -> bytes:
    """The secret as it is stored; it opens only for this person."""
    return keyring.seal(secret.encode(), place_of(user_id))


def open_secret(keyring: Keyring, sealed: bytes, user_id: UUID) -> str:
    """The secret again; raises `platform.sealing.SealBroken`."""
    return keyring.unseal(sealed, place_of(user_id)).decode()


def place_of(user_id: UUID) -> bytes:
    """Where the secret of this person belongs: it opens nowhere else."""
    return b"identity.second_factor.secret:" + user_id.bytes
