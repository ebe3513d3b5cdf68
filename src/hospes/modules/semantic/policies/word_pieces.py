"""From a text to the numbers of the pieces of its words, as BERT's model without capitals and accents wants them.

The same as the tokenizer that the model was trained with (`BertTokenizer`, uncased); a test holds its numbers for texts
in many scripts. Work grows with the length of the text and never faster: what is too long is cut first.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"
LONGEST_WORD = 100
MOST_CHARACTERS = 6_000  # of a text; some 1,500 pieces, of which the first few hundred are taken
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPieces:
    """`pieces`: each with its number, "##" before those that go on within a word."""

    def __init__(self, pieces: Mapping[str, int]) -> None:
        self._pieces = pieces
        self._longest = max(map(len, pieces))

    def read(self, text: str, *, most: int) -> list[int]:
        """At most `most` numbers, the first of them the begin and the last of them the end."""
        numbers = [self._pieces[BEGIN]]
        for word in words(text[:MOST_CHARACTERS]):
            numbers += self._within(word)
            if len(numbers) >= most:
                break
        return [*numbers[: most - 1], self._pieces[END]]

    def _within(self, word: str) -> Sequence[int]:
        """The longest piece first, again and again; a word with a sign that no piece has is unknown as a whole."""
        unknown = (self._pieces[UNKNOWN],)
        if len(word) > LONGEST_WORD:
            return unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            lead = "##" if start else ""
            for end in range(min(len(word), start + self._longest), start, -1):
                number = self._pieces.get(lead + word[start:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return unknown
        return found


def words(text: str) -> Iterator[str]:
    """Words in small letters without accents; every mark of punctuation and every ideograph is a word."""
    spaced = "".join(_spaced(sign) for sign in text)
    bare = "".join(sign for sign in unicodedata.normalize("NFD", spaced) if unicodedata.category(sign) != "Mn")
    for run in bare.lower().split():
        start = 0
        for at, sign in enumerate(run):
            if _punctuation(sign):
                if start < at:
                    yield run[start:at]
                yield sign
                start = at + 1
        if start < len(run):
            yield run[start:]


def _spaced(sign: str) -> str:
    code = ord(sign)
    if sign in "\t\n\r" or unicodedata.category(sign) == "Zs":
        return " "
    if code in (0, 0xFFFD) or unicodedata.category(sign).startswith("C"):
        return ""
    return f" {sign} " if any(low <= code <= high for low, high in _IDEOGRAPHS) else sign


def _punctuation(sign: str) -> bool:
    code = ord(sign)
    marks = 33 <= code <= 47 or 58 <= code <= 64 or 91 <= code <= 96 or 123 <= code <= 126
    return marks or unicodedata.category(sign).startswith("P")
