"""Put what was typed back into a form of a page, wherever the page comes from and whatever made it.

The page is read as HTML, and only tags of the one form that sends to `action` are written anew.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

Fields = Mapping[str, Sequence[str]]
Attrs = list[tuple[str, str | None]]

SAID = "What you had typed is here again. Please look at it and send it once more."
_NOT_TYPED = {"hidden", "password", "file", "submit", "button", "image", "reset"}
_SECRET = re.compile(
    r"passw|(^|[_.-])(secret|code|otp|token|pin|cvc|cvv|credential|iban|bic|routing|account_number)($|[_.-])", re.I
)


def is_secret(name: str) -> bool:
    """Whether a field of this name is never kept."""
    return bool(_SECRET.search(name))


def refill(html: str, *, action: str, here: str, fields: Fields) -> str:
    """The page with these values in the form that sends to the path `action`; `here` is the page's own path. A page
    without such a form stays as it is."""
    finder = _Finder(action, here)
    finder.feed(html)
    finder.close()
    if finder.found is None:
        return html
    writer = _Writer(finder.found, fields)
    writer.feed(html)
    writer.close()
    return "".join(writer.out)


class _Finder(HTMLParser):
    """Which form of the page it is: the first that sends there, or has a button that does."""

    def __init__(self, action: str, here: str) -> None:
        super().__init__()
        self._action = action
        self._here = here
        self._number = -1
        self._inside = False
        self.found: int | None = None

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        said = dict(attrs)
        if tag == "form":
            self._number, self._inside = self._number + 1, (said.get("method") or "").lower() == "post"
            self._look(said.get("action") or self._here)
        elif self._inside and said.get("formaction"):
            self._look(said["formaction"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False

    def _look(self, address: str) -> None:
        if self._inside and self.found is None and urlsplit(address).path == self._action:
            self.found = self._number


class _Writer(HTMLParser):
    """The page once more, with the values in one form."""

    def __init__(self, number: int, fields: Fields) -> None:
        super().__init__(convert_charrefs=False)
        self._wanted = number
        self._fields = fields
        self._number = -1
        self._inside = False
        self._select: str | None = None
        self._skipping = False
        self.out: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        raw = self.get_starttag_text() or ""
        if tag == "form":
            self._number += 1
            self._inside = self._number == self._wanted
            self.out.append(raw + (_notice() if self._inside else ""))
            return
        self.out.append(self._filled(tag, attrs, raw) if self._inside else raw)

    def handle_startendtag(self, tag: str, attrs: Attrs) -> None:
        raw = self.get_starttag_text() or ""
        self.out.append(self._filled(tag, attrs, raw) if self._inside and tag == "input" else raw)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._skipping = False
        self._put(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._put(data)

    def handle_entityref(self, name: str) -> None:
        self._put(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._put(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._put(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._put(f"<!{decl}>")

    def _put(self, text: str) -> None:
        if not self._skipping:
            self.out.append(text)

    def _filled(self, tag: str, attrs: Attrs, raw: str) -> str:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "input" and name:
            return self._input(attrs, said, name, raw)
        if tag == "select":
            self._select = name if name in self._fields else None
        elif tag == "option" and self._select:
            chosen = (said.get("value") or "") in self._fields[self._select]
            return _tag(tag, _marked(attrs, "selected", chosen))
        elif tag == "textarea" and name in self._fields:
            self._skipping = True
            return raw + "\n" + escape(self._fields[name][-1])
        return raw

    def _input(self, attrs: Attrs, said: dict[str, str | None], name: str, raw: str) -> str:
        kind = (said.get("type") or "text").lower()
        if kind in _NOT_TYPED:
            return raw
        if kind in ("checkbox", "radio"):
            return _tag("input", _marked(attrs, "checked", (said.get("value") or "on") in self._fields.get(name, ())))
        if name not in self._fields:
            return raw
        return _tag(
            "input", [*((key, each) for key, each in attrs if key != "value"), ("value", self._fields[name][-1])]
        )


def _marked(attrs: Attrs, mark: str, on: bool) -> Attrs:
    return [*((key, each) for key, each in attrs if key != mark), *([(mark, None)] if on else [])]


def _tag(tag: str, attrs: Attrs) -> str:
    said = "".join(f" {key}" if each is None else f' {key}="{escape(each)}"' for key, each in attrs)
    return f"<{tag}{said}>"


def _notice() -> str:
    return f'<p class="notice notice-info" role="status">{escape(SAID)}</p>'
