"""What people call their lists and note beside places: one paragraph."""

import unicodedata


def one_paragraph(text: object) -> object:
    """Text without line breaks, control characters and needless spaces; what is no text stays as it is."""
    if not isinstance(text, str):
        return text
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text).split())
