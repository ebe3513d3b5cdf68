"""What the audit trail says about a person, in their words."""

from collections.abc import Mapping
from typing import Any

from hospes.modules.identity.policies.second_steps import WORDS, Way

_KNOWN = {
    "second_factor.added": "You set up {kind}",
    "second_factor.removed": "You removed {kind}",
    "recovery_codes.made": "You made new recovery codes",
    "recovery_code.used": "A recovery code was used to sign in",
    "passkey.renamed": "You renamed a passkey",
    "device.trusted": "You told us to trust a browser",
    "device.distrusted": "A browser is no longer trusted",
    "factor_reset.asked": "You asked us to remove your second steps",
    "factor_reset.approved": "We agreed to remove your second steps",
    "factor_reset.refused": "We did not remove your second steps",
    "factor_reset.cancelled": "You withdrew the request to remove your second steps",
    "factor_reset.done": "Your second steps were removed",
    "account.password_changed": "Your password was changed",
    "account.email_changed": "Your email address was changed",
    "account.email_verified": "You verified your email address",
    "account.phone_changed": "Your phone number was changed",
    "account.phone_verified": "You verified your phone number",
    "account.change_undone": "A change of your address or number was taken back",
    "account.ways_in_dropped": "Ways to sign in that had been added since were taken out",
    "linked_account.added": "You linked an account of another site",
    "linked_account.removed": "You unlinked an account of another site",
    "account.profile_changed": "You changed your profile",
    "preferences.changed": "You changed your preferences",
    "api_key.created": "You made an API key",
    "api_key.rotated": "You replaced an API key",
    "api_key.revoked": "You revoked an API key",
    "consent.changed": "You changed whether you hear of news and offers",
    "account.suspended": "Your account was suspended",
    "account.reactivated": "Your account was opened again",
    "impersonation.acted": "An admin did something in your account",
    "account.export_asked": "You asked for a copy of your data",
    "account.deletion_asked": "You asked us to delete your account",
    "account.deletion_undone": "You signed in, so your account stays",
    "session.closed": "A browser was signed out",
    "sessions.closed": "All other browsers were signed out",
    "role.granted": "You were given a role",
    "role.withdrawn": "A role was taken from you",
    "impersonation.started": "An admin looked into your account to help",
    "impersonation.ended": "An admin left your account",
}


def said(action: str, data: Mapping[str, Any]) -> str:
    """One line about an entry; an action that has no words of its own is said by its name."""
    words = _KNOWN.get(action)
    if words is None:
        noun, _, verb = action.partition(".")
        return f"{noun} {verb}".replace("_", " ").capitalize()
    kind = str(data.get("kind", ""))
    return words.format(kind=WORDS[Way(kind)] if kind in set(Way) else "a second step")
