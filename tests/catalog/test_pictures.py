"""What becomes of an uploaded picture."""

import io

import pytest
from PIL import Image

from hospes.modules.catalog.errors import PictureRefused
from hospes.modules.catalog.providers import pictures
from hospes.modules.catalog.providers.pictures import clean_picture
from tests.catalog.samples import a_jpeg, a_png, a_webp


def opened(raw: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(raw))
    image.load()
    return image


@pytest.mark.parametrize("raw", [a_jpeg(2400, 1200), a_png(2400, 1200), a_webp(2400, 1200)])
def test_every_format_becomes_a_webp_of_1600_and_one_of_640(raw: bytes) -> None:
    picture = clean_picture(raw)
    full, thumb = opened(picture.full), opened(picture.thumb)
    assert (full.format, full.size) == ("WEBP", (1600, 800))
    assert (thumb.format, thumb.size) == ("WEBP", (640, 320))
    assert (picture.width, picture.height) == (1600, 800)


def test_a_small_picture_is_not_blown_up() -> None:
    picture = clean_picture(a_png(300, 200))
    assert opened(picture.full).size == opened(picture.thumb).size == (300, 200)


def test_where_it_was_taken_is_forgotten_and_which_way_up_is_not() -> None:
    raw = a_jpeg(800, 400, orientation=6, place="48.87 N 2.36 E")
    assert b"48.87" in raw
    picture = clean_picture(raw)
    assert b"48.87" not in picture.full + picture.thumb
    assert not opened(picture.full).getexif()
    assert (picture.width, picture.height) == (400, 800)


def test_a_see_through_picture_lies_on_white() -> None:
    pixel = opened(clean_picture(a_png(50, 50, colour=(0, 0, 0, 0))).full).convert("RGB").getpixel((25, 25))
    assert pixel == (255, 255, 255)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a not one of ours",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        a_jpeg(800, 400)[:2000],
        a_png(80, 40)[:60],
        b"\xff\xd8\xff\xe0" + b"\x00" * 100,
    ],
)
def test_what_is_no_picture_is_refused(raw: bytes) -> None:
    with pytest.raises(PictureRefused) as refusal:
        clean_picture(raw)
    assert refusal.value.fields.keys() == {"file"}


def test_a_gif_is_refused_however_it_is_named() -> None:
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "GIF")
    with pytest.raises(PictureRefused, match="not a JPEG, PNG or WebP"):
        clean_picture(out.getvalue())


def test_more_than_ten_megabytes_are_refused() -> None:
    with pytest.raises(PictureRefused, match="10 MB"):
        clean_picture(a_jpeg(20, 20) + b"\x00" * pictures.MAX_BYTES)


def test_a_small_file_with_a_giant_picture_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(PictureRefused, match="50 megapixels"):
        clean_picture(out.getvalue())
