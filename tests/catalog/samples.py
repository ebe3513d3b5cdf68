"""Pictures drawn for tests."""

import io

from PIL import Image


def a_jpeg(width: int, height: int, *, orientation: int | None = None, place: str = "") -> bytes:
    """A JPEG, with EXIF if asked for."""
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if place:
        exif[0x010E] = place
    return _encoded(Image.linear_gradient("L").resize((width, height)).convert("RGB"), "JPEG", exif=exif)


def a_png(width: int, height: int, colour: tuple[int, ...] = (90, 120, 60, 255)) -> bytes:
    """A PNG of one colour."""
    return _encoded(Image.new("RGBA", (width, height), colour), "PNG")


def a_webp(width: int, height: int) -> bytes:
    """A WebP of one colour."""
    return _encoded(Image.new("RGB", (width, height), (20, 60, 120)), "WEBP")


def _encoded(image: Image.Image, format: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()
