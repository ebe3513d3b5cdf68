"""Files are what is in them: bombs, polyglots and scripts are refused whatever their name says."""

import io
import struct
import zipfile
import zlib

import pytest
from fpdf import FPDF
from PIL import Image

from hospes.modules.catalog.errors import PictureRefused
from hospes.modules.catalog.providers.pictures import clean_picture
from hospes.platform.uploads import FileRefused, check_document, check_picture, clean_document, kind_of, safe_name
from tests.catalog.samples import a_jpeg, a_png, a_webp


def a_pdf(text: str = "A licence") -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("Helvetica")
    page.cell(text=text)
    return bytes(page.output())


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of so many pixels in a few bytes: its head says how many, nothing follows."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(a_jpeg(40, 30), "jpeg"), (a_png(40, 30), "png"), (a_webp(40, 30), "webp"), (a_pdf(), "pdf")],
)
def test_what_may_be_sent_is_known_by_its_bytes(raw: bytes, kind: str) -> None:
    assert check_document(raw) == kind
    if kind != "pdf":
        assert check_picture(raw) == kind


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a=1;alert(1)//",
        b"MZ" + b"\0" * 200,
        a_zip(),
        a_zip() + a_pdf(),
        b"<html>" + a_jpeg(40, 30),
        a_pdf()[5:],
    ],
)
def test_anything_else_is_refused_whatever_it_is_called(raw: bytes) -> None:
    for check in (check_document, check_picture, clean_document):
        with pytest.raises(FileRefused) as refusal:
            check(raw)
        assert refusal.value.fields["file"] == refusal.value.detail


def test_a_pdf_is_no_picture() -> None:
    with pytest.raises(FileRefused, match="not a JPEG"):
        check_picture(a_pdf())


def test_a_bomb_is_refused_by_its_head() -> None:
    for side in (7_500, 10_000, 60_000):
        bomb = a_bomb(side, side)
        assert len(bomb) < 200
        with pytest.raises(FileRefused, match="megapixels"):
            check_picture(bomb)
    with pytest.raises(PictureRefused, match="megapixels"):
        clean_picture(a_bomb(7_500, 7_500))


def test_too_many_bytes_are_refused_unread() -> None:
    with pytest.raises(FileRefused, match="at most 10 MB"):
        check_document(a_jpeg(40, 30) + b"\0" * 10 * 1024 * 1024)


@pytest.mark.parametrize("raw", [a_jpeg(400, 300)[:900], a_png(400, 300)[:80], a_bomb(50, 50)])
def test_a_picture_that_breaks_off_is_refused(raw: bytes) -> None:
    with pytest.raises(FileRefused, match="cannot be read"):
        check_picture(raw)


def test_what_hides_in_a_picture_is_not_kept() -> None:
    hidden = b"<script>alert(document.domain)</script>"
    polyglot = a_jpeg(40, 30, place=hidden.decode()) + a_zip() + hidden
    assert zipfile.is_zipfile(io.BytesIO(polyglot))  # the control: as it came it is a picture and an archive
    kind, kept = clean_document(polyglot)
    assert kind == "jpeg"
    assert hidden not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))
    assert Image.open(io.BytesIO(kept)).size == (40, 30)
    picture = clean_picture(polyglot)
    assert hidden not in picture.full + picture.thumb


@pytest.mark.parametrize(
    "name",
    [b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/J#61vaScript", b"/XFA", b"/RichMedia"],
)
def test_a_pdf_that_acts_is_refused(name: bytes) -> None:
    armed = a_pdf().replace(b"endobj", b"<< " + name + b" (app.alert\\(1\\)) >>\nendobj", 1)
    with pytest.raises(FileRefused, match="scripts"):
        check_document(armed)


def test_a_script_in_a_packed_stream_is_found() -> None:
    packed = zlib.compress(b"<< /S /JavaScript /JS (app.alert) >>")
    armed = a_pdf().replace(
        b"endobj", b"endobj\n9 0 obj <</Type /ObjStm>> stream\n" + packed + b"\nendstream\nendobj", 1
    )
    assert b"/JavaScript" not in armed  # the control: looking at the bytes alone finds nothing
    with pytest.raises(FileRefused, match="scripts"):
        check_document(armed)


def test_a_pdf_that_unpacks_to_very_much_is_refused() -> None:
    packed = zlib.compress(b"\0" * 60_000_000, 9)
    assert len(packed) < 70_000
    swollen = a_pdf().replace(b"endobj", b"endobj\n9 0 obj <<>> stream\n" + packed + b"\nendstream\nendobj", 1)
    with pytest.raises(FileRefused, match="far more than its size"):
        check_document(swollen)


def test_nothing_may_hang_on_behind_a_pdf_and_it_must_open() -> None:
    with pytest.raises(FileRefused, match="hidden behind it"):
        check_document(a_pdf() + a_zip())
    locked = a_pdf().replace(b"trailer\n<<", b"trailer\n<< /Encrypt 9 0 R", 1)
    with pytest.raises(FileRefused, match="locked"):
        check_document(locked)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\boot.ini", "boot.pdf"),
        ('a";\r\nSet-Cookie: x=y', "aSet-Cookie xy.pdf"),
        ("licence.pdf.exe", "licencepdf.pdf"),
        ("Führerschein 2026.PDF", "Führerschein 2026.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("....", "file.pdf"),
        ("x" * 500, "x" * 80 + ".pdf"),
    ],
)
def test_a_name_cannot_leave_its_folder_or_its_header(name: str, offered: str) -> None:
    assert safe_name(name, "pdf") == offered


def test_kinds_are_not_told_by_a_part_of_their_mark() -> None:
    for raw in (b"", b"\xff\xd8", b"RIFF\0\0\0\0AVI ", b"%PDF", b"%PDF-x.1", b"\x89PNG"):
        assert kind_of(raw) is None
