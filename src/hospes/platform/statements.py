"""Several statements written as one, since what a short statement costs is mostly its round trip.

Parameters are renamed by place: `%(id)s` of the second statement becomes `%(p1_id)s`, its third `%s` `%(p1_2)s`. Only
`%(now)s` stays: within a transaction it is the same instant for all, and psycopg forgets what has above 50 parameters.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, LiteralString

Params = Sequence[Any] | dict[str, Any]
_PLACEHOLDER = re.compile(r"%%|%s|%\((\w+)\)s")
_MARK = "?"
NOW = "now"


@lru_cache(maxsize=512)
def one_after_the_other(statements: tuple[LiteralString, ...]) -> LiteralString:
    """One statement that executes all; its result is that of the last. None but the last may begin with WITH."""
    *before, last = [_renamed(each, place) for place, each in enumerate(statements)]
    if not before:
        return last
    said: LiteralString = ", ".join(f"s{place} AS ({each})" for place, each in enumerate(before))
    return f"WITH {said} {last}"


@lru_cache(maxsize=512)
def side_by_side(questions: tuple[LiteralString, ...]) -> LiteralString:
    """One SELECT that answers in one row the first row of each question; `split` takes it apart."""
    joined: LiteralString = "(SELECT 1) AS one"
    for place, each in enumerate(questions):
        asked = _renamed(each, place)
        joined += f' LEFT JOIN (SELECT true AS "{_MARK}", q.* FROM ({asked}) AS q LIMIT 1) AS q{place} ON true'  # noqa: S608
    columns: LiteralString = ", ".join(f"q{place}.*" for place in range(len(questions)))
    return f"SELECT {columns} FROM {joined}"  # noqa: S608 (made of constants)


def split(names: Sequence[str], values: Sequence[Any]) -> Iterator[dict[str, Any] | None]:
    """The rows of `side_by_side`, in the order of its questions; None where there was no row."""
    marks = [place for place, name in enumerate(names) if name == _MARK]
    for start, end in zip(marks, [*marks[1:], len(names)], strict=True):
        found = values[start]
        yield dict(zip(names[start + 1 : end], values[start + 1 : end], strict=True)) if found else None


def named(parts: Sequence[Params]) -> dict[str, Any]:
    """The parameters of all statements under their new names."""
    values: dict[str, Any] = {}
    for place, params in enumerate(parts):
        items = params.items() if isinstance(params, dict) else enumerate(params)
        values.update((NOW if name == NOW else f"p{place}_{name}", value) for name, value in items)
    return values


def same_now(parts: Sequence[Params]) -> bool:
    """Whether these statements may share the parameter `now`."""
    return len({params[NOW] for params in parts if isinstance(params, dict) and NOW in params}) < 2


def _renamed(sql: LiteralString, place: int) -> LiteralString:
    turn = count()

    def rename(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        return found[0] if found[1] == NOW else f"%(p{place}_{found[1] or next(turn)})s"

    return _PLACEHOLDER.sub(rename, sql)
