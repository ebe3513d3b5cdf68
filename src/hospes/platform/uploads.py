"""What people send as files: judged by what is in them, never by their name or the type the browser says.

`check_picture` and `check_document` answer what a file is or raise `FileRefused`; `clean_document` also writes pictures
anew, so that nothing that was hidden in them (places, scripts, a second file behind the first) is kept. All of them
block for up to a second: use a thread, and few at once (a picture of 50 megapixels takes 150 MB while it is read).
"""

import io
import re
import unicodedata
import zlib
from collections.abc import Iterator
from typing import Literal

from hospes.platform.errors import Invalid

Kind = Literal["jpeg", "png", "webp", "pdf"]
TYPES: dict[Kind, str] = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
_LOOKED_INTO = 40_000_000  # bytes of unpacked PDF streams that are looked through
_STREAM = re.compile(rb"stream\r?\n")
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm)(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


class FileRefused(Invalid):
    """An uploaded file that is too large, is not what may be sent here, or holds something that could do harm."""

    code = "file_refused"
    title = "This file cannot be used"


def kind_of(raw: bytes) -> Kind | None:
    """What the first bytes say a file is; None for anything that is never taken."""
    if raw.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "webp"
    if re.match(rb"%PDF-[12]\.\d", raw):
        return "pdf"
    return None


def check_picture(raw: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Kind:
    """`jpeg`, `png` or `webp`: at most so large, with all its pixels there. Raises `FileRefused`."""
    kind = _sized(raw, max_bytes)
    if kind is None or kind == "pdf":
        raise _refused("This is not a JPEG, PNG or WebP picture.")
    _picture(raw, kind, max_pixels)
    return kind


def check_document(raw: bytes, *, max_bytes: int = MAX_BYTES) -> Kind:
    """A picture, or a PDF that can do nothing by itself (no scripts, no files inside, not locked). Raises
    `FileRefused`."""
    kind = _sized(raw, max_bytes)
    if kind is None:
        raise _refused("Send a PDF, or a JPEG, PNG or WebP picture.")
    if kind == "pdf":
        _check_pdf(raw)
    else:
        _picture(raw, kind, MAX_PIXELS)
    return kind


def clean_document(raw: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[Kind, bytes]:
    """What is to be stored of a document: a PDF as it came, a picture written anew as JPEG without anything that was
    hidden in it. Raises `FileRefused`."""
    if check_document(raw, max_bytes=max_bytes) == "pdf":
        return "pdf", raw
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as opened:
        upright = ImageOps.exif_transpose(opened)
        layer = upright.convert("RGBA")
        paper = Image.new("RGBA", layer.size, (255, 255, 255, 255))
        out = io.BytesIO()
        Image.alpha_composite(paper, layer).convert("RGB").save(out, "JPEG", quality=90)
    return "jpeg", out.getvalue()


def safe_name(name: str, kind: Kind) -> str:
    """A file name to offer for saving: without folders, control characters or quotes, with the ending of its kind."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = last.rsplit(".", 1)[0] if "." in last else last
    kept = "".join(c for c in stem if c.isalnum() or c in " -_()").strip()[:80]
    return f"{kept or 'file'}.{'jpg' if kind == 'jpeg' else kind}"


def _sized(raw: bytes, max_bytes: int) -> Kind | None:
    if not raw:
        raise _refused("Choose a file to upload.")
    if len(raw) > max_bytes:
        raise _refused(f"A file may have at most {max_bytes // (1024 * 1024)} MB.")
    return kind_of(raw)


def _picture(raw: bytes, kind: Kind, max_pixels: int) -> None:
    """The size is read from the head, before a single pixel is unpacked."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(raw), formats=(kind.upper(),)) as opened:
            if opened.width * opened.height > max_pixels:
                raise _refused(f"A picture may have at most {max_pixels // 1_000_000} megapixels.")
            opened.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise _refused(f"A picture may have at most {max_pixels // 1_000_000} megapixels.") from fault
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as fault:
        raise _refused("This picture cannot be read. It may be damaged.") from fault


def _check_pdf(raw: bytes) -> None:
    """It ends where it says, so nothing is hung on behind it; nothing in it acts by itself; it can be opened."""
    end = raw.rfind(b"%%EOF")
    if end < 0 or raw[end + 5 :].strip(b"\r\n\t \x00") or b"endobj" not in raw:
        raise _refused("This PDF is damaged, or something is hidden behind it. Print it to a new PDF and send that.")
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", _plain_names(raw)):
        raise _refused("This PDF is locked with a password. Save it without one and send that.")
    for part in (raw, *_unpacked(raw)):
        if _ACTIVE.search(_plain_names(part)):
            raise _refused("This PDF holds scripts, forms or other files. Print it to a new PDF and send that.")


def _unpacked(raw: bytes) -> Iterator[bytes]:
    """The deflated streams of a PDF, unpacked so far as can be looked through; more than that is refused."""
    left = _LOOKED_INTO
    for found in _STREAM.finditer(raw):
        packed = zlib.decompressobj()
        try:
            text = packed.decompress(raw[found.end() :], left)
        except zlib.error:
            continue  # a picture, or text that is not packed and was looked through as it is
        left -= len(text)
        if left <= 0:
            raise _refused("This PDF unpacks to far more than its size. Print it to a new PDF and send that.")
        yield text


def _plain_names(part: bytes) -> bytes:
    """With `#xx` in names (/J#61vaScript) written out."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part


def _refused(sentence: str) -> FileRefused:
    return FileRefused(sentence, fields={"file": sentence})
