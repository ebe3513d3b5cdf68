"""Facts about accounts. The aggregate is the user id; `data` carries `user_id` and what is named here."""

REGISTERED = "user.registered"  # email, first_name, source: "web" | "api"; referral and origin if there are any
ROLE_GRANTED = "user.role_granted"  # role
PROFILE_CHANGED = "user.profile_changed"  # fields: names of what changed
CODE_SENT = "user.code_sent"  # purpose, channel, sealed (see `contracts.CODE_SEAL`), good_until
RESET_ASKED = "user.reset_asked"  # the aggregate is the challenge; sealed: the address that was typed
EMAIL_VERIFIED = "user.email_verified"
PHONE_VERIFIED = "user.phone_verified"
PASSWORD_CHANGED = "user.password_changed"  # noqa: S105  how: "changed" | "reset" | "undone"; kept: sign-in to leave open
EMAIL_CHANGED = "user.email_changed"  # sealed, if it can be taken back: JSON of address (the old one) and link
PHONE_CHANGED = "user.phone_changed"  # sealed: JSON of address (the old number, or empty) and link, to take it back
SECOND_FACTOR_ADDED = "user.second_factor_added"  # kind: "totp" | "sms" | "passkey"; name (of a passkey)
SECOND_FACTOR_REMOVED = "user.second_factor_removed"  # kind, name; left: how many are left
RECOVERY_CODES_MADE = "user.recovery_codes_made"
RECOVERY_CODE_USED = "user.recovery_code_used"  # left: how many are left
NEW_DEVICE_SIGNED_IN = "user.new_device_signed_in"  # device: "Firefox on Linux"; place, may be empty
FACTOR_RESET_ASKED = "user.factor_reset_asked"
FACTOR_RESET_APPROVED = "user.factor_reset_approved"  # due_at
FACTOR_RESET_REFUSED = "user.factor_reset_refused"
FACTORS_RESET = "user.factors_reset"
ROLE_REVOKED = "user.role_revoked"  # role
SUSPENDED = "user.suspended"
REACTIVATED = "user.reactivated"
TOKEN_KEYS_CHANGED = "token_keys.changed"  # noqa: S105  the aggregate is a key; made: how many are new
ACCOUNT_LINKED = "user.account_linked"  # provider: "google" | "facebook" | "apple" | "oidc"
ACCOUNT_UNLINKED = "user.account_unlinked"  # provider
LOCKED_OUT = "user.locked_out"  # by wrong passwords from browsers that are not theirs
