"""The page that a person opens first in the copy of their data."""

from collections.abc import Sequence
from html import escape
from typing import Any, Protocol

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1c1c1a;"
    "background:#fff}"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}td,th{border:1px solid #ddd;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}section{margin:2.5rem 0;overflow-x:auto}"
)


class _Sheet(Protocol):
    @property
    def title(self) -> str: ...

    @property
    def rows(self) -> Sequence[dict[str, Any]]: ...


def copy_page(sheets: Sequence[_Sheet], files: Sequence[str]) -> str:
    """HTML that needs nothing but itself; whatever people have typed stays text."""
    linked = "".join(f'<li><a href="{escape(path, quote=True)}">{escape(path)}</a></li>' for path in files)
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>What we know about you</title>",
        f"<style>{_STYLE}</style><h1>What we know about you</h1>",
        "<p>Everything here is also in the folders beside this page, as JSON for other programs.</p>",
        *(_section(each) for each in sheets),
        f"<section><h2>Files</h2><ul>{linked}</ul></section>" if files else "",
    ]
    return "".join(parts)


def _section(sheet: _Sheet) -> str:
    if not sheet.rows:
        return f"<section><h2>{escape(sheet.title)}</h2><p>Nothing.</p></section>"
    if len(sheet.rows) == 1:
        lines = "".join(f"<tr><th>{_words(key)}<td>{_said(value)}" for key, value in sheet.rows[0].items())
        return f"<section><h2>{escape(sheet.title)}</h2><table>{lines}</table></section>"
    keys = list(dict.fromkeys(key for row in sheet.rows for key in row))
    head = "".join(f"<th>{_words(key)}" for key in keys)
    rows = "".join("<tr>" + "".join(f"<td>{_said(row.get(key))}" for key in keys) for row in sheet.rows)
    return f"<section><h2>{escape(sheet.title)}</h2><table><tr>{head}{rows}</table></section>"


def _words(key: str) -> str:
    return escape(key.replace("_", " "))


def _said(value: object) -> str:
    if isinstance(value, set | frozenset):
        value = ", ".join(sorted(map(str, value)))
    return "" if value is None else escape(str(value))
