"""Draws documents on A4: a heading, pairs of facts, a table, totals, notes. Latin, Greek and Cyrillic letters.

Equal content gives equal bytes. Drawing is work for the processor (some 200 ms): call it with `platform.apart`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from hospes import __name__ as PRODUCER

FAMILY = "Fira Sans"
FONTS = {"": "FiraSans-Regular.ttf", "B": "FiraSans-Bold.ttf"}
MARGIN, WIDTH = 20.0, 170.0
INK, SOFT, RULE, TINT = (31, 41, 39), (92, 104, 101), (214, 219, 217), (244, 246, 245)
# Signs of currencies that the font does not have, said by their codes.
SAID = {
    "₱": "PHP\u00a0",
    "₵": "GHS\u00a0",
    "₸": "KZT\u00a0",
    "₮": "MNT\u00a0",
    "₲": "PYG\u00a0",
    "₼": "AZN\u00a0",
    "₾": "GEL\u00a0",
    "₿": "BTC\u00a0",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its share of the width, and whether it holds numbers (to the right)."""

    heading: str
    share: float
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, a text a column; `detail` stands smaller below the first; `strong` in bold."""

    cells: tuple[str, ...]
    detail: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """A line below a table: what, and how much; `strong` for the last word."""

    label: str
    value: str
    strong: bool = False


class Sheet:
    """A document being drawn, from top to bottom; new pages begin by themselves and repeat the table's headings."""

    def __init__(self, *, title: str, author: str, at: datetime, footer: str = "") -> None:
        """`at`: the document's date; `footer` stands at the foot of every page."""
        self._pdf = _Paper(footer)
        for style, name in FONTS.items():
            self._pdf.add_font(FAMILY, style, _folder() / name)
        self._pdf.set_title(title)
        self._pdf.set_author(author)
        self._pdf.set_creator(PRODUCER)
        self._pdf.set_producer(PRODUCER)
        self._pdf.set_creation_date(at)
        self._pdf.set_lang("en")
        self._pdf.add_page()

    def heading(self, title: str, *, above: str = "", beside: Sequence[str] = ()) -> None:
        """The document's title; who it is from `above` it, and lines on its right."""
        pdf = self._pdf
        top = pdf.get_y()
        if above:
            self._text(above, 11, bold=True, width=WIDTH * 0.6)
            pdf.ln(2)
        self._text(title, 22, bold=True, width=WIDTH * 0.6)
        left_end = pdf.get_y()
        pdf.set_y(top)
        for line in beside:
            pdf.set_x(MARGIN + WIDTH * 0.62)
            self._text(line, 9, colour=SOFT, width=WIDTH * 0.38, align="R")
        pdf.set_y(max(left_end, pdf.get_y()) + 8)

    def parties(self, *blocks: tuple[str, Sequence[str]]) -> None:
        """Blocks side by side: a small heading and lines, such as a seller's and a buyer's address."""
        pdf = self._pdf
        top, end, width = pdf.get_y(), 0.0, WIDTH / len(blocks)
        for at, (label, lines) in enumerate(blocks):
            pdf.set_y(top)
            for number, line in enumerate((label, *lines)):
                pdf.set_x(MARGIN + at * width)
                small = number == 0
                self._text(line, 8 if small else 9.5, colour=SOFT if small else INK, bold=number == 1, width=width - 6)
            end = max(end, pdf.get_y())
        pdf.set_y(end + 8)

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Names and values, one pair below the other."""
        for name, value in pairs:
            top = self._pdf.get_y()
            self._text(name, 9.5, colour=SOFT, width=42)
            end = self._pdf.get_y()
            self._pdf.set_xy(MARGIN + 44, top)
            self._text(value, 9.5, width=WIDTH - 44)
            self._pdf.set_y(max(end, self._pdf.get_y()) + 0.8)
        self._pdf.ln(6)

    def table(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Columns with headings; text wraps, and numbers stand to the right."""
        whole = sum(column.share for column in columns)
        widths = [WIDTH * column.share / whole for column in columns]
        self._headings(columns, widths)
        for row in rows:
            if self._pdf.will_page_break(self._height(row, widths)):
                self._pdf.add_page()
                self._headings(columns, widths)
            self._row(row, columns, widths)
        self._pdf.ln(3)

    def totals(self, totals: Sequence[Total]) -> None:
        """What it comes to, on the right below a table."""
        if self._pdf.will_page_break(7.0 * len(totals)):
            self._pdf.add_page()
        for total in totals:
            size, left, share = (11.5 if total.strong else 9.5), WIDTH * 0.45, WIDTH * 0.3
            top = self._pdf.get_y()
            if total.strong:
                self._rule(top + 0.8, left)
                top += 2.6
            self._pdf.set_xy(MARGIN + left, top)
            colour = INK if total.strong else SOFT
            self._text(total.label, size, bold=total.strong, colour=colour, width=share)
            end = self._pdf.get_y()
            self._pdf.set_xy(MARGIN + left + share, top)
            self._text(total.value, size, bold=total.strong, width=WIDTH - left - share - 1.5, align="R")
            self._pdf.set_y(max(end, self._pdf.get_y()) + 0.6)
        self._pdf.ln(6)

    def note(self, text: str, *, bold: bool = False) -> None:
        """A paragraph over the whole width."""
        self._text(text, 9, bold=bold, colour=INK if bold else SOFT, width=WIDTH)
        self._pdf.ln(2)

    def subheading(self, text: str) -> None:
        """A heading inside the document."""
        self._text(text, 12, bold=True, width=WIDTH)
        self._pdf.ln(1.5)

    def finish(self) -> bytes:
        """The file; nothing can be drawn afterwards."""
        return bytes(self._pdf.output())

    def _headings(self, columns: Sequence[Column], widths: Sequence[float]) -> None:
        pdf, top, left = self._pdf, self._pdf.get_y(), MARGIN
        pdf.set_fill_color(*TINT)
        pdf.rect(MARGIN, top, WIDTH, 7.5, style="F")
        for column, width in zip(columns, widths, strict=True):
            pdf.set_xy(left, top + 1.7)
            align = "R" if column.number else "L"
            self._text(column.heading, 8, bold=True, colour=SOFT, width=width - 3, align=align, inset=1.5)
            left += width
        pdf.set_y(top + 9)

    def _row(self, row: Row, columns: Sequence[Column], widths: Sequence[float]) -> None:
        pdf, top, left, end = self._pdf, self._pdf.get_y(), MARGIN, 0.0
        for at, (column, width) in enumerate(zip(columns, widths, strict=True)):
            pdf.set_xy(left, top)
            align = "R" if column.number else "L"
            self._text(row.cells[at], 9.5, bold=row.strong, width=width - 3, align=align, inset=1.5)
            if at == 0 and row.detail:
                pdf.set_x(left)
                self._text(row.detail, 8, colour=SOFT, width=width - 3, inset=1.5)
            end, left = max(end, pdf.get_y()), left + width
        self._rule(end + 1.2)
        pdf.set_y(end + 2.8)

    def _height(self, row: Row, widths: Sequence[float]) -> float:
        def lines(text: str, size: float, width: float, bold: bool) -> float:
            self._pdf.set_font(FAMILY, "B" if bold else "", size)
            said = self._pdf.multi_cell(
                width - 3, size * 0.5, drawable(text), dry_run=True, output=MethodReturnValue.LINES, align="L"
            )
            return len(said) * size * 0.5 if isinstance(said, list) else 0.0

        heights = [lines(text, 9.5, width, row.strong) for text, width in zip(row.cells, widths, strict=True)]
        if row.detail:
            heights[0] += lines(row.detail, 8, widths[0], False)
        return max(heights) + 4.0

    def _rule(self, y: float, left: float = 0.0) -> None:
        self._pdf.set_draw_color(*RULE)
        self._pdf.set_line_width(0.2)
        self._pdf.line(MARGIN + left, y, MARGIN + WIDTH, y)

    def _text(
        self,
        text: str,
        size: float,
        *,
        width: float,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        align: str = "L",
        inset: float = 0.0,
    ) -> None:
        pdf = self._pdf
        pdf.set_font(FAMILY, "B" if bold else "", size)
        pdf.set_text_color(*colour)
        pdf.set_x(pdf.get_x() + inset)
        with _kept_left(pdf):
            pdf.multi_cell(width, size * 0.5, drawable(text), align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)


class _Paper(FPDF):
    def __init__(self, footer: str) -> None:
        super().__init__(format="A4")
        self._footer = footer
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, 24)
        self.c_margin = 0.0

    def footer(self) -> None:
        """On every page: what was said for it, and which page of how many."""
        self.set_y(-16)
        self.set_font(FAMILY, "", 8)
        self.set_text_color(*SOFT)
        self.cell(WIDTH * 0.8, 4, drawable(self._footer))
        self.cell(WIDTH * 0.2, 4, f"{self.page_no()} / {{nb}}", align="R")


@contextmanager
def _kept_left(pdf: FPDF) -> Iterator[None]:
    """Lines that a text is broken into all begin where the first one did, on a new page too."""
    before = pdf.l_margin
    pdf.set_left_margin(pdf.get_x())
    yield
    pdf.set_left_margin(before)
    pdf.set_x(before)


def drawable(text: str) -> str:
    """The text as the font can show it: ? for a letter it does not have, and no control characters."""
    return "".join(_letter(each) for each in text) or " "


def _letter(letter: str) -> str:
    if ord(letter) in _known() or letter == "\n":
        return letter
    return SAID.get(letter, "?" if letter.isprintable() else "")


@cache
def _known() -> frozenset[int]:
    with TTFont(_folder() / FONTS[""], lazy=True) as regular, TTFont(_folder() / FONTS["B"], lazy=True) as bold:
        return frozenset(regular.getBestCmap()) & frozenset(bold.getBestCmap())


def _folder() -> Path:
    return Path(str(files("fontpkg_fira_sans") / "files"))
