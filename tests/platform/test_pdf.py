"""Documents drawn as PDF: what is written can be read back, in Latin, Greek and Cyrillic."""

from datetime import UTC, datetime
from io import BytesIO

from pypdf import PdfReader

from hospes.platform.pdf import Column, Row, Sheet, Total, drawable

AT = datetime(2026, 6, 1, tzinfo=UTC)


def a_sheet() -> Sheet:
    return Sheet(title="Statement", author="Café Ñandú", at=AT, footer="Café Ñandú")


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_letters_of_three_alphabets_and_currency_signs_can_be_read_back() -> None:
    sheet = a_sheet()
    sheet.note("Žluťoučký kůň · Ελλάδα · Привет · € £ ₦ ₽ ₺ ₹ ₫ ₩ ₪ ₴")
    assert "Žluťoučký kůň · Ελλάδα · Привет · € £ ₦ ₽ ₺ ₹ ₫ ₩ ₪ ₴" in text_of(sheet.finish())


def test_equal_content_gives_equal_bytes() -> None:
    first, second = a_sheet(), a_sheet()
    for sheet in (first, second):
        sheet.heading("Statement", above="Café", beside=["May 2026"])
        sheet.totals([Total("Total", "€1", strong=True)])
    assert first.finish() == second.finish()


def test_a_long_table_goes_on_with_its_headings_on_the_next_page_and_loses_no_row() -> None:
    sheet = a_sheet()
    rows = [Row((f"Night {number}", "€10"), detail="with breakfast") for number in range(60)]
    sheet.table([Column("What it is", 3), Column("Amount", 1, number=True)], rows)
    pages = [page.extract_text() for page in PdfReader(BytesIO(sheet.finish())).pages]
    assert len(pages) == 3
    assert [page.count("What it is") for page in pages] == [1, 1, 1]
    told = "\n".join(pages).split("\n")
    assert [line for line in told if line.startswith("Night ")] == [f"Night {number}" for number in range(60)]


def test_letters_that_the_font_does_not_have_are_marked_and_control_characters_left_out() -> None:
    assert drawable("a\x00日\x1bb") == "a?b"
    assert drawable("") == " "
    assert drawable("₱1,200") == "PHP\u00a01,200"
