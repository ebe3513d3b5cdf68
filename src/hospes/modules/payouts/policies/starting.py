"""What a new host has to do until they are paid, each step with its state in words."""

from dataclasses import dataclass

from hospes.modules.catalog.contracts import Business, BusinessStatus, Property, PropertyStatus
from hospes.modules.identity.contracts import CheckStatus, IdentityStanding, User
from hospes.modules.payouts.contracts import AccountStatus, PayoutAccount


@dataclass(frozen=True, slots=True)
class Step:
    """`tone`: good (done), wait (others are at it), bad (needs you), plain (to do)."""

    title: str
    state: str
    tone: str
    why: str
    path: str
    action: str


def steps_of(
    user: User,
    business: Business | None,
    places: list[Property],
    standing: IdentityStanding,
    account: PayoutAccount | None,
    *,
    identity_first: bool,
) -> list[Step]:
    """In the order in which they are best done."""
    return [
        _email(user),
        _phone(user),
        _business(business),
        _place(places),
        _identity(standing, identity_first=identity_first),
        _account(account, business),
    ]


def _email(user: User) -> Step:
    state, tone = ("Confirmed", "good") if user.email_verified_at else ("Not confirmed", "plain")
    return Step("Email address", state, tone, "Needed to offer a place and to be paid.", "/account/email", "Confirm it")


def _phone(user: User) -> Step:
    state, tone = ("Confirmed", "good") if user.phone_verified_at else ("Not confirmed", "plain")
    if not user.phone:
        state = "No number yet"
    return Step("Phone number", state, tone, "For guests on their way, and for us.", "/account/phone", "Add it")


def _business(business: Business | None) -> Step:
    why = "We look at every business once; only a verified one sells."
    if business is None:
        return Step("Business", "Not registered yet", "plain", why, "/host/listings/new", "Register it")
    if business.asked_at is not None:
        return Step("Business", "Waits for your answer", "bad", why, "/host/business", "Answer")
    state, tone = {
        BusinessStatus.PENDING: ("Waits for our verification", "wait"),
        BusinessStatus.ACTIVE: ("Verified", "good"),
        BusinessStatus.INACTIVE: ("Verified, off sale", "good"),
        BusinessStatus.SUSPENDED: ("Suspended", "bad"),
        BusinessStatus.DELETED: ("Closed", "bad"),
    }[business.status]
    return Step("Business", state, tone, why, "/host/business", "Look at it")


def _place(places: list[Property]) -> Step:
    title, why = "First listing", "Photos, a price and a few words; we look at it before it is on sale."
    statuses = {each.status for each in places}
    if PropertyStatus.APPROVED in statuses:
        return Step(title, "Approved", "good", why, "/host", "Your listings")
    if PropertyStatus.SUBMITTED in statuses:
        return Step(title, "Waits for approval", "wait", why, "/host", "Your listings")
    if statuses & {PropertyStatus.REJECTED, PropertyStatus.SUSPENDED}:
        return Step(title, "Needs changes", "bad", why, "/host", "Change it")
    if PropertyStatus.DRAFT in statuses:
        return Step(title, "Draft", "plain", why, "/host", "Finish it")
    return Step(title, "Not begun", "plain", why, "/host/listings/new", "Create it")


def _identity(standing: IdentityStanding, *, identity_first: bool) -> Step:
    why = "Needed before your first payout." if identity_first else "Guests see “Identity verified” beside your name."
    title, path = "Identity", "/account/identity"
    latest = standing.latest
    if latest is not None and latest.status is CheckStatus.WAITING:
        return Step(title, "We are looking at your document", "wait", why, path, "See it")
    if standing.verified:
        return Step(title, "Verified", "good", why, path, "See it")
    if latest is None:
        return Step(title, "Not shown yet", "plain", why, path, "Show who you are")
    refused = latest.status is CheckStatus.REFUSED
    return Step(title, "Please send it again" if refused else "Expired", "bad", why, path, "Send a document")


def _account(account: PayoutAccount | None, business: Business | None) -> Step:
    title, why = "Payout account", "Where your money goes."
    path = "/host/payouts" if business else "/host/listings/new"
    if account is None:
        return Step(title, "Not opened yet", "plain", why, path, "Open it" if business else "Register a business first")
    if account.status is AccountStatus.ENABLED:
        return Step(title, "Ready", "good", why, path, "See it")
    if account.status is AccountStatus.OPENING:
        return Step(title, "Being opened", "wait", why, path, "See it")
    said = f"Not finished: {', '.join(account.due)}" if account.due else "Not finished"
    return Step(title, said, "bad", why, path, "Finish it")
