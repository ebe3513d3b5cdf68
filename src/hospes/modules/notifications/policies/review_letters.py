"""What hosts are told of reviews: their business, their places, their identity."""

from datetime import date

from hospes.modules.notifications.contracts import Letter, Recipient

START = ("What is left to do", "/host/start")


def _said(note: str) -> tuple[str, ...]:
    return (f"They wrote: “{note}”",) if note else ()


def business_received(to: Recipient, *, business: str) -> Letter:
    """It waits for an admin."""
    return Letter(
        "We have received your business",
        "We look at your business",
        (
            f"Hello {to.first_name}, {business} is registered. We look at every business once, usually within two"
            " days; we tell you what comes of it. Prepare your first listing meanwhile: we look at both together.",
        ),
        (("Business", business),),
        START,
    )


def business_active(to: Recipient, *, business: str, note: str) -> Letter:
    """It may sell."""
    return Letter(
        f"{business} is verified",
        "Your business may sell",
        (f"Hello {to.first_name}, {business} is active. Places that are approved are on sale.", *_said(note)),
        (("Business", business),),
        ("See your listings", "/host"),
    )


def business_asked(to: Recipient, *, business: str, note: str) -> Letter:
    """An admin wants to know more."""
    return Letter(
        f"A question about {business}",
        "We need to know more",
        (
            f"Hello {to.first_name}, before we can verify {business} we need something from you.",
            f"They wrote: “{note}”",
            "Answer on the page of your business; it goes back to the same queue.",
        ),
        (("Business", business),),
        ("Answer", "/host/business"),
    )


def business_suspended(to: Recipient, *, business: str, note: str) -> Letter:
    """It may not sell any more."""
    return Letter(
        f"{business} is suspended",
        "Your business is suspended",
        (
            f"Hello {to.first_name}, {business} cannot sell until this is settled. Existing bookings stay; please look"
            " after your guests.",
            *_said(note),
        ),
        (("Business", business),),
        ("See your business", "/host/business"),
    )


def business_paused(to: Recipient, *, business: str) -> Letter:
    """By a member of it."""
    return Letter(
        f"{business} is off sale",
        "Everything is off sale",
        (f"Hello {to.first_name}, all listings of {business} are off sale. Existing bookings stay.",),
        (("Business", business),),
        ("Put it back on sale", "/host/business"),
    )


def business_closed(to: Recipient, *, business: str) -> Letter:
    """By its owner."""
    return Letter(
        f"{business} is closed",
        "Your business is closed",
        (f"Hello {to.first_name}, {business} is closed and its listings are gone from search. Past bookings stay.",),
        (("Business", business),),
        ("Your account", "/account"),
    )


def place_approved(to: Recipient, *, place: str, live: bool) -> Letter:
    """It may be sold, if its business may."""
    then = "It is on sale now." if live else "It goes on sale once your business is verified."
    return Letter(
        f"{place} is approved",
        "Your place is approved",
        (f"Hello {to.first_name}, we have looked at {place}. {then}",),
        (("Place", place),),
        ("See your listings", "/host"),
    )


def place_rejected(to: Recipient, *, place: str, note: str) -> Letter:
    """It needs changes."""
    return Letter(
        f"{place} needs changes",
        "Please change something",
        (f"Hello {to.first_name}, we have looked at {place} and it cannot go on sale yet.", *_said(note)),
        (("Place", place),),
        ("Change it", "/host"),
    )


def place_suspended(to: Recipient, *, place: str, note: str) -> Letter:
    """It is taken off sale."""
    return Letter(
        f"{place} is suspended",
        "Your place is off sale",
        (f"Hello {to.first_name}, we have taken {place} off sale. Existing bookings stay.", *_said(note)),
        (("Place", place),),
        ("See your listings", "/host"),
    )


def identity_sent(to: Recipient) -> Letter:
    """It is in the queue; also a warning if it was somebody else."""
    return Letter(
        "We have received your document",
        "We look at your document",
        (
            f"Hello {to.first_name}, we have the document that shows who you are. We look at it within a few days.",
            "If you have not sent one, somebody else is in your account: set a new password now.",
        ),
        (),
        ("See how it stands", "/account/identity"),
    )


def identity_approved(to: Recipient, *, until: date) -> Letter:
    """The badge is theirs."""
    return Letter(
        "Your identity is verified",
        "Your identity is verified",
        (f"Hello {to.first_name}, guests now see “Identity verified” beside your name, and payouts can be sent.",),
        (("Good until", f"{until:%-d %B %Y}"),),
        START,
    )


def identity_refused(to: Recipient, *, note: str) -> Letter:
    """They may send another."""
    return Letter(
        "We could not verify your identity",
        "Please send your document again",
        (f"Hello {to.first_name}, we could not accept the document you have sent.", *_said(note)),
        (),
        ("Send it again", "/account/identity"),
    )


def identity_ending(to: Recipient, *, until: date) -> Letter:
    """A month before."""
    return Letter(
        "Your document ends soon",
        "Your document ends soon",
        (
            f"Hello {to.first_name}, the document that shows who you are ends on {until:%-d %B %Y}. Send a newer one"
            " in time, so that guests keep seeing “Identity verified”.",
        ),
        (("Ends on", f"{until:%-d %B %Y}"),),
        ("Send a newer one", "/account/identity"),
    )


def identity_expired(to: Recipient) -> Letter:
    """The badge is gone."""
    return Letter(
        "Your document has ended",
        "Your document has ended",
        (f"Hello {to.first_name}, guests no longer see “Identity verified” beside your name. Send a valid document.",),
        (),
        ("Send a newer one", "/account/identity"),
    )
