"""Why identity refuses.

Conflict      EmailTaken, ProfileChanged, PreferencesChanged, AlreadyLinked, LastWayIn, ApiKeyNotLive, TooManyApiKeys
Unauthorized  WrongCredentials, RefreshRefused, RefreshReused, SecondFactorWrong, SecondStepNeeded, SecondStepExpired
Forbidden     AccountNotActive, StepUpNeeded, NotWhileActing, EmailNotVerified, ScopeMissing
NotFound      SessionNotFound, ApiKeyNotFound, NotLinked, ProviderNotFound
Invalid       CodeRefused
Gone          LinkRefused
TooMany       LockedOut, TooManyRequests, CodeSentRecently
Unavailable   SigningInUnavailable
"""

from hospes.platform.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany, Unauthorized, Unavailable


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


class StepUpNeeded(Forbidden):
    code = "step_up_needed"
    title = "Please confirm that it is you"


class NotWhileActing(Forbidden):
    code = "not_while_acting"
    title = "This cannot be done in somebody else's account"


class SessionNotFound(NotFound):
    code = "session_not_found"
    title = "There is no such session"


class CodeRefused(Invalid):
    code = "code_refused"
    title = "This code is not right"


class LinkRefused(Gone):
    code = "link_refused"
    title = "This link is no longer good"


class CodeSentRecently(TooMany):
    code = "code_sent_recently"
    title = "A code was sent a short while ago"


class EmailNotVerified(Forbidden):
    code = "email_not_verified"
    title = "Please confirm your email address first"


class SecondFactorWrong(Unauthorized):
    code = "second_factor_wrong"
    title = "This code is not right"


class SecondStepNeeded(Unauthorized):
    code = "second_step_needed"
    title = "Please take the second step"


class SecondStepExpired(Unauthorized):
    code = "second_step_expired"
    title = "This took too long"


class SecondFactorRequired(Forbidden):
    code = "second_factor_required"
    title = "Admins need a second step"


class SecondFactorLocked(TooMany):
    code = "second_factor_locked"
    title = "Too many wrong codes"


class SecondFactorExists(Conflict):
    code = "second_factor_exists"
    title = "You have this already"


class LastSecondFactor(Conflict):
    code = "last_second_factor"
    title = "This is your last second step"


class PasskeyRefused(Invalid):
    code = "passkey_refused"
    title = "This passkey could not be checked"


class ResetNotOpen(Conflict):
    code = "reset_not_open"
    title = "This request is decided already"


class ProviderNotFound(NotFound):
    code = "provider_not_found"
    title = "This way of signing in is not offered here"


class ProviderRefused(Unauthorized):
    code = "provider_refused"
    title = "Signing in there did not work"


class ProviderAway(Unavailable):
    code = "provider_away"
    title = "This way of signing in is out of service for a moment"


class AlreadyLinked(Conflict):
    code = "already_linked"
    title = "This account is linked already"


class NotLinked(NotFound):
    code = "not_linked"
    title = "This account is not linked"


class ExportUnderWay(Conflict):
    code = "export_under_way"
    title = "A copy is being made already"


class ExportNotFound(NotFound):
    code = "export_not_found"
    title = "There is no such copy"


class DeletionNotYet(Conflict):
    code = "deletion_not_yet"
    title = "Your account cannot be deleted yet"


class LastWayIn(Conflict):
    code = "last_way_in"
    title = "This is the only way you can sign in"


class StandingChanged(Conflict):
    code = "standing_changed"
    title = "This account has changed in the meantime"


class IdentityCheckNotFound(NotFound):
    code = "identity_check_not_found"
    title = "There is no such document"


class IdentityCheckWaiting(Conflict):
    code = "identity_check_waiting"
    title = "Your document is being looked at"


class IdentityCheckDecided(Conflict):
    code = "identity_check_decided"
    title = "This document was decided already"


class PreferencesChanged(Conflict):
    status = 412
    code = "preferences_changed"
    title = "Your preferences were changed somewhere else in the meantime"


class ScopeMissing(Forbidden):
    code = "scope_missing"
    title = "This key may not do that"


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"
    title = "There is no such key in your account"


class ApiKeyNotLive(Conflict):
    code = "api_key_not_live"
    title = "This key is revoked, has run out or was replaced"


class TooManyApiKeys(Conflict):
    code = "too_many_api_keys"
    title = "You have as many keys as one person can have"
