"""What a document must be to show who somebody is."""

from collections.abc import Collection
from datetime import date, timedelta

from hospes.modules.identity.contracts import DocumentKind, Side

REMIND_BEFORE = timedelta(days=30)
LONGEST = timedelta(days=366 * 20)
TWO_SIDED = frozenset({DocumentKind.ID_CARD, DocumentKind.DRIVING_LICENCE})
WORDS = {
    DocumentKind.PASSPORT: "Passport",
    DocumentKind.ID_CARD: "Identity card",
    DocumentKind.DRIVING_LICENCE: "Driving licence",
}


def faults_of_document(kind: DocumentKind, expires_on: date, sides: Collection[Side], *, today: date) -> dict[str, str]:
    """What is wrong, by field: expired documents, and pictures that are missing."""
    faults = {}
    if expires_on <= today:
        faults["expires_on"] = "This document has expired. Use one that is still valid."
    elif expires_on > today + LONGEST:
        faults["expires_on"] = "No document is valid that long. Look at the date again."
    if Side.FRONT not in sides:
        faults["front"] = "Choose a picture of the document."
    if kind in TWO_SIDED and Side.BACK not in sides:
        faults["back"] = "This kind of document has a back; choose a picture of it too."
    if Side.SELFIE not in sides:
        faults["selfie"] = "Choose a picture of yourself with the document."
    return faults


def ends_soon(expires_on: date, *, today: date) -> bool:
    """Whether it is time to send a newer one."""
    return expires_on <= today + REMIND_BEFORE
