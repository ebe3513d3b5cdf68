"""Why identity refuses.

Conflict      EmailTaken, ProfileChanged
Unauthorized  WrongCredentials, RefreshRefused, RefreshReused
Forbidden     AccountNotActive
TooMany       LockedOut, TooManyRequests
Unavailable   SigningInUnavailable
"""

from hospes.platform.errors import Conflict, Forbidden, TooMany, Unauthorized, Unavailable


class EmailTaken(Conflict):
    code = "email_taken"
    title = "This email address already has an account"


class ProfileChanged(Conflict):
    status = 412
    code = "profile_changed"
    title = "Your profile was changed somewhere else in the meantime"


class WrongCredentials(Unauthorized):
    code = "wrong_credentials"
    title = "This email address and password do not belong together"


class RefreshRefused(Unauthorized):
    code = "refresh_refused"
    title = "This refresh token is no longer good"


class RefreshReused(Unauthorized):
    code = "refresh_reused"
    title = "This refresh token was used before"


class AccountNotActive(Forbidden):
    code = "account_not_active"
    title = "This account is closed or suspended"


class LockedOut(TooMany):
    code = "locked_out"
    title = "Too many wrong passwords"


class TooManyRequests(TooMany):
    code = "too_many_requests"
    title = "Too many requests"


class SigningInUnavailable(Unavailable):
    code = "signing_in_unavailable"
    title = "Signing in is out of service for a moment"
