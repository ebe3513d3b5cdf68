"""Which letters of a name are those that were typed."""

from collections.abc import Sequence

from hospes.modules.search.naming.folding import fold_each

MARKED = 8


def marks(name: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Spans of `name`, as [start, end) counted in characters, in which a word begins with one of the folded words;
    ascending, apart from each other. Nothing where the name is known by another one."""
    folded, origin = "", list[int]()
    for at, letters in enumerate(fold_each(name)):
        folded += letters
        origin += [at] * len(letters)
    found = list[tuple[int, int]]()
    for word in words[:MARKED]:
        start = folded.find(word)
        while start > 0 and folded[start - 1] != " ":
            start = folded.find(word, start + 1)
        if start >= 0 and word:
            found.append((origin[start], origin[start + len(word) - 1] + 1))
    apart = list[tuple[int, int]]()
    for first, end in sorted(found, key=lambda each: (each[0], -each[1])):
        if not apart or first >= apart[-1][1]:
            apart.append((first, end))
    return apart
