"""What makes a password good enough to register with."""

SHORTEST = 8
LONGEST = 256


def acceptable_password(text: str) -> str:
    """The password unchanged; raises ValueError naming everything that is missing."""
    missing = []
    if len(text) < SHORTEST:
        missing.append(f"at least {SHORTEST} characters")
    if not any(c.islower() for c in text):
        missing.append("a small letter")
    if not any(c.isupper() for c in text):
        missing.append("a capital letter")
    if not any(c.isdigit() for c in text):
        missing.append("a digit")
    if missing:
        raise ValueError(f"A password needs {_list(missing)}.")
    if len(text) > LONGEST:
        raise ValueError(f"A password can have {LONGEST} characters at most.")
    if "\x00" in text:
        raise ValueError("A password cannot contain a NUL character.")
    return text


def _list(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
