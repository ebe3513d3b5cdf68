"""Passkeys (W3C Web Authentication Level 3), checked by the package `webauthn`; its types stay in this file.

Every passkey is made discoverable and with the person verified (finger, face or PIN), so one alone is enough to sign
in. As a second step, after the password, presence is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from hospes.modules.identity.contracts import User
from hospes.modules.identity.errors import PasskeyRefused
from hospes.modules.identity.queries.second_factors import Passkey
from hospes.platform.settings import Settings

NAME = "Hospes"
_TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})
_REFUSED = "This passkey could not be checked. Please try again, or use another way."


@dataclass(frozen=True, slots=True)
class Site:
    """The relying party: the host that passkeys belong to, and the origin their answers must come from."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A credential that was made, its answer checked."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool
    transports: tuple[str, ...]


def site_of(settings: Settings) -> Site:
    """Of `public_url`; without one this machine as `localhost`, the only host without TLS that browsers allow."""
    parts = urlsplit(settings.public_url or f"http://localhost:{settings.port}")
    host = (parts.hostname or "localhost").lower()
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = f":{parts.port}" if parts.port and parts.port != usual else ""
    return Site(host, f"{parts.scheme}://{host}{port}")


def options_to_make(site: Site, user: User, existing: Sequence[Passkey], challenge: bytes) -> dict[str, Any]:
    """What `navigator.credentials.create` is given, as JSON; an authenticator that holds one already makes no other."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=NAME,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name,
        challenge=challenge,
        timeout=300_000,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in existing],
    )
    return _as_json(webauthn.options_to_json(options))


def check_made(site: Site, credential: Mapping[str, Any], challenge: bytes) -> NewPasskey:
    """The new credential; raises `PasskeyRefused` unless it answers this challenge on this site, person verified."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise PasskeyRefused(_REFUSED) from fault
    return NewPasskey(
        made.credential_id,
        made.credential_public_key,
        made.sign_count,
        made.credential_backed_up,
        _transports(credential),
    )


def options_to_ask(site: Site, known: Sequence[Passkey], challenge: bytes, *, verified: bool) -> dict[str, Any]:
    """What `navigator.credentials.get` is given, as JSON; none known: whichever passkey the person chooses."""
    import webauthn
    from webauthn.helpers import structs

    wish = structs.UserVerificationRequirement
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        timeout=300_000,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
        user_verification=wish.REQUIRED if verified else wish.PREFERRED,
    )
    return _as_json(webauthn.options_to_json(options))


def credential_id_of(credential: Mapping[str, Any]) -> bytes:
    """Which passkey an answer says it comes from; raises `PasskeyRefused`."""
    import webauthn

    said = credential.get("rawId")
    if not isinstance(said, str) or len(said) > 2000:
        raise PasskeyRefused(_REFUSED)
    try:
        return webauthn.base64url_to_bytes(said)
    except ValueError as fault:
        raise PasskeyRefused(_REFUSED) from fault


def person_of(credential: Mapping[str, Any]) -> UUID:
    """Whose passkey the device says it is; raises `PasskeyRefused`."""
    import webauthn

    response = credential.get("response")
    said = response.get("userHandle") if isinstance(response, dict) else None
    try:
        return UUID(bytes=webauthn.base64url_to_bytes(said)) if isinstance(said, str) else UUID("")
    except ValueError as fault:
        raise PasskeyRefused(_REFUSED) from fault


def check_answer(
    site: Site, credential: Mapping[str, Any], challenge: bytes, passkey: Passkey, *, verified: bool
) -> int:
    """The authenticator's new counter; raises `PasskeyRefused` unless this passkey answers this challenge on this site.

    A counter that does not grow is refused: the passkey may have been copied.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        answered = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=verified,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise PasskeyRefused(_REFUSED) from fault
    return answered.new_sign_count


def _transports(credential: Mapping[str, Any]) -> tuple[str, ...]:
    response = credential.get("response")
    said = response.get("transports") if isinstance(response, dict) else None
    return tuple(sorted({each for each in said if each in _TRANSPORTS})) if isinstance(said, list) else ()


def _as_json(written: str) -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(written)
    return read
