"""What is alike when people type it: lower case, no accents, no punctuation, one form of each letter."""

import unicodedata
from functools import lru_cache

LONGEST = 120  # characters that are looked at
_KEPT_MARKS = frozenset({0, 8, 9})  # vowel signs, kana voicing and viramas make other letters of letters
_ONE_FORM = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t",
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ـ": None,
        "\u200b": None, "\u200c": None, "\u200d": None, "\u200e": None, "\u200f": None, "\u00ad": None, "\ufeff": None,
    }
)  # fmt: skip
_POSSESSIVES = ("'s ", "’s ")


def fold(text: str) -> str:
    """Lower case, accents and punctuation taken off (NFKD), letters that look alike made one."""
    said = text.casefold()
    if "'" in said or "’" in said:
        said = f"{said} "
        for possessive in _POSSESSIVES:
            said = said.replace(possessive, "s ")
    return " ".join("".join(map(_plain, said)).split())


def fold_each(text: str) -> list[str]:
    """Each character as `fold` would have it: a space for what is no letter, the empty text for accents."""
    return [_plain(each) for each in text.casefold()] if len(text.casefold()) == len(text) else []


@lru_cache(maxsize=16_384)
def _plain(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else " "
    kept = []
    for each in unicodedata.normalize("NFKD", letter.translate(_ONE_FORM)).casefold().translate(_ONE_FORM):
        mark = unicodedata.category(each).startswith("M")
        if each.isalnum() or (mark and unicodedata.combining(each) in _KEPT_MARKS):
            kept.append(each)
        elif not mark:
            kept.append(" ")
    return "".join(kept)
